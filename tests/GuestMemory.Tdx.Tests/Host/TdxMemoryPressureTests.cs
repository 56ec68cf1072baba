using Xunit;

namespace GuestMemory.Tdx.Tests.Host;

public sealed class TdxMemoryPressureTests
{
    private const ulong At = KvmTdx.At + KvmTdx.Page;

    // tdx.md, 11: there is no swap and no move by unmapping; the rule says why.
    [Fact]
    public void A_TD_s_page_is_neither_swapped_nor_moved_by_unmapping()
    {
        var kvm = new KvmTdx().Launch();
        var store = new BackingProperties(HostMappable: false, Movable: true, Swappable: true, DirectMapped: true, LargestOrder: 0, Divisible: true, SingleSided: true);
        kvm.Kvm.Descriptors.TryGet(kvm.File, out _, out var open);
        var pages = kvm.Machine.File(open.Object).Store;

        Assert.Equal("CORE/not-supported", pages.SwapOut(default).DecidedBy!.Id);
        Assert.Equal("CORE/not-supported", pages.Move(default).DecidedBy!.Id);
        var movable = kvm.Machine.CreateStore(store, KvmTdx.Large, PageKind.Private);
        Assert.True(movable.Allocate(new(default, 1)).IsSuccess);
        Assert.True(movable.TryLookUp(default, out var stored));
        Assert.True(kvm.Machine.Ownership.Prepare(new(new(stored.Frame, 1), kvm.Guest.Id, new(0x40100), PageKind.Private)).IsSuccess);
        Assert.True(kvm.Guest.Mmu.Map(new(new(0x40100), stored.Frame, PageSize.Size4K, PageKind.Private, true, kvm.Guest.Sequence.Sample())).IsDone);

        Assert.Equal("CORE/bound-to-frame", movable.SwapOut(default).DecidedBy!.Id);
        Assert.Equal("CORE/bound-to-frame", movable.Move(default).DecidedBy!.Id);
    }

    // tdx.md, 11 and systems.md, 1.5: out of memory, the host's only way is to kill the TD and reclaim everything.
    [Fact]
    public void Killing_a_TD_is_the_way_to_its_memory()
    {
        var kvm = new KvmTdx().Launch();
        kvm.Accept(At);
        var frame = kvm.FrameOf(At);

        KvmTdx.Done(kvm.Command(TdxCommand.TerminateVm));

        Assert.Equal(TdLifecycle.Teardown, kvm.Td.Lifecycle);
        Assert.Equal(Errno.EIO, kvm.Load(At).Errno);
        Assert.Equal(PageType.Reg, kvm.Module.Pamt.LookUp(frame, out _).Type);
        KvmTdx.Done(kvm.Punch(0, kvm.Size));
        Assert.Equal(PageType.Nda, kvm.Module.Pamt.LookUp(frame, out _).Type);
        Assert.Equal(FrameState.Free, kvm.Machine.Frames[frame]);
        Assert.Equal(0UL, kvm.Machine.Frames.CountOf(FrameState.Leaked));
    }

    [Fact]
    public void A_fault_without_a_frame_left_says_so_and_nothing_is_lost()
    {
        var kvm = new KvmTdx().Launch();
        while (kvm.Machine.Frames.TryTake(new(0, ulong.MaxValue, FramePurpose.Guest), out _))
        {
        }

        var touched = kvm.Call(TdxGuestFunction.PageAccept, At);

        Assert.Equal(Errno.ENOMEM, touched.Errno);
        Assert.Equal(0x1234UL, kvm.Load(KvmTdx.At).Value);
    }

    // systems.md, 1.5: moving a page of a running TD is RELOCATE; Linux does not, a host with that policy can.
    [Fact]
    public void A_page_moves_by_relocation_where_the_host_has_that_policy()
    {
        Assert.Equal("TDX/no-relocation", new KvmTdx().Launch() is var linux ? linux.Host.MovePage(linux.Guest, new(KvmTdx.At >> 12)).DecidedBy!.Id : "");
        var kvm = new KvmTdx(new() { Hypothetical = new() { Relocates = true } }).Launch();
        kvm.Store(KvmTdx.At, 0xabcd);
        var before = kvm.FrameOf(KvmTdx.At);

        var moved = kvm.Host.MovePage(kvm.Guest, new(KvmTdx.At >> 12));

        Assert.True(moved.IsSuccess, moved.ToString());
        Assert.NotEqual(before, kvm.FrameOf(KvmTdx.At));
        Assert.Equal(moved.Info, kvm.FrameOf(KvmTdx.At).Value);
        Assert.Equal(0xabcdUL, kvm.Load(KvmTdx.At).Value);
        Assert.Equal(FrameState.Free, kvm.Machine.Frames[before]);
        Assert.Equal(0UL, kvm.Machine.Contents.Read(before.Address, 8));
    }
}
