using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Instructions;

public sealed class VmrunTests
{
    private static readonly VmrunOperands s_run = new(Y(1), A, IsSnpActive: true, Vmsa: H(5));
    private readonly SnpWorld _world = new();

    // sev-snp scenario 26: a running vCPU's pages keep their entries until #VMEXIT (INV-SNP-20).
    [Fact]
    public void A_running_vCPUs_pages_are_in_use()
    {
        GiveSaveArea(H(5), G(5));
        var run = s_run with { AvicBacking = Y(2) };
        _world.Platform.RunVcpu(run).Is(0);

        Assert.Equal([H(5), Y(1), Y(2)], _world.Platform.Holds.InUse);
        _world.IsRefused(RmpUpdateOperands.Share(new(H(5), PageSize.Size4K)), 3, "in-use");
        _world.IsRefused(RmpUpdateOperands.Assign(new(Y(1), PageSize.Size4K), A, G(1)), 3, "in-use");
        _world.IsRefused(RmpUpdateOperands.Assign(new(Y(2), PageSize.Size4K), A, G(1)), 3, "in-use");
        _world.IsRefused(RmpUpdateOperands.Assign(new(Y(), PageSize.Size2M), A, G()), 3, "in-use");

        _world.Platform.Vmexit(run);
        Assert.True(_world.Platform.Holds.IsEmpty);
        _world.Share(H(5)).Is(0);
    }

    // Two vCPUs may share an AVIC page or, by a host's mistake, a VMCB: the last exit frees it.
    [Fact]
    public void A_page_used_twice_is_in_use_until_both_exits()
    {
        GiveSaveArea(H(5), G(5));
        GiveSaveArea(H(6), G(6));
        _world.Platform.RunVcpu(s_run).Is(0);
        _world.Platform.RunVcpu(s_run with { Vmsa = H(6) }).Is(0);

        _world.Platform.Vmexit(s_run);

        _world.Assign(Y(1), G(1)).Is(3, "RMPUPDATE/in-use");
        _world.Platform.Vmexit(s_run with { Vmsa = H(6) });
        _world.Assign(Y(1), G(1)).Is(0);
    }

    // A page in use inside a live 2M page keeps the 2M page as well.
    [Fact]
    public void A_large_page_with_a_save_area_in_use_is_not_smashed()
    {
        _world.GiveLarge(H(), G());
        _world.Platform.RmpAdjust(CpuState.Guest(A), Walk(G(), H(), PageSize.Size2M), isLarge: true, 0x1_0001).Is(0);
        _world.Platform.RunVcpu(s_run).Is(0);

        _world.Unchanged(() => _world.Platform.Psmash(H().Address)).Is(3, "PSMASH/in-use");
        _world.IsRefused(RmpUpdateOperands.Share(new(H(), PageSize.Size2M)), 3, "in-use");
        _world.Platform.Vmexit(s_run);
        _world.Platform.Psmash(H().Address).Is(0);
    }

    // sev-snp scenario 46.
    [Fact]
    public void A_save_area_is_the_guests_own_and_marked_as_one()
    {
        _world.Give(H(5), G(5));
        Refused(s_run, "vmsa-bit");
        GiveSaveArea(H(6), G(6));
        Refused(s_run with { Vmsa = H(6), Asid = B }, "vmsa-guest-owned");
        _world.Assign(H(6), G(6), immutable: true).Is(0);
        Refused(s_run with { Vmsa = H(6) }, "vmsa-mutable");
        Refused(s_run with { Vmsa = new Pfn(Frames) }, "vmsa-covered");
        Refused(s_run with { Vmsa = null }, "vmsa-covered");
    }

    [Fact]
    public void A_control_block_is_the_hypervisors()
    {
        GiveSaveArea(H(5), G(5));
        _world.Assign(Y(1), G(1)).Is(0);

        _world.Unchanged(() => _world.Platform.RunVcpu(s_run)).Faults(RmpFaultKind.GeneralProtection, 0, 0, "VMRUN/vmcb");
        _world.Unchanged(() => _world.Platform.RunVcpu(new(Y(1), B, IsSnpActive: false))).Faults(RmpFaultKind.GeneralProtection, 0, 0, "VMRUN/vmcb");
    }

