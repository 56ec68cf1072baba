using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Instructions;

public sealed class PsmashTests
{
    private readonly SnpWorld _world = new();

    // sev-snp scenarios 7, 8 and 9: a guest shares one 4K page of a 2M private page.
    [Fact]
    public void One_page_of_a_large_private_page_is_shared_by_PSMASH_and_RMPUPDATE()
    {
        _world.GiveLarge(H(), G());
        Assert.True(_world.GuestWrite(G(), H(), 7, PageSize.Size2M).IsAllowed);

        _world.Unchanged(() => _world.Validate(G(1), H(1), validate: false, nested: PageSize.Size2M))
            .Faults(RmpFaultKind.NestedPageFault, Answers.SizeFault, G(1).Value, "PVALIDATE/smaller");

        _world.Platform.Psmash(H().Address).Is(0);
        _world.Validate(G(1), H(1), validate: false).Is(0, carry: false);
        Assert.Equal(RmpPageState.GuestInvalid, _world.StateOf(H(1)));

        _world.Share(H(1)).Is(0);
        Assert.True(_world.HostWrite(H(1)).IsAllowed);
        Assert.Equal(RmpFaultKind.PageFault, _world.HostWrite(H(1), PageSize.Size2M).Fault.Kind);
        Assert.True(_world.GuestRead(G(), H(), out var value).IsAllowed);
        Assert.Equal(7UL, value);
        Assert.True(_world.GuestRead(G(), H(), out _, PageSize.Size2M).Fault.Has(FaultBits.Rmp));
    }

    // INV-SNP-24: 512 entries, one page further each, and every other field the head's.
    [Fact]
    public void Every_field_of_the_head_survives_in_512_entries()
    {
        _world.GiveLarge(H(), G());
        _world.Platform.RmpAdjust(CpuState.Guest(A), Walk(G(), H(), PageSize.Size2M), isLarge: true, 0x1_0702).Is(0);
        var before = Enumerable.Range(0, 512).Select(page => _world.Table.Resolve(H((ulong)page))).ToArray();

        _world.Platform.Psmash(H(7).Address + 0xabc).Is(0);

        for (var page = 0UL; page < 512; page++)
        {
            Assert.Equal(before[page] with { Size = PageSize.Size4K }, _world.Table.Raw(H(page)));
            Assert.Equal((G(page), true, true, 0x7001fu), (_world.Table.Raw(H(page)).Gpa, _world.Table.Raw(H(page)).Validated, _world.Table.Raw(H(page)).Vmsa, _world.Table.Raw(H(page)).Permissions));
        }

        Assert.Equal((512UL, 512), (_world.Table.PagesOf(A), _world.Table.AssignedIn2M(H())));
    }

    // sev-snp scenario 27.
    [Fact]
    public void Only_a_mutable_live_large_page_is_smashed()
    {
        _world.Give(H(), G());
        _world.AssignLarge(Y(), G(512), immutable: true).Is(0);

        Refused(H().Address).Is(4, "PSMASH/not-large");
        Refused(H(512).Address).Is(4, "PSMASH/not-large");
        Refused(Y().Address).Is(4, "PSMASH/immutable");
        Refused(new Pfn(Frames).Address).Is(1, "PSMASH/covered");
        Refused(new(ulong.MaxValue)).Is(1, "PSMASH/covered");
    }

    [Fact]
    public void Only_the_hosts_kernel_in_64_bit_mode_with_SNP_on_smashes()
    {
        Refused(H().Address, CpuState.Guest(A) with { Cpl = 3, LongMode = false }).Faults(RmpFaultKind.UndefinedOpcode, 0, 0, "PSMASH/mode");
        Refused(H().Address, CpuState.Guest(A) with { Cpl = 3 }).Faults(RmpFaultKind.GeneralProtection, 0, 0, "PSMASH/cpl");
        Refused(new(ulong.MaxValue), CpuState.Guest(A)).Is(2, "PSMASH/guest");
        _world.Platform.IsOn = false;
        Refused(H().Address).Faults(RmpFaultKind.UndefinedOpcode, 0, 0, "PSMASH/mode");
    }

    // apm3, PSMASH: the 2M page's translations end everywhere; a refused one ends none.
    [Fact]
    public void A_smash_ends_the_large_pages_translations()
    {
        _world.GiveLarge(H(), G());
        var ended = new List<PfnRange>();
        _world.Platform.TranslationsInvalidated = ended.Add;

        _world.Platform.Psmash(H(7).Address).Is(0);
        _world.Platform.Psmash(H(7).Address).Is(4, "PSMASH/not-large");

        Assert.Equal([new PfnRange(H(), 512)], ended);
    }

    // sev-snp scenarios 21 and 22: the second of two vCPUs finds 4K entries already, and nothing to do.
    [Fact]
    public void A_mapping_smaller_than_the_entry_faults_until_the_entry_is_smashed()
    {
        _world.GiveLarge(H(), G());
        Assert.True(_world.GuestWrite(G(2), H(2), 7, PageSize.Size2M).IsAllowed);

        Assert.Equal("ACCESS/private/page-size", _world.GuestRead(G(2), H(2), out _).DecidedBy?.Id);
        _world.Platform.Psmash(H(2).Address).Is(0);

        Assert.True(_world.GuestRead(G(2), H(2), out var value).IsAllowed);
        Assert.Equal(7UL, value);
        Refused(H(2).Address).Is(4, "PSMASH/not-large");
        Assert.Equal(PageSize.Size4K, _world.Platform.RmpRead(CpuState.Host, H(2).Address).Size);
    }

    private InstructionResult Refused(Spa address, CpuState? cpu = null) => _world.Unchanged(() => _world.Platform.Psmash(cpu ?? CpuState.Host, address));
}
