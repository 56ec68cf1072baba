using Xunit;

namespace GuestMemory.Rmp.Tests.Table;

public sealed class EntryTests
{
    private static readonly bool[] s_flags = [false, true];

    // snp-abi, 5.3 table 11, row by row; null is "any".
    private static readonly (RmpPageState State, bool Assigned, bool Validated, bool IsGuest, bool Immutable, bool? HasGpa, bool? Vmsa)[] s_rows =
    [
        (RmpPageState.Hypervisor,   false, false, false, false, null,  null),
        (RmpPageState.HvFixed,      false, false, false, true,  null,  null),
        (RmpPageState.Firmware,     true,  false, false, true,  false, false),
        (RmpPageState.Reclaim,      true,  false, false, false, null,  null),
        (RmpPageState.Context,      true,  false, false, true,  false, true),
        (RmpPageState.Metadata,     true,  false, false, true,  true,  null),
        (RmpPageState.PreGuest,     true,  false, true,  true,  null,  null),
        (RmpPageState.PreSwap,      true,  true,  true,  true,  null,  null),
        (RmpPageState.GuestInvalid, true,  false, true,  false, null,  null),
        (RmpPageState.GuestValid,   true,  true,  true,  false, null,  null),
    ];

    private static IEnumerable<RmpEntry> AllEntries =>
        from assigned in s_flags
        from validated in s_flags
        from guest in s_flags
        from immutable in s_flags
        from gpa in s_flags
        from vmsa in s_flags
        select new RmpEntry
        {
            Assigned = assigned, Validated = validated, Asid = new(guest ? 5u : 0), Immutable = immutable, Gpa = new(gpa ? 0x1000u : 0), Vmsa = vmsa,
        };

    // INV-SNP-1: the rows are disjoint, so that the order of decoding does not matter.
    [Fact]
    public void Every_combination_of_the_six_fields_is_exactly_one_state()
    {
        Assert.Equal(64, AllEntries.Distinct().Count());
        Assert.All(AllEntries, entry =>
        {
            var states = s_rows.Where(row => IsOf(row, entry)).Select(row => row.State).ToArray();
            Assert.InRange(states.Length, 0, 1);
            Assert.Equal(states.FirstOrDefault(RmpPageState.Invalid), entry.State);
        });
    }

    [Fact]
    public void Half_of_the_combinations_are_states()
    {
        var numbers = AllEntries.GroupBy(entry => entry.State).ToDictionary(group => group.Key, group => group.Count());

        Assert.Equal(32, numbers[RmpPageState.Invalid]);
        Assert.Equal((1, 1, 2), (numbers[RmpPageState.Firmware], numbers[RmpPageState.Context], numbers[RmpPageState.Metadata]));
        Assert.Equal(11, numbers.Count);
        Assert.Equal(7, numbers.Count(pair => pair.Value == 4));
    }

    // Neither size nor masks are part of a state.
    [Fact]
    public void Size_and_masks_change_no_state() => Assert.All(AllEntries, entry =>
    {
        Assert.Equal(entry.State, (entry with { Size = PageSize.Size2M }).State);
        Assert.Equal(entry.State, (entry with { Permissions = uint.MaxValue }).State);
    });

    [Fact]
    public void An_IOMMU_buffer_is_a_firmware_page_with_a_mark()
    {
        var buffer = new RmpEntry { Assigned = true, Immutable = true, IommuBuffer = true };

        Assert.Equal(RmpPageState.IommuBuffer, buffer.State);
        Assert.Equal(RmpPageState.Firmware, (buffer with { IommuBuffer = false }).State);
        Assert.Equal(RmpPageState.Metadata, (buffer with { Gpa = new(0x1000) }).State);
        Assert.Equal(RmpPageState.Context, (buffer with { Vmsa = true }).State);
    }

    [Fact]
    public void Fields_do_not_touch_each_other()
    {
        var full = new RmpEntry
        {
            Assigned = true, Size = PageSize.Size2M, Immutable = true, Vmsa = true, Validated = true, IommuBuffer = true,
            Gpa = new(0xffff_ffff_ffff_f000), Asid = new(uint.MaxValue), Permissions = uint.MaxValue,
        };

        Assert.Equal(new Gpa(0xffff_ffff_ffff_f000), full.Gpa);
        Assert.Equal((uint.MaxValue, uint.MaxValue), (full.Asid.Value, full.Permissions));
        Assert.Equal(default, full with
        {
            Assigned = false,
            Size = PageSize.Size4K,
            Immutable = false,
            Vmsa = false,
            Validated = false,
            IommuBuffer = false,
            Gpa = default,
            Asid = default,
            Permissions = 0,
        });
        Assert.True((full with { Gpa = default, Asid = default }) is { Vmsa: true, Size: PageSize.Size2M, IommuBuffer: true, Permissions: uint.MaxValue });
    }

    [Fact]
    public void A_levels_mask_is_its_own_byte()
    {
        var entry = default(RmpEntry).WithPermissions(new(2), VmplPermissions.Read | VmplPermissions.Write).WithPermissions(default, VmplPermissions.All);

        Assert.Equal(0x0003_001fu, entry.Permissions);
        Assert.Equal(VmplPermissions.None, entry.PermissionsOf(new(1)));
        Assert.Equal(VmplPermissions.Read | VmplPermissions.Write, entry.PermissionsOf(new(2)));
        Assert.Equal(0x0000_001fu, entry.WithPermissions(new(2), default).Permissions);
    }

    [Fact]
    public void Values_an_entry_cannot_hold_are_refused()
    {
        Assert.Throws<ArgumentException>("value", () => new RmpEntry { Gpa = new(0x1001) });
        Assert.Throws<ArgumentException>("value", () => new RmpEntry { Size = PageSize.Size1G });
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new Vmpl(4));
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new Vmpl(-1));
    }

    [Theory]
    [InlineData(false, "Hypervisor Size4K")]
    [InlineData(true, "GuestValid Size4K asid 5 at 0x8000000000 VMSA")]
    public void An_entry_says_what_it_is(bool isGuests, string words)
    {
        var entry = isGuests ? new RmpEntry { Assigned = true, Validated = true, Vmsa = true, Asid = new(5), Gpa = new(0x80_0000_0000) } : default;

        Assert.Equal(words, entry.ToString().Replace("gpa ", "", StringComparison.Ordinal));
    }

    private static bool IsOf((RmpPageState State, bool Assigned, bool Validated, bool IsGuest, bool Immutable, bool? HasGpa, bool? Vmsa) row, RmpEntry entry) =>
        (row.Assigned, row.Validated, row.IsGuest, row.Immutable) == (entry.Assigned, entry.Validated, entry.Asid.IsGuest, entry.Immutable)
        && (row.HasGpa ?? entry.Gpa.Value != 0) == (entry.Gpa.Value != 0) && (row.Vmsa ?? entry.Vmsa) == entry.Vmsa;
}
