using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Instructions;

public sealed class RmpQueryTests
{
    private const VmplPermissions ReadWrite = VmplPermissions.Read | VmplPermissions.Write;
    private readonly SnpWorld _world = new();

    // sev-snp scenario 66: a level learns the masks below it, and whether a page is a save area only at the highest.
    [Fact]
    public void A_level_asks_about_lower_ones()
    {
        GiveSaveArea();

        Assert.Equal(new(RmpStatus.Success, ReadWrite, Vmsa: true, PageSize.Size4K), Query(0, 1));
        Assert.Equal(new(RmpStatus.Success, VmplPermissions.Read, Vmsa: false, PageSize.Size4K), Query(1, 2));
        Assert.Equal((RmpStatus.FailPermission, "RMPQUERY/target"), (Query(1, 1).Status, Query(1, 1).DecidedBy?.Id));
    }

    [Fact]
    public void A_large_pages_size_and_mask_are_its_heads()
    {
        _world.GiveLarge(H(), G());
        _world.Platform.RmpAdjust(CpuState.Guest(A), Walk(G(), H(), PageSize.Size2M), isLarge: true, 0x0301).Is(0);

        Assert.Equal(new(RmpStatus.Success, ReadWrite, false, PageSize.Size2M), Query(0, 1, Walk(G(9), H(9), PageSize.Size2M)));
    }

    // apm3, RMPQUERY: Immutable is not among what it looks at.
    [Fact]
    public void A_page_on_its_way_out_can_be_asked_about()
    {
        _world.Give(H(5), G(5));
        _world.Assign(H(5), G(5), immutable: true).Is(0);

        Assert.Equal(RmpStatus.Success, Query(0, 1).Status);
        Assert.False(Query(0, 1).Fault.IsFault);
    }

    [Fact]
    public void An_entry_that_does_not_match_faults()
    {
        _world.Give(H(3), G(4));
        _world.Assign(H(5), G(5)).Is(0);
        _world.Assign(H(6), G(6), asid: B).Is(0);
        _world.GiveLarge(Y(), G());

        Faulted(Walk(G(2), H(2)), "assigned");
        Faulted(Walk(G(3), H(3)), "gpa");
        Faulted(Walk(G(6), H(6)), "asid");
        Faulted(Walk(G(3), Y(3)), "nested-size");
        Faulted(Walk(G(6), new(Frames)), "covered");
        IsFault(new(RmpFaultKind.VmmCommunication, 0x404, G(5).Value), "validated", Query(0, 1));
        IsFault(new(RmpFaultKind.PageFault, 0, G(5).Value), "guest-walk", Query(0, 1, Walk(G(5), H(5)) with { End = WalkEnd.GuestFault }));
        IsFault(new(RmpFaultKind.PageFault, 0, G(5).Value), "c-bit", Query(0, 1, Walk(G(5), H(5)) with { Encrypted = false }));
        IsFault(new(RmpFaultKind.NestedPageFault, 0, G(5).Value), "nested-walk", Query(0, 1, Walk(G(5), H(5)) with { End = WalkEnd.NestedFault }));
    }

    [Fact]
    public void Only_an_SNP_guests_kernel_in_64_bit_mode_asks()
    {
        GiveSaveArea();

        IsFault(new(RmpFaultKind.UndefinedOpcode), "mode", By(CpuState.Guest(A) with { LongMode = false, Cpl = 3 }));
        IsFault(new(RmpFaultKind.UndefinedOpcode), "mode", By(CpuState.Host));
        IsFault(new(RmpFaultKind.GeneralProtection), "cpl", By(CpuState.Guest(A) with { Cpl = 2 }));
    }

    // sev-snp open point s.
    [Fact]
    public void A_level_that_is_not_there_is_not_permitted()
    {
        GiveSaveArea();

        Assert.Equal((RmpStatus.FailPermission, "RMPQUERY/target-unknown"), (Query(0, 4).Status, Query(0, 4).DecidedBy?.Id));
    }

    private void GiveSaveArea()
    {
        _world.Give(H(5), G(5));
        _world.Platform.RmpAdjust(CpuState.Guest(A), Walk(G(5), H(5)), false, 0x1_0301).Is(0);
        _world.Platform.RmpAdjust(CpuState.Guest(A), Walk(G(5), H(5)), false, 0x1_0102).Is(0);
    }

    private RmpQueryResult Query(int vmpl, byte target, GuestWalk? walk = null) =>
        _world.Unchanged(() => _world.Platform.RmpQuery(CpuState.Guest(A, new(vmpl)), walk ?? Walk(G(5), H(5)), target));

    private RmpQueryResult By(CpuState cpu) => _world.Unchanged(() => _world.Platform.RmpQuery(cpu, Walk(G(5), H(5)), 1));

    private void Faulted(GuestWalk walk, string rule) =>
        IsFault(new(RmpFaultKind.NestedPageFault, Answers.RmpFault, walk.Gpa.Value), rule, Query(0, 1, walk));

    private static void IsFault(RmpFault expected, string rule, RmpQueryResult result)
    {
        Assert.Equal((expected, "RMPQUERY/" + rule), (result.Fault, result.DecidedBy?.Id));
        Assert.Equal((VmplPermissions.None, false), (result.Permissions, result.Vmsa));
    }
}
