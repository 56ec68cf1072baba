using Xunit;

namespace GuestMemory.Tdx.Tests.Host;

/// <summary>How a TD goes. Source: tdx.md, 12, teardown.</summary>
public sealed class TdxTeardownTests
{
    private const ulong At = KvmTdx.At;
    private const ulong Page = KvmTdx.Page;

    // tdx.md, 12: vCPUs flushed, VPFLUSHDONE, caches of each package, FREEID, pages one by one, the root page last.
    [Fact]
    public void A_TD_is_taken_down_in_order()
    {
        var calls = new CallLog();
        var kvm = new KvmTdx(new() { Platform = KvmTdx.Platform with { Packages = 2 } }, observer: calls).Launch();
        kvm.Accept(At + Page);
        var tdr = kvm.Hosted.Tdr;
        calls.Functions.Clear();

        KvmTdx.Done(kvm.Command(TdxCommand.TerminateVm));
        kvm.CloseAll();

        TdxFunction[] end =
        [
            TdxFunction.VpFlush, TdxFunction.MngVpFlushDone, TdxFunction.PhymemCacheWb, TdxFunction.PhymemCacheWb, TdxFunction.MngKeyFreeid,
            .. Enumerable.Repeat(TdxFunction.PhymemPageReclaim, calls.Functions.Count - 5),
        ];
        Assert.Equal(end, calls.Functions);

        // Two pages, three tables, six control pages, six of the vCPU, the root page.
        Assert.Equal(2 + 3 + 6 + 6 + 1, calls.Functions.Count - 5);
        Assert.Equal(PageType.Nda, kvm.Module.Pamt.LookUp(tdr, out _).Type);
        Assert.Equal(0UL, kvm.Machine.Frames.CountOf(FrameState.Leaked));
    }

    // tdx.md, 12: a write-back that is interrupted goes on where it was.
    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL)]
    [InlineData(2UL)]
    public void An_interrupted_write_back_is_resumed(ulong polls)
    {
        var calls = new CallLog();
        var kvm = new KvmTdx(observer: calls).Launch();
        calls.Functions.Clear();
        kvm.Module.Interrupts.Arm(polls);

        kvm.CloseAll();

        Assert.Equal(2, calls.Functions.Count(function => function == TdxFunction.PhymemCacheWb));
        Assert.Empty(kvm.Module.Tds);
    }

    // The file outlives its VM, and the VM its file.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void File_and_VM_go_in_any_order(bool isFileFirst)
    {
        var kvm = new KvmTdx().Launch();
        kvm.Accept(At + Page);
        var vcpu = kvm.Kvm.Descriptors.Find(new(GuestMemory.Kvm.OpenFileKind.Vcpu, kvm.Guest.Id.Value));
        int[] order = isFileFirst ? [kvm.File, kvm.Vm, vcpu] : [vcpu, kvm.Vm, kvm.File];

        Array.ForEach(order, descriptor => KvmTdx.Done(kvm.Kvm.Close(descriptor)));

        Assert.DoesNotContain(kvm.Module.Pamt.Runs(), run => run.Entry.IsUsed);
        Assert.Equal(0UL, kvm.Machine.Frames.CountOf(FrameState.Leaked));
    }

    // A VM closed before INIT_VM, after it, and after INIT_VCPU.
    [Fact]
    public void A_VM_that_never_ran_goes_without_a_trace()
    {
        var kvm = new KvmTdx();
        var used = kvm.Machine.Frames.CountOf(FrameState.InUse);
        for (var stage = 0; stage < 3; stage++)
        {
            var vm = TdxCommandTests.NewVm(kvm);
            if (stage > 0)
            {
                KvmTdx.Done(kvm.CommandOf(vm, TdxCommand.InitVm, KvmTdx.Block(0, 48)));
            }

            if (stage > 1)
            {
                KvmTdx.Done(kvm.CommandOf(vm, TdxCommand.InitVcpu));
            }

            KvmTdx.Done(kvm.Kvm.Close(vm));
            Assert.Equal(used, kvm.Machine.Frames.CountOf(FrameState.InUse));
            Assert.Single(kvm.Module.Tds);
        }
    }
}
