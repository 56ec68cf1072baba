using GuestMemory.Kvm;
using Xunit;

namespace GuestMemory.Tdx.Tests.Host;

public sealed class KvmTdxTests
{
    private const ulong At = KvmTdx.At;
    private const ulong Page = KvmTdx.Page;

    // Issue: one test runs create VM, guest_memfd, slot, attributes, init, run, convert, close through KvmHost alone, with errnos and exits.
    [Fact]
    public void A_TD_lives_its_whole_life_through_the_kernel_s_calls()
    {
        var kvm = new KvmTdx();
        Assert.Equal((ExitReason.Unknown, Errno.EINVAL), (kvm.Load(At).Reason, kvm.Load(At).Errno));
        kvm.Launch();

        Assert.Equal(0x1234UL, kvm.Load(At).Value);
        Assert.Equal(ExitReason.Hlt, kvm.Store(At, 0x77).Reason);
        Assert.Equal(0x77UL, kvm.Load(At).Value);

        kvm.Accept(At + Page);
        Assert.Equal(0UL, kvm.Load(At + Page).Value);
        kvm.Store(At + Page, 0x88);
        Assert.Equal((ExitReason.MemoryFault, Errno.EFAULT), (kvm.Load(At + Page, false).Reason, kvm.Load(At + Page, false).Errno));

        kvm.Convert(At + Page, Page, isPrivate: false);
        Assert.Equal(SeptEntryState.Free, kvm.Entry(At + Page).State);
        Assert.Equal(ExitReason.Hlt, kvm.Store(At + Page, 0x99, false).Reason);
        kvm.Convert(At + Page, Page, isPrivate: true);
        kvm.Accept(At + Page);
        Assert.Equal(0UL, kvm.Load(At + Page).Value);

        var frame = kvm.FrameOf(At);
        KvmTdx.Done(kvm.Punch(0, Page));
        Assert.Equal(PageType.Nda, kvm.Module.Pamt.LookUp(frame, out _).Type);
        Assert.Equal(0UL, kvm.Machine.Contents.Read(frame.Address, 8));

        var used = kvm.Machine.Frames.CountOf(FrameState.InUse);
        KvmTdx.Done(kvm.Kvm.Close(kvm.File));
        foreach (var descriptor in new[] { kvm.Kvm.Descriptors.Find(new(OpenFileKind.Vcpu, kvm.Guest.Id.Value)), kvm.Vm })
        {
            KvmTdx.Done(kvm.Kvm.Close(descriptor));
        }

        Assert.Empty(kvm.Host.Tds);
        Assert.Empty(kvm.Module.Tds);
        Assert.DoesNotContain(kvm.Module.Pamt.Runs(), run => run.Entry.IsUsed);
        Assert.True(kvm.Machine.Frames.CountOf(FrameState.InUse) < used);
        Assert.Equal(0UL, kvm.Machine.Frames.CountOf(FrameState.Leaked));
    }
}
