using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Instructions;

public sealed class RmpUpdateTests
{
    private readonly SnpWorld _world = new();

    // sev-snp scenario 10: an entry cannot change alone inside a live 2M page, be it the head's.
    [Fact]
    public void A_4K_update_inside_a_live_large_page_overlaps()
    {
        _world.GiveLarge(H(), G());

        _world.IsRefused(RmpUpdateOperands.Share(new(H(1), PageSize.Size4K)), 4, "inside-large");
        _world.IsRefused(RmpUpdateOperands.Share(new(H(), PageSize.Size4K)), 4, "inside-large");
        _world.IsRefused(RmpUpdateOperands.Assign(new(H(511), PageSize.Size4K), A, G(511)), 4, "inside-large");
    }

    // snp-model, largest ASID: it can still be given.
    [Fact]
    public void The_largest_ASID_is_one_that_there_is()
    {
        var platform = new SnpPlatform(RmpCoverage.AtEndOf(new(default, 1 << 20)), switches: SnpSwitches.Default with { LargestAsid = 509 });

        Assert.True(platform.RmpUpdate(RmpUpdateOperands.Assign(new(H(1), PageSize.Size4K), new(509), G(1))).IsSuccess);
        Assert.Equal("RMPUPDATE/asid-limit", platform.RmpUpdate(RmpUpdateOperands.Assign(new(H(2), PageSize.Size4K), new(510), G(2))).DecidedBy!.Id);
    }

    // sev-snp scenario 24.
    [Fact]
    public void A_2M_update_over_a_page_with_an_entry_of_its_own_overlaps()
    {
        _world.Assign(H(200), G(200)).Is(0);

        _world.IsRefused(RmpUpdateOperands.Assign(new(H(), PageSize.Size2M), A, G()), 4, "over-small");
        _world.IsRefused(RmpUpdateOperands.Share(new(H(), PageSize.Size2M)), 4, "over-small");
    }

    // sev-snp scenario 25: what the firmware holds, the hypervisor does not change, to whatever state.
    [Fact]
    public void An_immutable_page_is_not_updated()
    {
        _world.ToFirmware(H(1)).Is(0);
        _world.Assign(H(2), G(2), immutable: true).Is(0);
        _world.Give(H(3), G(3));
        _world.Assign(H(3), G(3), immutable: true).Is(0);
        _world.Table.Write(H(4), FirmwarePages.Fixed);
        _world.Table.Write(H(5), FirmwarePages.Context);
        _world.Table.Write(H(6), FirmwarePages.Metadata);

        RmpPageState[] states = [RmpPageState.Firmware, RmpPageState.PreGuest, RmpPageState.PreSwap, RmpPageState.HvFixed, RmpPageState.Context, RmpPageState.Metadata];
        for (var page = 1UL; page <= 6; page++)
        {
            Assert.Equal(states[page - 1], _world.StateOf(H(page)));
            _world.IsRefused(RmpUpdateOperands.Share(new(H(page), PageSize.Size4K)), 2, "immutable");
            _world.IsRefused(RmpUpdateOperands.Assign(new(H(page), PageSize.Size4K), A, G(page)), 2, "immutable");
        }
    }

    // apm3, RMPUPDATE: Validated, VMSA and masks stay as long as owner, address and size do. sev-snp scenario 28.
    [Fact]
    public void A_page_given_again_as_it_is_keeps_everything()
    {
        _world.Give(H(5), G(5));
        _world.Platform.RmpAdjust(CpuState.Guest(A), Walk(G(5), H(5)), false, 0x1_0301).Is(0);
        var before = _world.Table.Raw(H(5));

        _world.Unchanged(() => _world.Assign(H(5), G(5))).Is(0);
        _world.Assign(H(5), G(5), immutable: true).Is(0);

        Assert.Equal(before with { Immutable = true }, _world.Table.Raw(H(5)));
        Assert.Equal(RmpPageState.PreSwap, _world.StateOf(H(5)));
        Assert.True(before is { Validated: true, Vmsa: true, Permissions: 0x031f });
    }

    // The last part of sev-snp scenario 28, and its neighbours: any other owner, address or size begins afresh.
    [Theory]
    [InlineData(6u, 5UL)]
    [InlineData(5u, 6UL)]
    [InlineData(0u, 5UL)]
    public void A_page_given_to_another_place_begins_afresh(uint asid, ulong page)
    {
        _world.Give(H(5), G(5));
        _world.Platform.RmpAdjust(CpuState.Guest(A), Walk(G(5), H(5)), false, 0x1_0301).Is(0);

        _world.Assign(H(5), G(page), asid: new(asid)).Is(0);

        Assert.Equal(
            new RmpEntry { Assigned = true, Asid = new(asid), Gpa = asid == 0 ? default : G(page), Permissions = (uint)VmplPermissions.All },
            _world.Table.Raw(H(5)));
    }

