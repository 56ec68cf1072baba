using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Access;

public sealed class GuestAccessTests
{
    // EXITINFO1: encrypted, final translation, RMP, user, present; then write, fetch, VMPL, and the walk's bit for the final one.
    private const ulong ReadFault = 0x5_8000_0005;
    private const ulong WriteFault = 0x5_8000_0007;
    private const ulong FetchFault = 0x5_8000_0015;
    private const ulong WalkFault = 0x6_8000_0005;
    private const ulong VmplBit = 0x10_0000_0000;
    private readonly SnpWorld _world = new();

    // sev-snp scenario 18: one page at two guest addresses.
    [Fact]
    public void A_page_is_reached_at_its_own_guest_address_only()
    {
        _world.Give(H(5), G(5));

        Assert.True(_world.GuestRead(G(5), H(5), out _).IsAllowed);
        Refused(_world.GuestRead(G(6), H(5), out _), ReadFault, G(6), "reverse-map");
        Refused(_world.GuestWrite(G(6), H(5), 1), WriteFault, G(6), "reverse-map");
    }

    // sev-snp scenario 19.
    [Fact]
    public void A_page_is_reached_by_its_own_guest_only()
    {
        _world.Give(H(5), G(5));

        Refused(_world.Platform.Check(RmpAccess.Private(B, AccessKind.Read, G(5), H(5))), ReadFault, G(5), "guest-owned");
        Refused(_world.Platform.Check(RmpAccess.Private(B, AccessKind.Execute, G(5), H(5))), FetchFault, G(5), "guest-owned");
    }

    // sev-snp 3.4, first table, whole, with scenarios 20 and 21.
    [Theory]
    [InlineData(PageSize.Size4K, false, true)]
    [InlineData(PageSize.Size4K, true, false)]
    [InlineData(PageSize.Size2M, false, false)]
    [InlineData(PageSize.Size2M, true, true)]
    [InlineData(PageSize.Size1G, false, false)]
    [InlineData(PageSize.Size1G, true, true)]
    public void The_nested_mapping_has_the_entrys_size(PageSize nested, bool isLarge, bool allowed)
    {
        _world.GiveLarge(H(), G());
        if (!isLarge)
        {
            Assert.True(_world.Platform.Psmash(H().Address).IsSuccess);
        }

        for (var page = 0UL; page < 512; page += 73)
        {
            var read = _world.GuestRead(G(page), H(page), out _, nested);
            var write = _world.GuestWrite(G(page), H(page), 1, nested);
            Assert.Equal((allowed, allowed), (read.IsAllowed, write.IsAllowed));
            if (!allowed)
            {
                Refused(read, ReadFault, G(page), "page-size");
                Refused(write, WriteFault, G(page), "page-size");
            }
        }
    }

    // Through a large mapping too the page's own address counts.
    [Fact]
    public void Inside_a_large_page_every_page_has_its_address()
    {
        _world.GiveLarge(H(), G());

        Assert.True(_world.GuestRead(G(511), H(511), out _, PageSize.Size2M).IsAllowed);
        Refused(_world.GuestRead(G(510), H(511), out _, PageSize.Size2M), ReadFault, G(510), "reverse-map");
    }

    // sev-snp scenario 43, and apm2, 15.36.7: write without read admits nothing.
    [Theory]
    [InlineData(0x01, AccessKind.Read, true, 0UL)]
    [InlineData(0x01, AccessKind.Write, true, VmplBit | WriteFault)]
    [InlineData(0x01, AccessKind.Execute, true, VmplBit | FetchFault)]
    [InlineData(0x03, AccessKind.Write, true, 0UL)]
    [InlineData(0x02, AccessKind.Write, true, VmplBit | WriteFault)]
    [InlineData(0x02, AccessKind.Read, true, VmplBit | ReadFault)]
    [InlineData(0x04, AccessKind.Execute, false, 0UL)]
    [InlineData(0x04, AccessKind.Execute, true, VmplBit | FetchFault)]
    [InlineData(0x08, AccessKind.Execute, true, 0UL)]
    [InlineData(0x08, AccessKind.Execute, false, VmplBit | FetchFault)]
    [InlineData(0x00, AccessKind.Read, true, VmplBit | ReadFault)]
    public void A_level_does_what_its_mask_says(int mask, AccessKind kind, bool isSupervisor, ulong code)
    {
        _world.Give(H(5), G(5));
        Assert.True(_world.Platform.RmpAdjust(CpuState.Guest(A), Walk(G(5), H(5)), false, ((ulong)mask << 8) | 2).IsSuccess);

        var verdict = _world.Platform.Check(RmpAccess.Private(A, kind, G(5), H(5)) with { Vmpl = new(2), IsSupervisor = isSupervisor });

        Assert.Equal(code, verdict.Fault.Code);
        Assert.Equal(code == 0, verdict.IsAllowed);
        Assert.Equal(code == 0 ? null : "ACCESS/private/vmpl", verdict.DecidedBy?.Id);
    }

