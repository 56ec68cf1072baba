using GuestMemory.Kvm;
using Xunit;

namespace GuestMemory.Tdx.Tests.Host;

/// <summary>TDs beside other VMs, states read back, cached translations.</summary>
public sealed class MixedMachineTests
{
    private const ulong At = KvmTdx.At;
    private const ulong Page = KvmTdx.Page;

    // One machine runs a TD, a VM that software protects and an ordinary one; none sees another's bytes.
    [Fact]
    public void Three_kinds_of_VM_share_a_machine()
    {
        var kvm = new KvmTdx().Launch();
        var (soft, plain) = (Other(kvm, 1, isPrivate: true), Other(kvm, 0, isPrivate: false));

        kvm.Store(At, 0x111);
        Assert.Equal(ExitReason.Hlt, kvm.Kvm.GuestStore(soft.Vm, At, 8, 0x222).Reason);
        Assert.Equal(ExitReason.Hlt, kvm.Kvm.GuestStore(plain.Vm, At, 8, 0x333).Reason);

        Assert.Equal((0x111UL, 0x222UL, 0x333UL), (kvm.Load(At).Value, kvm.Kvm.GuestLoad(soft.Vm, At, 8).Value, kvm.Kvm.GuestLoad(plain.Vm, At, 8).Value));
        Assert.Equal((HostFault.None, 0x333UL), (kvm.Kvm.Load(plain.Memory, 8, out var read), read));
        KvmTdx.Done(kvm.Kvm.Close(soft.Vm));
        Assert.Equal(0x111UL, kvm.Load(At).Value);
        kvm.CloseAll();
        Assert.Equal(0x333UL, kvm.Kvm.GuestLoad(plain.Vm, At, 8).Value);
        Assert.DoesNotContain(kvm.Module.Pamt.Runs(), run => run.Entry.IsUsed);
    }

    // Frames a TD gave back serve others, and the other way round.
    [Fact]
    public void A_frame_goes_from_a_TD_to_another_VM_and_back()
    {
        var kvm = new KvmTdx().Launch();
        kvm.Store(At, 0x5ec3e7);
        var frame = kvm.FrameOf(At);
        KvmTdx.Done(kvm.Punch(0, Page));
        var soft = Other(kvm, 1, isPrivate: true);

        Assert.Equal(0UL, kvm.Kvm.GuestLoad(soft.Vm, At, 8).Value);
        Assert.Equal(frame, FrameOf(kvm, soft.File));
        Assert.Equal(ExitReason.Hlt, kvm.Kvm.GuestStore(soft.Vm, At, 8, 0x222).Reason);
        Assert.Equal(0x222UL, kvm.Kvm.GuestLoad(soft.Vm, At, 8).Value);
        KvmTdx.Done(kvm.Kvm.Close(soft.File));
        kvm.Accept(At);
        Assert.Equal((frame, 0UL), (kvm.FrameOf(At), kvm.Load(At).Value));
    }

    // The state read back in the middle of a life goes on as the one that was not.
    [Fact]
    public void A_machine_read_back_in_the_middle_of_a_life_answers_the_same()
    {
        var (plain, restored) = (Middle(), Middle());
        var bytes = restored.Kvm.WriteState().ToArray();
        restored.Store(At + Page, 0xdead);
        restored.Convert(At, 2 * Page, isPrivate: false);
        restored.Kvm.ReadState(bytes);

        Assert.Equal(bytes, restored.Kvm.WriteState().ToArray());
        foreach (var kvm in new[] { plain, restored })
        {
            Assert.Equal((0x1234UL, 0x88UL), (kvm.Load(At).Value, kvm.Load(At + Page).Value));
            Assert.Equal(ExitReason.Hypercall, kvm.Kvm.CompleteHypercall(kvm.Vm, 0).Reason);
            Assert.Equal(ExitReason.Hlt, kvm.Kvm.CompleteHypercall(kvm.Vm, 0).Reason);
            kvm.Convert(At + Page, Page, isPrivate: false);
            kvm.Accept(At + (2 * Page));
        }

        Assert.Equal(plain.Kvm.WriteState().ToArray(), restored.Kvm.WriteState().ToArray());
        restored.CloseAll();
        Assert.Empty(restored.Module.Tds);
    }

    // A frame that is lost stays lost in a state read back.
    [Fact]
    public void What_was_never_written_back_is_part_of_the_state()
    {
        var kvm = new KvmTdx(observer: new CompositeObserver()).Launch();
        var frame = kvm.FrameOf(At);
        kvm.Machine.Observer = new LockAfter(kvm.Module, TdxFunction.MemPageRemove, HeldLock.Pamt(PageSize.Size4K, frame));
        kvm.Kvm.SetMemoryAttributes(kvm.Vm, At, Page, 0);
        var bytes = kvm.Machine.WriteState().ToArray();
        var other = new KvmTdx(observer: new CompositeObserver());

        other.Machine.ReadState(bytes);

        Assert.True(other.Host.IsUnwritten(frame));
        Assert.Equal(bytes, other.Machine.WriteState().ToArray());
    }