    [Fact]
    public void A_large_page_given_again_as_it_is_keeps_everything_and_in_another_size_cannot()
    {
        _world.GiveLarge(H(), G());

        _world.Unchanged(() => _world.AssignLarge(H(), G())).Is(0);
        _world.AssignLarge(H(), G(512)).Is(0);

        Assert.Equal(RmpPageState.GuestInvalid, _world.StateOf(H(7)));
        Assert.Equal(G(519), _world.Table.Resolve(H(7)).Gpa);
    }

    // sev-snp scenario 59: with ASID 0 the address is not stored, so nobody but the firmware makes a metadata page.
    [Fact]
    public void A_metadata_page_cannot_be_forged()
    {
        _world.Platform.RmpUpdate(new(H(5).Address, Assigned: true, GuestAddress: Y(100).Address.Value, Immutable: true)).Is(0);

        Assert.Equal(new RmpEntry { Assigned = true, Immutable = true, Permissions = (uint)VmplPermissions.All }, _world.Table.Raw(H(5)));
        Assert.Equal(RmpPageState.Firmware, _world.StateOf(H(5)));
    }

    // sev-snp scenario 60.
    [Fact]
    public void Operands_that_make_no_entry_are_refused()
    {
        _world.IsRefused(new(H(5).Address, Assigned: false, A), 1, "unassigned-state");
        _world.IsRefused(new(H(5).Address, Assigned: false, Immutable: true), 1, "unassigned-state");
        _world.IsRefused(new(H(1).Address, Assigned: true, A, G().Value, IsLarge: true), 1, "align");
        _world.Unchanged(() => _world.Platform.RmpUpdate(CpuState.Guest(A), RmpUpdateOperands.Share(new(H(5), PageSize.Size4K)))).Is(2, "RMPUPDATE/guest");
    }

    // sev-snp scenario 61.
    [Fact]
    public void A_page_assigned_to_nobody_is_Reclaim_and_comes_back_all_zero()
    {
        _world.Assign(H(5), G(5), asid: Asid.Hypervisor).Is(0);

        Assert.Equal(RmpPageState.Reclaim, _world.StateOf(H(5)));
        Assert.Equal(FaultBits.Rmp, _world.HostWrite(H(5)).Fault.Code & FaultBits.Rmp);
        _world.Share(H(5)).Is(0);
        Assert.Equal(default, _world.Table.Raw(H(5)));
    }

    // sev-snp scenario 62: input before Immutable, Immutable before overlap.
    [Fact]
    public void Checks_come_in_the_manuals_order()
    {
        _world.ToFirmware(H()).Is(0);
        _world.Assign(H(9), G(9)).Is(0);

        _world.IsRefused(new(H().Address, Assigned: false, A), 1, "unassigned-state");
        _world.IsRefused(RmpUpdateOperands.Share(new(H(), PageSize.Size2M)), 2, "immutable");
        _world.IsRefused(new(new(ulong.MaxValue), Assigned: false, A, IsLarge: true), 1, "align");
        _world.IsRefused(new(new(ulong.MaxValue), Assigned: false, A), 1, "unassigned-state");
    }

    // apm3, RMPUPDATE: mode, then CPL, then ASID, then the operands.
    [Fact]
    public void Only_the_hosts_kernel_in_64_bit_mode_with_SNP_on_updates()
    {
        var operands = new RmpUpdateOperands(H(1).Address, Assigned: false, A, IsLarge: true);

        RmpUpdateBy(CpuState.Guest(A) with { Cpl = 3, LongMode = false }, operands).Faults(RmpFaultKind.UndefinedOpcode, 0, 0, "RMPUPDATE/mode");
        RmpUpdateBy(CpuState.Guest(A) with { Cpl = 1 }, operands).Faults(RmpFaultKind.GeneralProtection, 0, 0, "RMPUPDATE/cpl");
        RmpUpdateBy(CpuState.Guest(A), operands).Is(2, "RMPUPDATE/guest");
        RmpUpdateBy(CpuState.Host, operands).Is(1, "RMPUPDATE/align");
        _world.Platform.IsOn = false;
        RmpUpdateBy(CpuState.Host, operands).Faults(RmpFaultKind.UndefinedOpcode, 0, 0, "RMPUPDATE/mode");
    }

    // sev-snp scenario 52, first part; a 2M page is covered when all of it is.
    [Fact]
    public void A_page_without_an_entry_is_not_updated()
    {
        _world.IsRefused(RmpUpdateOperands.Assign(new(new(Frames), PageSize.Size4K), A, G()), 1, "covered");
        var odd = new SnpPlatform(RmpCoverage.AtEndOf(new(default, 0x1100)));

        odd.RmpUpdate(RmpUpdateOperands.Assign(new(new(0x1000), PageSize.Size2M), A, G())).Is(1, "RMPUPDATE/covered");
        odd.RmpUpdate(RmpUpdateOperands.Assign(new(new(0x10ff), PageSize.Size4K), A, G())).Is(2, "RMPUPDATE/immutable");
        odd.RmpUpdate(RmpUpdateOperands.Assign(new(new(0xe00), PageSize.Size2M), A, G())).Is(0);
    }

