using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Access;

public sealed class HostAccessTests
{
    // #PF: RMP, write, present.
    private const ulong WriteFault = 0x8000_0003;
    private readonly SnpWorld _world = new();

    // sev-snp scenario 1.
    [Theory]
    [InlineData(PageSize.Size4K)]
    [InlineData(PageSize.Size2M)]
    [InlineData(PageSize.Size1G)]
    public void The_host_writes_where_nothing_is_assigned(PageSize mapping)
    {
        Assert.True(_world.HostWrite(H(), mapping, 7).IsAllowed);
        Assert.True(_world.HostRead(H(), out var value, mapping).IsAllowed);
        Assert.Equal(7UL, value);
    }

    // sev-snp scenario 2.
    [Fact]
    public void A_host_write_to_an_assigned_page_faults_and_changes_no_byte()
    {
        _world.HostWrite(H(5), value: 7);
        _world.Assign(H(5), G(5));
        Assert.Equal(RmpPageState.GuestInvalid, _world.StateOf(H(5)));
        var before = _world.State();

        var verdict = _world.HostWrite(H(5), value: 8);

        Assert.Equal(new(RmpFaultKind.PageFault, WriteFault, H(5).Address.Value), verdict.Fault);
        Assert.Equal(before, _world.State());
    }

    // sev-snp scenario 3.
    [Fact]
    public void The_host_reads_ciphertext()
    {
        _world.Give(H(5), G(5));
        _world.GuestWrite(G(5), H(5), 7);

        Assert.True(_world.HostRead(H(5), out var value).IsAllowed);

        Assert.NotEqual(7UL, value);
        Assert.True(_world.Platform.Check(RmpAccess.Host(AccessKind.Execute, H(5), PageSize.Size2M)).IsAllowed);
    }

    // sev-snp scenario 4: kernel data beside a save area. A 1G mapping is checked 2M by 2M.
    [Fact]
    public void A_large_mapping_over_one_assigned_page_writes_to_none_of_its_2M()
    {
        GiveSaveArea(H(5));

        Assert.Equal(WriteFault, _world.HostWrite(H(9), PageSize.Size2M).Fault.Code);
        Assert.Equal(WriteFault, _world.HostWrite(H(9), PageSize.Size1G).Fault.Code);
        Assert.True(_world.HostWrite(H(9)).IsAllowed);
        Assert.True(_world.HostWrite(H(512), PageSize.Size1G).IsAllowed);
        Assert.True(_world.HostRead(H(5), out _, PageSize.Size1G).IsAllowed);
    }

    // sev-snp scenarios 5 and 6, the table's part: what counts is the mapping's size at the access.
    [Fact]
    public void A_large_assigned_block_leaves_its_neighbours_alone()
    {
        _world.AssignLarge(H(), G());

        for (var page = 0UL; page < 512; page++)
        {
            Assert.Equal(WriteFault, _world.HostWrite(H(page)).Fault.Code);
            Assert.Equal(WriteFault, _world.HostWrite(H(page), PageSize.Size1G).Fault.Code);
        }

        Assert.True(_world.HostWrite(Y(), PageSize.Size1G).IsAllowed);
    }

    // sev-snp 3.4, second table, whole: mapping by what is assigned in the 2M.
    [Theory]
    [InlineData(PageSize.Size4K, false, false, true)]
    [InlineData(PageSize.Size4K, false, true, true)]
    [InlineData(PageSize.Size4K, true, false, false)]
    [InlineData(PageSize.Size4K, true, true, false)]
    [InlineData(PageSize.Size2M, false, false, true)]
    [InlineData(PageSize.Size2M, false, true, false)]
    [InlineData(PageSize.Size2M, true, false, false)]
    [InlineData(PageSize.Size2M, true, true, false)]
    [InlineData(PageSize.Size1G, false, false, true)]
    [InlineData(PageSize.Size1G, false, true, false)]
    [InlineData(PageSize.Size1G, true, false, false)]
    [InlineData(PageSize.Size1G, true, true, false)]
    public void The_mapping_size_matrix(PageSize mapping, bool self, bool neighbour, bool allowed)
    {
        if (self)
        {
            _world.Assign(H(9), G(9));
        }

        if (neighbour)
        {
            _world.ToFirmware(H(511));
        }

        Assert.Equal(allowed, _world.HostWrite(H(9), mapping).IsAllowed);
        Assert.Equal(allowed, _world.Platform.Check(new(RmpAccessor.Guest, AccessKind.Write, H(9), mapping)).IsAllowed);
        Assert.Equal(allowed, _world.Platform.Check(new(RmpAccessor.SnpGuest, AccessKind.Write, H(9), mapping, A)).IsAllowed);
        Assert.Equal(allowed, _world.Platform.Check(new(RmpAccessor.Device, AccessKind.Write, H(9), mapping)).IsAllowed);
    }

    // apm2, table 15-39: the host's own page tables are written and walked on its pages only.
    [Fact]
    public void A_page_table_in_an_assigned_page_faults_on_a_read_too()
    {
        _world.Assign(H(5), G(5));
        var walk = RmpAccess.Host(AccessKind.Read, H(5)) with { Part = RmpAccessPart.PageTable };

        Assert.Equal(new(RmpFaultKind.PageFault, 0x8000_0001, H(5).Address.Value), _world.Platform.Check(walk).Fault);
        Assert.Equal(WriteFault, _world.Platform.Check(walk with { Kind = AccessKind.Write }).Fault.Code);
        Assert.True(_world.Platform.Check(walk with { Frame = H(6) }).IsAllowed);
    }

