using System.Buffers.Binary;
using Xunit;

namespace GuestMemory.Tdx.Tests.Host;

/// <summary>KVM_TDX_INIT_MEM_REGION: what is done stays, the argument says how far it came. Source: linux-kvm-tdx, populate.</summary>
public sealed class TdxRegionTests
{
    private const ulong At = KvmTdx.At;
    private const ulong Page = KvmTdx.Page;

    [Fact]
    public void A_region_that_stops_on_its_way_says_how_far_it_came()
    {
        var kvm = new KvmTdx();
        kvm.Convert(At + (2 * Page), Page, isPrivate: false);
        var block = KvmTdx.Block(kvm.Memory, At, 4, 1);

        var result = kvm.Command(TdxCommand.InitMemRegion, block);

        Assert.Equal((Errno.EINVAL, CoreRules.WrongKind), (result.Errno, result.DecidedBy));
        Assert.Equal([kvm.Memory + (2 * Page), At + (2 * Page), 2UL], Words(block));
        Assert.Equal(SeptEntryState.Mapped, kvm.Entry(At + Page).State);
        Assert.Equal(SeptEntryState.Free, kvm.Entry(At + (2 * Page)).State);

        kvm.Convert(At + (2 * Page), Page, isPrivate: true);
        KvmTdx.Done(kvm.Command(TdxCommand.InitMemRegion, block));
        Assert.Equal([kvm.Memory + (4 * Page), At + (4 * Page), 0UL], Words(block));
    }

    [Fact]
    public void A_page_is_filled_once()
    {
        var kvm = new KvmTdx();
        KvmTdx.Done(kvm.AddRegion(At, kvm.Memory, 1));

        var again = kvm.AddRegion(At, kvm.Memory, 1);

        Assert.Equal((Errno.EEXIST, CoreRules.AlreadyPopulated), (again.Errno, again.DecidedBy));
    }

    // guest_memfd looks at slot, attribute and page before the technology looks at the source.
    [Fact]
    public void A_source_nobody_can_read_is_noticed_last()
    {
        var kvm = new KvmTdx();
        KvmTdx.Done(kvm.AddRegion(At, kvm.Memory, 1));
        kvm.Convert(At + Page, Page, isPrivate: false);

        Assert.Equal(TdxHostRules.Slot, kvm.AddRegion(At + kvm.Size, Page, 1).DecidedBy);
        Assert.Equal(CoreRules.WrongKind, kvm.AddRegion(At + Page, Page, 1).DecidedBy);
        Assert.Equal(CoreRules.AlreadyPopulated, kvm.AddRegion(At, Page, 1).DecidedBy);
        Assert.Equal(TdxHostRules.Unreadable, kvm.AddRegion(At + (2 * Page), Page, 1).DecidedBy);
    }

    // What was refused left nothing behind: the same page goes in afterwards.
    [Fact]
    public void After_a_refusal_the_page_can_be_added()
    {
        var kvm = new KvmTdx();
        Assert.Equal(Errno.EFAULT, kvm.AddRegion(At, Page, 1).Errno);

        KvmTdx.Done(kvm.Kvm.CopyTo(kvm.Memory, 0x4321));
        KvmTdx.Done(kvm.AddRegion(At, kvm.Memory, 1));
        KvmTdx.Done(kvm.Command(TdxCommand.FinalizeVm));
        Assert.Equal(0x4321UL, kvm.Load(At).Value);
    }

    // Measured or not is the flag's choice; the guest's bytes are the same.
    [Fact]
    public void Only_a_region_with_the_flag_is_measured()
    {
        var (measured, plain) = (new KvmTdx(), new KvmTdx());
        foreach (var (kvm, flags) in new[] { (measured, 1UL), (plain, 0UL) })
        {
            KvmTdx.Done(kvm.Kvm.CopyTo(kvm.Memory, 7));
            KvmTdx.Done(kvm.AddRegion(At, kvm.Memory, 1, flags));
            KvmTdx.Done(kvm.Command(TdxCommand.FinalizeVm));
            Assert.Equal(7UL, kvm.Load(At).Value);
        }

        Assert.NotEqual(plain.Td.Measurement, measured.Td.Measurement);
    }

    // linux-kvm-tdx: a page that is in and cannot be measured is the end of the VM; its frame is leaked, the TD goes as others.
    [Fact]
    public void A_page_that_cannot_be_measured_ends_the_VM_and_costs_its_frame()
    {
        var kvm = new KvmTdx(observer: new CompositeObserver());
        var used = kvm.Machine.Frames.CountOf(FrameState.InUse);
        var held = HeldLock.Pamt(PageSize.Size4K, kvm.Hosted.Tdr);
        kvm.Machine.Observer = new LockAfter(kvm.Module, TdxFunction.MemPageAdd, held);

        Assert.Equal(TdxHostRules.Module, kvm.AddRegion(At, kvm.Memory, 1).DecidedBy);

        Assert.True(kvm.Guest.IsDead);
        kvm.Module.Locks.Release(held);
        kvm.CloseAll();
        Assert.DoesNotContain(kvm.Module.Pamt.Runs(), run => run.Entry.IsUsed);
        Assert.Equal(1UL, kvm.Machine.Frames.CountOf(FrameState.Leaked));
        Assert.True(kvm.Machine.Frames.CountOf(FrameState.InUse) < used);
    }

    // linux-kvm-tdx: pages are brought in ahead once the TD can run, and wait for the guest's ACCEPT.
    [Fact]
    public void A_page_brought_in_ahead_is_pending()
    {
        var kvm = new KvmTdx().Launch();
        var (at, left) = (At + Page, 2 * Page);

        KvmTdx.Done(kvm.Kvm.PreFaultMemory(kvm.Vm, ref at, ref left, 0, out _));

        Assert.Equal((At + (3 * Page), 0UL), (at, left));
        Assert.Equal(SeptEntryState.Pending, kvm.Entry(At + Page).State);
        kvm.Accept(At + Page);
        Assert.Equal(0UL, kvm.Load(At + Page).Value);
    }

    private static ulong[] Words(byte[] block) => [.. Enumerable.Range(0, 3).Select(word => BinaryPrimitives.ReadUInt64LittleEndian(block.AsSpan(8 * word)))];
}
