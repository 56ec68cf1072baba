using Xunit;

namespace GuestMemory.Tdx.Tests.Host;

/// <summary>Every call of the host's to a TD that another processor has locked. Source: tdx.md, 12, BUSY.</summary>
public sealed class LockedCallTests
{
    private const ulong At = KvmTdx.At;
    private const ulong Page = KvmTdx.Page;

    /// <summary>What the host does, the lock in its way, and what it answers while nobody lets go.</summary>
    private static readonly Dictionary<string, (Func<KvmTdx, HeldLock> Lock, Func<KvmTdx, object> Do, object Works, object Fails)> s_cases = new(StringComparer.Ordinal)
    {
        ["vCPU"] = (Tdr, kvm => kvm.Command(TdxCommand.InitVcpu).Errno, Errno.OK, Errno.EIO),
        ["region"] = (Tdr, kvm => kvm.AddRegion(At, kvm.Memory, 1).Errno, Errno.OK, Errno.EBUSY),
        ["finalize"] = (Tdr, kvm => kvm.Command(TdxCommand.FinalizeVm).Errno, Errno.OK, Errno.EBUSY),
        ["fault"] = (kvm => HeldLock.SeptTree(kvm.Hosted.Tdr), Accept, "done", "waits"),
        ["enter"] = (kvm => HeldLock.Epoch(kvm.Hosted.Tdr), kvm => Waits(() => kvm.Load(At).Reason == ExitReason.Hlt), "done", "waits"),
        ["block"] = (kvm => HeldLock.SeptTree(kvm.Hosted.Tdr), Convert, Errno.OK, Errno.EIO),
        ["track"] = (kvm => HeldLock.Epoch(kvm.Hosted.Tdr), Convert, Errno.OK, Errno.EIO),
        ["remove"] = (kvm => HeldLock.Pamt(PageSize.Size4K, kvm.FrameOf(At)), Convert, Errno.OK, Errno.EIO),
        ["terminate: keys"] = (_ => HeldLock.Keys, kvm => kvm.Command(TdxCommand.TerminateVm).Errno, Errno.OK, Errno.EIO),
        ["terminate: caches"] = (_ => HeldLock.CacheWriteBack(0), kvm => kvm.Command(TdxCommand.TerminateVm).Errno, Errno.OK, Errno.EIO),
    };

    public static TheoryData<string> Cases => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Let_go_while_the_vCPUs_are_kept_out_it_works(string name)
    {
        var (locks, act, works, _) = s_cases[name];
        var kvm = Ready(name);
        var held = locks(kvm);
        kvm.Module.Locks.Take(held, exclusive: true);
        kvm.Host.VcpusKicked = _ =>
        {
            if (kvm.Module.Locks.Any)
            {
                kvm.Module.Locks.Release(held);
            }
        };

        Assert.Equal(works, act(kvm));
        Assert.Equal(name.StartsWith("terminate", StringComparison.Ordinal), kvm.Guest.IsDead);
    }

    // A fault, an entry and a launch can be tried again; what cannot be unmapped is the end.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Never_let_go_it_fails_as_KVM_does_and_nothing_is_lost_but_what_is_leaked(string name)
    {
        var (locks, act, works, fails) = s_cases[name];
        var kvm = Ready(name);
        var used = kvm.Machine.Frames.CountOf(FrameState.InUse);
        var held = locks(kvm);
        kvm.Module.Locks.Take(held, exclusive: true);

        Assert.Equal(fails, act(kvm));

        var isDead = fails is Errno.EIO;
        Assert.Equal(isDead, kvm.Guest.IsDead);
        Assert.Equal(isDead ? Errno.EIO : Errno.OK, kvm.Kvm.SetMemoryAttributes(kvm.Vm, At, Page, (ulong)MemoryAttributes.Private).Errno);
        Assert.True(kvm.Machine.Frames.CountOf(FrameState.InUse) <= used + 4);
        kvm.Module.Locks.Release(held);
        if (!isDead)
        {
            Assert.Equal(works, act(kvm));
        }

        Closed(kvm);
    }