    // sev-snp scenario 45: size before Validated, Validated before VMPL.
    [Fact]
    public void Checks_come_in_the_manuals_order()
    {
        _world.Assign(H(5), G(5));
        var access = RmpAccess.Private(A, AccessKind.Read, G(5), H(5)) with { Vmpl = new(1), Gva = 0x7123 };

        Assert.Equal("ACCESS/private/page-size", _world.Platform.Check(access with { MappingSize = PageSize.Size2M }).DecidedBy?.Id);
        Assert.Equal(RmpFaultKind.NestedPageFault, _world.Platform.Check(access with { MappingSize = PageSize.Size2M }).Fault.Kind);
        Assert.Equal(new(RmpFaultKind.VmmCommunication, 0x404, 0x7123), _world.Platform.Check(access).Fault);
        _world.Validate(G(5), H(5));
        Refused(_world.Platform.Check(access), VmplBit | ReadFault, G(5), "vmpl");
    }

    // What the firmware holds is out of the guest's reach, validated or not.
    [Fact]
    public void A_page_on_its_way_in_or_out_is_not_reached()
    {
        _world.Assign(H(5), G(5), immutable: true);
        _world.Give(H(6), G(6));
        _world.Assign(H(6), G(6), immutable: true);

        Refused(_world.GuestRead(G(5), H(5), out _), ReadFault, G(5), "mutable");
        Refused(_world.GuestRead(G(6), H(6), out _), ReadFault, G(6), "mutable");
    }

    // sev-snp scenario 48: with C-bit 0 a guest's own page is written by nobody, and read as ciphertext.
    [Fact]
    public void A_shared_access_to_a_guests_own_page()
    {
        _world.Give(H(5), G(5));
        _world.GuestWrite(G(5), H(5), 7);
        var shared = new RmpAccess(RmpAccessor.SnpGuest, AccessKind.Write, H(5), PageSize.Size4K, A, G(5));

        var verdict = _world.Platform.Write(shared, 0, 8, 9);
        Assert.Equal(new(RmpFaultKind.NestedPageFault, 0x1_8000_0007, G(5).Value), verdict.Fault);
        Assert.Equal("ACCESS/shared/hypervisor-owned", verdict.DecidedBy?.Id);
        Assert.True(_world.Platform.Read(shared with { Kind = AccessKind.Read }, 0, 8, out var seen).IsAllowed);
        Assert.NotEqual(7UL, seen);
        _world.GuestRead(G(5), H(5), out var value);
        Assert.Equal(7UL, value);
    }

    // sev-snp scenarios 49 and 52.
    [Fact]
    public void A_private_access_to_the_hypervisors_page_faults()
    {
        Refused(_world.GuestRead(G(5), H(5), out _), ReadFault, G(5), "guest-owned");
        Refused(_world.GuestWrite(G(5), new(Frames), 1), WriteFault, G(5), "covered");
    }

