using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Instructions;

public sealed class PvalidateTests
{
    private readonly SnpWorld _world = new();

    // sev-snp scenario 15: CF says that the entry already was as asked.
    [Fact]
    public void Validating_twice_says_so_the_second_time()
    {
        _world.Assign(H(5), G(5)).Is(0);

        _world.Validate(G(5), H(5)).Is(0, carry: false);
        _world.Unchanged(() => _world.Validate(G(5), H(5))).Is(0, carry: true, "PVALIDATE/unchanged");
        _world.Validate(G(5), H(5), validate: false).Is(0, carry: false);
        _world.Unchanged(() => _world.Validate(G(5), H(5), validate: false)).Is(0, carry: true, "PVALIDATE/unchanged");
    }

    // apm3, PVALIDATE: of the entry only Validated is written.
    [Fact]
    public void Only_Validated_changes()
    {
        _world.Give(H(5), G(5));
        _world.Platform.RmpAdjust(CpuState.Guest(A), Walk(G(5), H(5)), false, 0x1_0f03).Is(0);
        var before = _world.Table.Raw(H(5));

        _world.Validate(G(5), H(5), validate: false).Is(0, carry: false);

        Assert.Equal(before with { Validated = false }, _world.Table.Raw(H(5)));
    }

    // sev-snp scenario 23.
    [Fact]
    public void A_2M_request_on_4K_entries_mismatches_and_the_loop_over_them_does_it()
    {
        for (var page = 0UL; page < 512; page++)
        {
            _world.Assign(H(page), G(page)).Is(0);
        }

        _world.Unchanged(() => _world.Validate(G(), H(), isLarge: true)).Is(6, carry: false, "PVALIDATE/larger");
        for (var page = 0UL; page < 512; page++)
        {
            _world.Validate(G(page), H(page)).Is(0, carry: false);
        }
    }

    // sev-snp scenario 63.
    [Fact]
    public void Only_an_SNP_guests_kernel_at_the_highest_level_validates()
    {
        _world.Assign(H(5), G(5)).Is(0);

        Refused(CpuState.Guest(A) with { Cpl = 3 }).Faults(RmpFaultKind.GeneralProtection, 0, 0, "PVALIDATE/cpl");
        Refused(CpuState.Guest(A, new(1))).Faults(RmpFaultKind.GeneralProtection, 0, 0, "PVALIDATE/vmpl");
        Refused(new(A, SnpActive: false)).Is(0, carry: true, "PVALIDATE/not-snp");
        Refused(new(A, SnpActive: false, Cpl: 1)).Faults(RmpFaultKind.GeneralProtection, 0, 0, "PVALIDATE/cpl");
        Refused(CpuState.Guest(A), Walk(G(5), H(5)) with { Encrypted = false, Gva = 0x7000 }).Faults(RmpFaultKind.PageFault, 0, 0x7000, "PVALIDATE/c-bit");
        Refused(CpuState.Guest(A), Walk(G(1), H(1)), isLarge: true).Is(1, carry: false, "PVALIDATE/align");
        _world.Validate(G(5), H(5), cpu: CpuState.Guest(A) with { LongMode = false }).Is(0, carry: false);
    }

    [Fact]
    public void With_SNP_off_it_does_nothing_and_says_so()
    {
        _world.Assign(H(5), G(5)).Is(0);
        _world.Platform.IsOn = false;

        Refused(CpuState.Guest(A)).Is(0, carry: true, "PVALIDATE/not-snp");
    }

    // apm3, PVALIDATE: the guest's own walk, its C-bit, the nested walk, and only then the entry.
    [Fact]
    public void The_walks_come_before_the_entry()
    {
        var walk = Walk(G(5), H(5)) with { Gva = 0x7123 };

        Refused(CpuState.Guest(A), walk with { End = WalkEnd.GuestFault, Encrypted = false }).Faults(RmpFaultKind.PageFault, 0, 0x7123, "PVALIDATE/guest-walk");
        Refused(CpuState.Guest(A), walk with { End = WalkEnd.NestedFault, Encrypted = false }).Faults(RmpFaultKind.PageFault, 0, 0x7123, "PVALIDATE/c-bit");
        Refused(CpuState.Guest(A), walk with { End = WalkEnd.NestedFault }).Faults(RmpFaultKind.NestedPageFault, 0, G(5).Value, "PVALIDATE/nested-walk");
        Refused(CpuState.Guest(A), walk with { Frame = new(Frames) }).Faults(RmpFaultKind.NestedPageFault, Answers.RmpFault, G(5).Value, "PVALIDATE/covered");
    }