    // apm3, RMPUPDATE: low address bits are dropped, and a guest address of 2M that is none is this model's refusal.
    [Fact]
    public void Low_bits_are_dropped_and_a_large_pages_address_is_that_of_a_large_page()
    {
        _world.Platform.RmpUpdate(new(H(5).Address + 0xfff, Assigned: true, A, G(5).Value + 0xabc)).Is(0);

        Assert.Equal(G(5), _world.Table.Raw(H(5)).Gpa);
        _world.IsRefused(RmpUpdateOperands.Assign(new(Y(), PageSize.Size2M), A, G(1)), 1, "gpa-align");
        _world.Platform.RmpUpdate(new(Y().Address + 0xfff, Assigned: true, A, G(512).Value + 0xfff, IsLarge: true)).Is(0);
    }

    // snp-model: an entry that only the firmware may change does not vanish under a 2M one.
    [Fact]
    public void A_2M_update_over_a_fixed_page_is_not_permitted()
    {
        _world.Table.Write(H(7), FirmwarePages.Fixed);

        _world.IsRefused(RmpUpdateOperands.Assign(new(H(), PageSize.Size2M), A, G()), 2, "over-fixed");
        _world.Assign(H(8), G(8)).Is(0);
        _world.IsRefused(RmpUpdateOperands.Assign(new(H(), PageSize.Size2M), A, G()), 4, "over-small");
    }

    // apm3, RMPUPDATE: RCX names 16 bytes; byte 11 is not looked at.
    [Fact]
    public void Its_16_bytes_say_the_new_state()
    {
        byte[] bytes = [0x00, 0x50, 0x00, 0x80, 0, 0, 0, 0, 0xff, 0xfe, 0x01, 0xff, 5, 0, 1, 0];

        Assert.Equal(new RmpUpdateOperands(H(5).Address, true, new(0x1_0005), 0x8000_5000, IsLarge: false, Immutable: true), RmpUpdateOperands.Read(H(5).Address, bytes));
        bytes[9] = 1;
        Assert.True(RmpUpdateOperands.Read(H(5).Address, bytes).IsLarge);
        bytes[8] = 0xfe;
        Assert.False(RmpUpdateOperands.Read(H(5).Address, bytes).Assigned);
        bytes[10] = 0xfe;
        Assert.False(RmpUpdateOperands.Read(H(5).Address, bytes).Immutable);
        Assert.Throws<ArgumentException>("state", () => RmpUpdateOperands.Read(default, new byte[15]));
        Assert.Throws<ArgumentException>("size", () => RmpUpdateOperands.Share(new(default, PageSize.Size1G)));
    }

    // apm3, RMPUPDATE: every processor's translations of the page end; a refused update ends none.
    [Fact]
    public void An_update_ends_the_pages_translations()
    {
        var ended = new List<PfnRange>();
        _world.Platform.TranslationsInvalidated = ended.Add;

        _world.Assign(H(5), G(5)).Is(0);
        _world.AssignLarge(Y(), G()).Is(0);
        _world.Share(Y(1)).Is(4, "RMPUPDATE/inside-large");

        Assert.Equal([new PfnRange(H(5), 1), new PfnRange(Y(), 512)], ended);
    }

    // No instruction moves or clears a byte: what a page held, its next owner finds as ciphertext.
    [Fact]
    public void An_update_changes_no_byte()
    {
        _world.HostWrite(H(5), value: 0x1234);

        _world.Assign(H(5), G(5)).Is(0);

        Assert.True(_world.HostRead(H(5), out var value).IsAllowed);
        Assert.Equal(0x1234UL, value);
    }

    // The firmware's counters (sev-snp open point j): 4K pages.
    [Fact]
    public void An_ASIDs_pages_are_counted()
    {
        _world.AssignLarge(H(), G()).Is(0);
        _world.Assign(Y(1), G(513)).Is(0);
        Assert.Equal(513UL, _world.Table.PagesOf(A));

        _world.Assign(Y(1), G(513), asid: B).Is(0);
        _world.Share(H(), PageSize.Size2M).Is(0);
        Assert.Equal((0UL, 1UL), (_world.Table.PagesOf(A), _world.Table.PagesOf(B)));
    }

    private InstructionResult RmpUpdateBy(CpuState cpu, RmpUpdateOperands operands) => _world.Unchanged(() => _world.Platform.RmpUpdate(cpu, operands));
}