    // Core's cached translations: a conversion in between is noticed.
    [Fact]
    public void With_cached_translations_no_stale_byte_is_read()
    {
        var kvm = new KvmTdx(attributes: 0, caches: true).Launch();
        kvm.Accept(At + Page);
        kvm.Store(At + Page, 0x5ec3e7);
        Assert.Equal(0x5ec3e7UL, kvm.Load(At + Page).Value);
        kvm.Store(At + Page, 1);

        kvm.Convert(At + Page, Page, isPrivate: false);
        Assert.Equal(ExitReason.MemoryFault, kvm.Load(At + Page).Reason);
        Assert.Equal(0UL, kvm.Load(At + Page, false).Value);
        kvm.Convert(At + Page, Page, isPrivate: true);
        Assert.Equal(ExitReason.GuestException, kvm.Load(At + Page).Reason);
        kvm.Accept(At + Page);
        Assert.Equal(0UL, kvm.Load(At + Page).Value);
    }

    // A guest that accepts what the VMM made shared is told to the VMM, not killed (linux-kvm-tdx, memory faults).
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Accepting_a_shared_page_is_a_memory_fault(bool caches)
    {
        var kvm = new KvmTdx(caches: caches).Launch();
        kvm.Convert(At + Page, Page, isPrivate: false);
        Assert.Equal(ExitReason.Hlt, kvm.Store(At + Page, 1, false).Reason);

        var exit = kvm.Call(TdxGuestFunction.PageAccept, At + Page);

        Assert.Equal((ExitReason.MemoryFault, Errno.EFAULT, At + Page, 8UL), (exit.Reason, exit.Errno, exit.Gpa.Value, exit.Flags));
        Assert.False(kvm.Guest.IsDead);
        kvm.Convert(At + Page, Page, isPrivate: true);
        kvm.Accept(At + Page);
    }

    // A shared address without a slot is a device's; the private one of the same frame is another address.
    [Fact]
    public void Device_memory_at_a_shared_address_says_nothing_of_the_private_one()
    {
        var kvm = new KvmTdx().Launch();
        kvm.Convert(At + Page, Page, isPrivate: false);
        KvmTdx.Done(kvm.Kvm.SetUserMemoryRegion2(kvm.Vm, new(0, 0, 0, 0, 0)));
        Assert.Equal(ExitReason.Mmio, kvm.Load(At + Page, false).Reason);
        KvmTdx.Done(kvm.Kvm.SetUserMemoryRegion2(kvm.Vm, new(0, MemoryRegion.HasGuestMemfd, At, kvm.Size, kvm.Memory, 0, kvm.File)));
        kvm.Convert(At + Page, Page, isPrivate: true);

        kvm.Accept(At + Page);

        Assert.Equal((ExitReason.Hlt, 0UL), (kvm.Load(At + Page).Reason, kvm.Load(At + Page).Value));
    }

    private static KvmTdx Middle()
    {
        var kvm = new KvmTdx(size: 2 * KvmTdx.Large).Launch();
        kvm.Accept(At + Page);
        kvm.Store(At + Page, 0x88);
        Assert.Equal(ExitReason.Hypercall, kvm.Call(TdxGuestFunction.MapGpa, At | (1UL << 47), KvmTdx.Large + Page).Reason);
        return kvm;
    }

    private static (int Vm, int File, ulong Memory) Other(KvmTdx kvm, ulong type, bool isPrivate)
    {
        var vm = (int)KvmTdx.Done(kvm.Kvm.CreateVm(type));
        KvmTdx.Done(kvm.Kvm.CreateVcpu(vm));
        var memory = KvmTdx.Done(kvm.Kvm.MapAnonymous(4 * Page));
        var file = isPrivate ? (int)KvmTdx.Done(kvm.Kvm.CreateGuestMemfd(vm, 4 * Page, 0)) : -1;
        KvmTdx.Done(kvm.Kvm.SetUserMemoryRegion2(vm, new(0, isPrivate ? MemoryRegion.HasGuestMemfd : 0, At, 4 * Page, memory, 0, isPrivate ? file : 0)));
        if (isPrivate)
        {
            KvmTdx.Done(kvm.Kvm.SetMemoryAttributes(vm, At, 4 * Page, (ulong)MemoryAttributes.Private));
        }

        return (vm, file, memory);
    }

    private static Pfn FrameOf(KvmTdx kvm, int file)
    {
        kvm.Kvm.Descriptors.TryGet(file, out _, out var open);
        Assert.True(kvm.Machine.File(open.Object).Store.TryLookUp(default, out var stored));
        return stored.Frame;
    }
}
