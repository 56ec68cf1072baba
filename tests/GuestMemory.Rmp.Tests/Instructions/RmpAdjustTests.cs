using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Instructions;

public sealed class RmpAdjustTests
{
    private const ulong VmsaBit = 0x1_0000;
    private readonly SnpWorld _world = new();

    // sev-snp scenario 44: no level grants to itself or what it lacks.
    [Fact]
    public void A_level_grants_to_lower_levels_what_it_has()
    {
        _world.Give(H(5), G(5));

        Adjust(0, 0x0301).Is(0);
        Refused(1, 0x0101).Is(2, "RMPADJUST/target");
        Adjust(0, 0x0101).Is(0);
        Refused(1, 0x0302).Is(2, "RMPADJUST/rights");
        Adjust(1, 0x0102).Is(0);

        Assert.Equal(0x0001_011fu, _world.Table.Raw(H(5)).Permissions);
    }

    // apm2, table 15-38: bits 5 to 7 of a mask are nobody's rights, so nobody can give them.
    [Fact]
    public void Bits_without_a_meaning_cannot_be_granted()
    {
        _world.Give(H(5), G(5));

        Refused(0, 0x2001).Is(2, "RMPADJUST/rights");
        Refused(0, 0x8001).Is(2, "RMPADJUST/rights");
        Adjust(0, 0x1f01).Is(0);
    }

    // sev-snp scenario 65.
    [Fact]
    public void Checks_come_in_the_manuals_order()
    {
        _world.Assign(H(5), G(5)).Is(0);
        _world.Give(H(512), G(512));
        _world.Assign(H(1024), G(1024)).Is(0);

        Refused(1, 0x0101).Is(2, "RMPADJUST/target");
        Refused(0, 0x0101, Walk(G(1024), H(1024)) with { Gva = 0x60_0000 }, isLarge: true).Faults(RmpFaultKind.VmmCommunication, 0x404, 0x60_0000, "RMPADJUST/validated");
        Refused(0, 0xff01, Walk(G(512), H(512)), isLarge: true).Is(6, "RMPADJUST/larger");
        Refused(0, 0x0100, Walk(G(1), H(1)), isLarge: true).Is(1, "RMPADJUST/align");
    }

    // The last part of sev-snp scenario 65, and its other side.
    [Fact]
    public void The_save_area_bit_is_written_at_the_highest_level_only()
    {
        _world.Give(H(5), G(5));
        Adjust(0, 0x0301).Is(0);

        Adjust(1, VmsaBit | 0x0102).Is(0);
        Assert.False(_world.Table.Raw(H(5)).Vmsa);
        Adjust(0, VmsaBit | 0x0302).Is(0);
        Assert.True(_world.Table.Raw(H(5)).Vmsa);
        Adjust(1, 0x0102).Is(0);
        Assert.True(_world.Table.Raw(H(5)).Vmsa);
        Adjust(0, 0x0302).Is(0);
        Assert.False(_world.Table.Raw(H(5)).Vmsa);
    }

    [Fact]
    public void Only_an_SNP_guests_kernel_in_64_bit_mode_adjusts()
    {
        _world.Give(H(5), G(5));

        By(CpuState.Guest(A) with { LongMode = false, Cpl = 3 }).Faults(RmpFaultKind.UndefinedOpcode, 0, 0, "RMPADJUST/mode");
        By(new(A, SnpActive: false)).Faults(RmpFaultKind.UndefinedOpcode, 0, 0, "RMPADJUST/mode");
        By(CpuState.Host).Faults(RmpFaultKind.UndefinedOpcode, 0, 0, "RMPADJUST/mode");
        By(CpuState.Guest(A) with { Cpl = 3 }).Faults(RmpFaultKind.GeneralProtection, 0, 0, "RMPADJUST/cpl");
        _world.Platform.IsOn = false;
        By(CpuState.Guest(A)).Faults(RmpFaultKind.UndefinedOpcode, 0, 0, "RMPADJUST/mode");
    }

    // apm3, RMPADJUST: the walks and the entry are judged as PVALIDATE's.
    [Fact]
    public void An_entry_that_does_not_match_faults()
    {
        _world.Assign(H(1), G(1), immutable: true).Is(0);
        _world.Give(H(3), G(4));
        _world.Assign(H(5), G(5), asid: B).Is(0);
        _world.GiveLarge(Y(), G());

        Faulted(Walk(G(1), H(1)), "immutable");
        Faulted(Walk(G(2), H(2)), "assigned");
        Faulted(Walk(G(3), H(3)), "gpa");
        Faulted(Walk(G(5), H(5)), "asid");
        Faulted(Walk(G(3), Y(3)), "nested-size");
        Faulted(Walk(G(6), new(Frames)), "covered");
        Faulted(Walk(G(3), Y(3), PageSize.Size2M), "smaller", Answers.SizeFault);
        Refused(0, 0x0101, Walk(G(5), H(5)) with { End = WalkEnd.GuestFault }).Faults(RmpFaultKind.PageFault, 0, G(5).Value, "RMPADJUST/guest-walk");
        Refused(0, 0x0101, Walk(G(5), H(5)) with { Encrypted = false }).Faults(RmpFaultKind.PageFault, 0, G(5).Value, "RMPADJUST/c-bit");
        Refused(0, 0x0101, Walk(G(5), H(5)) with { End = WalkEnd.NestedFault }).Faults(RmpFaultKind.NestedPageFault, 0, G(5).Value, "RMPADJUST/nested-walk");
    }

    [Fact]
    public void A_large_pages_masks_are_its_heads()
    {
        _world.GiveLarge(H(), G());

        _world.Platform.RmpAdjust(CpuState.Guest(A), Walk(G(), H(), PageSize.Size2M), isLarge: true, 0x0101).Is(0);

        Assert.Equal(VmplPermissions.Read, _world.Table.Resolve(H(300)).PermissionsOf(new(1)));
        Assert.Equal(new RmpEntry { Assigned = true }, _world.Table.Raw(H(300)));
    }

    // A target the processor does not have (sev-snp open point s).
    [Theory]
    [InlineData(4)]
    [InlineData(255)]
    public void A_level_that_is_not_there_is_bad_input(ulong target)
    {
        _world.Give(H(5), G(5));

        Refused(0, 0x0100 | target).Is(1, "RMPADJUST/target-unknown");
    }

    // apm3, RMPADJUST: no cached translation ends.
    [Fact]
    public void Adjusting_ends_no_translation()
    {
        _world.Give(H(5), G(5));
        var ended = 0;
        _world.Platform.TranslationsInvalidated = _ => ended++;

        Adjust(0, 0x0301).Is(0);

        Assert.Equal(0, ended);
    }

    private InstructionResult Adjust(int vmpl, ulong attributes, GuestWalk? walk = null, bool isLarge = false) =>
        _world.Platform.RmpAdjust(CpuState.Guest(A, new(vmpl)), walk ?? Walk(G(5), H(5)), isLarge, attributes);

    private InstructionResult Refused(int vmpl, ulong attributes, GuestWalk? walk = null, bool isLarge = false) =>
        _world.Unchanged(() => Adjust(vmpl, attributes, walk, isLarge));

    private InstructionResult By(CpuState cpu) => _world.Unchanged(() => _world.Platform.RmpAdjust(cpu, Walk(G(5), H(5)), false, 0x0101));

    private void Faulted(GuestWalk walk, string rule, ulong code = Answers.RmpFault) =>
        Refused(0, 0x0101, walk).Faults(RmpFaultKind.NestedPageFault, code, walk.Gpa.Value, "RMPADJUST/" + rule);
}