    // sev-snp scenario 58: accessed and dirty bits are written at 4K, whatever the mapping.
    [Fact]
    public void An_accessed_or_dirty_bit_beside_an_assigned_page_is_written()
    {
        _world.Assign(H(5), G(5));
        var update = RmpAccess.Host(AccessKind.Read, H(6), PageSize.Size2M) with { Part = RmpAccessPart.AccessedDirtyUpdate };

        Assert.True(_world.Platform.Check(update).IsAllowed);
        Assert.Equal(WriteFault, _world.Platform.Check(update with { Frame = H(5) }).Fault.Code);
    }

    // The erratum of sev-snp 6.5 (scenario 47): only a 2M-aligned page in use, only through a large mapping, only while in use.
    [Fact]
    public void The_erratum_faults_beside_an_aligned_page_in_use()
    {
        var world = new SnpWorld(SnpSwitches.Default with { LargeMappingErratum = true });
        var run = new VmrunOperands(H(), B, IsSnpActive: false);
        world.Platform.RunVcpu(run);
        world.Platform.RunVcpu(run with { Vmcb = Y(1) });

        Assert.True(world.HostWrite(H(9)).IsAllowed);
        Assert.Equal("ACCESS/host/erratum", world.HostWrite(H(9), PageSize.Size2M).DecidedBy?.Id);
        Assert.Equal(WriteFault, world.HostWrite(H(9), PageSize.Size1G).Fault.Code);
        Assert.True(world.HostWrite(Y(9), PageSize.Size2M).IsAllowed);
        world.Platform.Vmexit(run);
        Assert.True(world.HostWrite(H(9), PageSize.Size2M).IsAllowed);
    }

    // sev-snp scenario 52: a page without an entry is the hypervisor's.
    [Fact]
    public void The_host_writes_where_there_is_no_entry()
    {
        Assert.True(_world.HostWrite(new(Frames)).IsAllowed);
        Assert.True(_world.HostWrite(new(Frames + 512), PageSize.Size1G).IsAllowed);
    }

    // sev-snp scenario 53: the IOMMU logs and drops what the host's own write would fault on.
    [Fact]
    public void A_device_writes_to_the_hypervisors_pages_only()
    {
        _world.Give(H(5), G(5));
        _world.ToFirmware(H(6));
        var before = _world.State();

        Assert.Equal(new(RmpFaultKind.IommuEvent, 0xd, H(5).Address.Value), Dma(H(5)).Fault);
        Assert.Equal(new(RmpFaultKind.IommuEvent, 0xd, H(6).Address.Value), Dma(H(6)).Fault);
        Assert.Equal(before, _world.State());
        Assert.True(Dma(H(7)).IsAllowed);
        Assert.True(_world.Platform.Read(new(RmpAccessor.Device, AccessKind.Read, H(5)), 0, 8, out _).IsAllowed);
    }

    // sev-snp scenario 75: the same constant before and after the guest writes.
    [Theory]
    [InlineData(8, 0xfeed_0000_1234_5678)]
    [InlineData(4, 0x1234_5678)]
    [InlineData(1, 0x78)]
    public void Hidden_ciphertext_is_a_constant(int length, ulong expected)
    {
        var world = new SnpWorld(SnpSwitches.Default with { HidesCiphertext = true, HiddenCiphertext = 0xfeed_0000_1234_5678 });
        world.Give(H(5), G(5));

        for (var value = 0UL; value < 3; value++)
        {
            Assert.True(world.GuestWrite(G(5), H(5), value).IsAllowed);
            Assert.True(world.Platform.Read(RmpAccess.Host(AccessKind.Read, H(5)), 0, length, out var seen).IsAllowed);
            Assert.Equal(expected, seen);
            Assert.True(world.GuestRead(G(5), H(5), out var read).IsAllowed);
            Assert.Equal(value, read);
        }

        world.HostWrite(H(6), value: 9);
        world.HostRead(H(6), out var plain);
        Assert.Equal(9UL, plain);
    }

    // Without SNP nothing is checked; the bytes are still under their keys.
    [Fact]
    public void With_SNP_off_the_host_writes_anywhere()
    {
        _world.Give(H(5), G(5));
        _world.Platform.IsOn = false;

        Assert.True(_world.HostWrite(H(5), PageSize.Size2M, 7).IsAllowed);
        Assert.True(_world.GuestRead(G(9), H(5), out var value).IsAllowed);
        Assert.NotEqual(7UL, value);
    }

    private AccessVerdict Dma(Pfn frame) => _world.Platform.Write(new(RmpAccessor.Device, AccessKind.Write, frame), 0, 8, 9);

    private void GiveSaveArea(Pfn frame)
    {
        _world.Give(frame, G(5));
        Assert.True(_world.Platform.RmpAdjust(CpuState.Guest(A), Walk(G(5), frame), false, 0x1_0001).IsSuccess);
    }
}