    // sev-snp scenario 50: a walk is private whatever the C-bit says.
    [Fact]
    public void A_guests_page_table_is_a_validated_page()
    {
        _world.Assign(H(5), G(5));
        var walk = new RmpAccess(RmpAccessor.SnpGuest, AccessKind.Read, H(5), PageSize.Size4K, A, G(5), Encrypted: false, RmpAccessPart.PageTable, Gva: 0x7123);

        Assert.Equal(new(RmpFaultKind.VmmCommunication, 0x404, 0x7123), _world.Platform.Check(walk).Fault);
        Refused(_world.Platform.Check(walk with { Asid = B }), WalkFault, G(5), "guest-owned");
        Refused(_world.Platform.Check(walk with { Asid = B, Kind = AccessKind.Write }), WalkFault | 2, G(5), "guest-owned");
        _world.Validate(G(5), H(5));
        Assert.True(_world.Platform.Check(walk).IsAllowed);
    }

    // A fetch is private too; the walk of one reads, it does not fetch.
    [Fact]
    public void A_fetch_is_private_whatever_the_C_bit_says()
    {
        var fetch = new RmpAccess(RmpAccessor.SnpGuest, AccessKind.Execute, H(5), PageSize.Size4K, A, G(5));

        Refused(_world.Platform.Check(fetch), FetchFault, G(5), "guest-owned");
        Refused(_world.Platform.Check(fetch with { Part = RmpAccessPart.PageTable }), WalkFault, G(5), "guest-owned");
        _world.Give(H(5), G(5));
        Assert.True(_world.Platform.Check(fetch).IsAllowed);
    }

    // The update of an accessed or dirty bit in the guest's own tables writes, and needs the right to.
    [Fact]
    public void An_accessed_or_dirty_bit_is_a_write()
    {
        _world.Give(H(5), G(5));
        Assert.True(_world.Platform.RmpAdjust(CpuState.Guest(A), Walk(G(5), H(5)), false, 0x0101).IsSuccess);
        var update = RmpAccess.Private(A, AccessKind.Read, G(5), H(5)) with { Part = RmpAccessPart.AccessedDirtyUpdate };

        Assert.True(_world.Platform.Check(update).IsAllowed);
        Refused(_world.Platform.Check(update with { Vmpl = new(1) }), VmplBit | WalkFault | 2, G(5), "vmpl");
    }

    // apm2, table 15-39: a guest without SNP reads anything and writes the hypervisor's pages.
    [Fact]
    public void A_plain_guest_writes_to_no_SNP_guest()
    {
        _world.Give(H(5), G(5));
        var write = new RmpAccess(RmpAccessor.Guest, AccessKind.Write, H(5), PageSize.Size4K, B, G(9), Encrypted: true);
        var before = _world.State();

        var verdict = _world.Platform.Write(write, 0, 8, 9);

        Assert.Equal(new(RmpFaultKind.NestedPageFault, 0x1_8000_0007, G(9).Value), verdict.Fault);
        Assert.Equal("ACCESS/guest/hypervisor-owned", verdict.DecidedBy?.Id);
        Assert.Equal(before, _world.State());
        Assert.True(_world.Platform.Check(write with { Kind = AccessKind.Read }).IsAllowed);
        Assert.True(_world.Platform.Check(write with { Kind = AccessKind.Execute }).IsAllowed);
        Assert.False(_world.Platform.Check(write with { Kind = AccessKind.Read, Part = RmpAccessPart.PageTable }).IsAllowed);
        Assert.True(_world.Platform.Check(write with { Frame = H(6) }).IsAllowed);
    }

    // Two guests' keys: what one wrote under its own, the other never reads.
    [Fact]
    public void A_page_given_to_another_guest_shows_it_nothing()
    {
        _world.Give(H(5), G(5));
        _world.GuestWrite(G(5), H(5), 7);
        _world.Assign(H(5), G(5), asid: B);
        _world.Validate(G(5), H(5), cpu: CpuState.Guest(B));

        Assert.True(_world.Platform.Read(RmpAccess.Private(B, AccessKind.Read, G(5), H(5)), 0, 8, out var value).IsAllowed);
        Assert.NotEqual(7UL, value);
    }

    private static void Refused(AccessVerdict verdict, ulong code, Gpa gpa, string rule)
    {
        Assert.Equal(new(RmpFaultKind.NestedPageFault, code, gpa.Value), verdict.Fault);
        Assert.Equal("ACCESS/private/" + rule, verdict.DecidedBy?.Id);
    }
}