    // apm3, PVALIDATE: an entry that is not the guest's, not here, not mutable or not of the mapping's size is a #NPF.
    [Fact]
    public void An_entry_that_does_not_match_faults()
    {
        _world.Assign(H(1), G(1), immutable: true).Is(0);
        _world.Assign(H(3), G(4)).Is(0);
        _world.Assign(H(5), G(5), asid: B).Is(0);
        _world.AssignLarge(Y(), G()).Is(0);

        Faulted(G(1), H(1), "immutable");
        Faulted(G(2), H(2), "assigned");
        Faulted(G(3), H(3), "gpa");
        Faulted(G(5), H(5), "asid");
        Faulted(G(3), Y(3), "nested-size");
        Faulted(G(4), H(3), "nested-size", PageSize.Size2M);
    }

    // A 1G mapping counts as 2M.
    [Theory]
    [InlineData(PageSize.Size2M)]
    [InlineData(PageSize.Size1G)]
    public void A_large_page_is_validated_whole(PageSize nested)
    {
        _world.AssignLarge(H(), G()).Is(0);

        _world.Validate(G(), H(), isLarge: true, nested: nested).Is(0, carry: false);

        Assert.Equal(RmpPageState.GuestValid, _world.StateOf(H(511)));
        Assert.True(_world.Table.IsInLargePage(H(511)));
    }

    // A 2M request names the page by its first frame.
    [Fact]
    public void A_large_request_that_leads_into_the_middle_of_a_large_page_faults()
    {
        _world.AssignLarge(H(), G()).Is(0);
        var walk = Walk(G(3), H(3), PageSize.Size2M) with { Gva = 0x20_0000 };

        _world.Unchanged(() => _world.Platform.Pvalidate(CpuState.Guest(A), walk, isLarge: true, validate: true))
            .Faults(RmpFaultKind.NestedPageFault, Answers.RmpFault, G(3).Value, "PVALIDATE/gpa");
    }

    // sev-snp scenario 64: no cached translation ends; an access judged anew gets #VC.
    [Fact]
    public void Taking_the_acceptance_back_ends_no_translation()
    {
        _world.Give(H(5), G(5));
        var ended = 0;
        _world.Platform.TranslationsInvalidated = _ => ended++;

        _world.Validate(G(5), H(5), validate: false).Is(0, carry: false);

        Assert.Equal(0, ended);
        Assert.Equal(new(RmpFaultKind.VmmCommunication, 0x404, 0x7123), _world.Platform.Check(RmpAccess.Private(A, AccessKind.Read, G(5), H(5)) with { Gva = 0x7123 }).Fault);
    }

    // The level's masks do not matter: a page nobody may read can be accepted.
    [Fact]
    public void Masks_do_not_matter()
    {
        _world.Assign(H(5), G(5)).Is(0);
        _world.Table.Write(H(5), _world.Table.Raw(H(5)) with { Permissions = 0 });

        _world.Validate(G(5), H(5)).Is(0, carry: false);
    }

    private PvalidateResult Refused(CpuState cpu, GuestWalk? walk = null, bool isLarge = false) =>
        _world.Unchanged(() => _world.Platform.Pvalidate(cpu, walk ?? Walk(G(5), H(5)), isLarge, validate: true));

    private void Faulted(Gpa gpa, Pfn frame, string rule, PageSize nested = PageSize.Size4K) =>
        Refused(CpuState.Guest(A), Walk(gpa, frame, nested)).Faults(RmpFaultKind.NestedPageFault, Answers.RmpFault, gpa.Value, "PVALIDATE/" + rule);
}