    // INIT_VM has no TD yet whose vCPUs could be kept out: it fails, and what it made is gone.
    [Fact]
    public void A_TD_that_cannot_get_a_key_is_not_there()
    {
        var kvm = new KvmTdx();
        var vm = TdxCommandTests.NewVm(kvm);
        var used = kvm.Machine.Frames.CountOf(FrameState.InUse);
        kvm.Module.Locks.Take(HeldLock.Keys, exclusive: true);

        Assert.Equal(Errno.EIO, kvm.CommandOf(vm, TdxCommand.InitVm, KvmTdx.Block(0, 48)).Errno);

        Assert.Equal(used, kvm.Machine.Frames.CountOf(FrameState.InUse));
        Assert.Null(kvm.Host.Find(kvm.Kvm.VmOf(vm)!.Id));
        kvm.Module.Locks.Release(HeldLock.Keys);
        KvmTdx.Done(kvm.CommandOf(vm, TdxCommand.InitVm, KvmTdx.Block(0, 48)));
    }

    // A vCPU that was made to leave in the middle of its call enters again, and the call goes on.
    [Fact]
    public void A_vCPU_kicked_while_its_page_is_given_goes_on()
    {
        var kvm = Ready("fault");
        var held = HeldLock.SeptTree(kvm.Hosted.Tdr);
        kvm.Module.Locks.Take(held, exclusive: true);
        kvm.Host.VcpusKicked = _ => kvm.Module.Locks.Release(held);

        Assert.Equal("done", Accept(kvm));

        Assert.Equal(0UL, kvm.Load(At + Page).Value);
        Assert.False(kvm.Module.FindVcpu(kvm.Hosted.Vcpus[0])!.IsInside);
    }

    // What could not be written back is never given out again, not even when the VM is gone.
    [Fact]
    public void A_page_that_is_never_written_back_stays_lost()
    {
        var kvm = new KvmTdx(observer: new CompositeObserver()).Launch();
        var frame = kvm.FrameOf(At);
        var held = HeldLock.Pamt(PageSize.Size4K, frame);
        kvm.Machine.Observer = new LockAfter(kvm.Module, TdxFunction.MemPageRemove, held);
        KvmTdx.Done(kvm.Punch(0, Page));
        kvm.Module.Locks.Release(held);

        kvm.CloseAll();

        Assert.Equal(FrameState.Leaked, kvm.Machine.Frames[frame]);
        Assert.Equal(1UL, kvm.Machine.Frames.CountOf(FrameState.Leaked));
        Assert.DoesNotContain(kvm.Module.Pamt.Runs(), run => run.Entry.IsUsed);
    }

    private static HeldLock Tdr(KvmTdx kvm) => HeldLock.Pamt(PageSize.Size4K, kvm.Hosted.Tdr);

    private static object Convert(KvmTdx kvm) => kvm.Kvm.SetMemoryAttributes(kvm.Vm, At, Page, 0).Errno;

    private static object Accept(KvmTdx kvm) => Waits(() => kvm.Call(TdxGuestFunction.PageAccept, At + Page) is { Reason: ExitReason.Hlt, Value: 0 });

    private static string Waits(Func<bool> call)
    {
        try
        {
            return call() ? "done" : "failed";
        }
        catch (InvalidOperationException)
        {
            return "waits";
        }
    }

    private static KvmTdx Ready(string name) => name switch
    {
        "vCPU" => new KvmTdx(hasVcpu: false),
        "region" or "finalize" => new KvmTdx(),
        _ => new KvmTdx().Launch(),
    };

    // The TD is gone and nothing but leaked frames is missing.
    private static void Closed(KvmTdx kvm)
    {
        kvm.Machine.Observer = null;
        kvm.CloseAll();
        Assert.Empty(kvm.Host.Tds);
        Assert.DoesNotContain(kvm.Module.Pamt.Runs(), run => run.Entry.IsUsed && kvm.Machine.Frames[run.Frame] != FrameState.Leaked);
        Assert.Empty(TdxInvariants.Check(kvm.Module));
    }
}