    // apm2, table 15-41.
    [Fact]
    public void An_AVIC_page_and_a_plain_guests_save_area_are_the_hypervisors()
    {
        _world.Assign(Y(2), G(2)).Is(0);
        GiveSaveArea(H(5), G(5));

        Refused(s_run with { AvicBacking = Y(2) }, "avic");
        Refused(new(Y(1), B, IsSnpActive: false, AvicBacking: Y(2)), "avic");
        Refused(new(Y(1), A, IsSnpActive: false, Vmsa: H(5)), "vmsa-assigned");
        _world.Platform.RunVcpu(new(Y(1), B, IsSnpActive: false, Vmsa: Y(3))).Is(0);
    }

    // Validated is not among the checks of a save area.
    [Fact]
    public void A_save_area_need_not_be_validated()
    {
        GiveSaveArea(H(5), G(5));
        _world.Validate(G(5), H(5), validate: false).Is(0, carry: false);

        _world.Platform.RunVcpu(s_run).Is(0);
    }

    [Fact]
    public void With_SNP_off_no_SNP_guest_runs()
    {
        GiveSaveArea(H(5), G(5));
        _world.Assign(Y(1), G(1)).Is(0);
        _world.Platform.IsOn = false;

        Refused(s_run, "snp-off");
        _world.Platform.RunVcpu(new(Y(1), B, IsSnpActive: false)).Is(0);
    }

    // snp-abi, 8.8: the host's save page is no fixed one; how VMRUN fails is this model's choice.
    [Fact]
    public void With_the_hosts_save_page_fixed_nothing_runs()
    {
        _world.Platform.WriteHsave(Y(7)).Is(0);
        _world.Platform.RunVcpu(new(Y(1), B, IsSnpActive: false)).Is(0);
        _world.Table.Write(Y(7), FirmwarePages.Fixed);

        Refused(new(Y(1), B, IsSnpActive: false), "hsave-fixed");
    }

    // apm2, 15.36.12: VM_HSAVE_PA and VMSAVE name a page of the hypervisor's.
    [Fact]
    public void A_page_the_host_saves_to_is_the_hypervisors()
    {
        _world.Give(H(5), G(5));
        _world.Platform.WriteHsave(Y(7)).Is(0);

        _world.Unchanged(() => _world.Platform.WriteHsave(H(5))).Faults(RmpFaultKind.GeneralProtection, 0, 0, "VMRUN/save-page");
        Assert.Equal(Y(7), _world.Platform.HsavePage);
        _world.Platform.CheckSavePage(H(5)).Faults(RmpFaultKind.GeneralProtection, 0, 0, "VMRUN/save-page");
        _world.Platform.CheckSavePage(H(6)).Is(0);
        _world.Platform.CheckSavePage(new(Frames)).Is(0);
    }

    // Of 4K size: a neighbour's entry does not matter.
    [Fact]
    public void A_neighbours_entry_does_not_matter()
    {
        _world.Assign(Y(2), G(2)).Is(0);

        _world.Platform.RunVcpu(new(Y(1), B, IsSnpActive: false, AvicBacking: Y(3))).Is(0);
        _world.Platform.WriteHsave(Y()).Is(0);
    }

    private void GiveSaveArea(Pfn frame, Gpa gpa)
    {
        _world.Give(frame, gpa);
        _world.Platform.RmpAdjust(CpuState.Guest(A), Walk(gpa, frame), false, 0x1_0001).Is(0);
    }

    private void Refused(VmrunOperands operands, string rule) =>
        _world.Unchanged(() => _world.Platform.RunVcpu(operands)).Faults(RmpFaultKind.InvalidVmexit, 0, 0, "VMRUN/" + rule);
}
