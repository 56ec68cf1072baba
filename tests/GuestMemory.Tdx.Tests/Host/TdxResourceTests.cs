using Xunit;

namespace GuestMemory.Tdx.Tests.Host;

/// <summary>Keys and frames run out.</summary>
public sealed class TdxResourceTests
{
    // linux-kvm-tdx, key identifiers: the lowest free one; when all are used the VM waits for another to go.
    [Fact]
    public void A_key_is_free_again_once_its_VM_is_closed()
    {
        var kvm = new KvmTdx(new() { Platform = KvmTdx.Platform with { HkidBits = 3, FirstPrivateHkid = new(4), ModuleHkid = new(5), Packages = 2 } });
        int[] vms = [.. Enumerable.Range(0, 3).Select(_ => TdxCommandTests.NewVm(kvm))];

        KvmTdx.Done(kvm.CommandOf(vms[0], TdxCommand.InitVm, KvmTdx.Block(0, 48)));
        KvmTdx.Done(kvm.CommandOf(vms[1], TdxCommand.InitVm, KvmTdx.Block(0, 48)));
        Assert.Equal(Errno.ENOSPC, kvm.CommandOf(vms[2], TdxCommand.InitVm, KvmTdx.Block(0, 48)).Errno);
        Assert.Equal([4, 6, 7], kvm.Module.Tds.Select(td => (int)td.Hkid.Value).Order());

        KvmTdx.Done(kvm.Kvm.Close(vms[0]));
        Assert.Equal(HkidState.Free, kvm.Module.Keys[new(6)]);
        KvmTdx.Done(kvm.CommandOf(vms[2], TdxCommand.InitVm, KvmTdx.Block(0, 48)));
        Assert.Equal([4, 6, 7], kvm.Module.Tds.Select(td => (int)td.Hkid.Value).Order());
    }

    [Fact]
    public void Many_TDs_live_beside_each_other_and_go()
    {
        var kvm = new KvmTdx();
        var used = kvm.Machine.Frames.CountOf(FrameState.InUse);
        int[] vms = [.. Enumerable.Range(0, 30).Select(_ => TdxCommandTests.NewVm(kvm))];
        foreach (var vm in vms)
        {
            KvmTdx.Done(kvm.CommandOf(vm, TdxCommand.InitVm, KvmTdx.Block(0, 48)));
            KvmTdx.Done(kvm.CommandOf(vm, TdxCommand.InitVcpu));
        }

        Assert.Equal(Errno.ENOSPC, kvm.CommandOf(TdxCommandTests.NewVm(kvm), TdxCommand.InitVm, KvmTdx.Block(0, 48)).Errno);
        Assert.Equal(31, kvm.Module.Tds.Select(td => td.Hkid).Distinct().Count());
        foreach (var vm in vms)
        {
            KvmTdx.Done(kvm.Kvm.Close(vm));
        }

        Assert.Single(kvm.Module.Tds);
        Assert.Equal(used, kvm.Machine.Frames.CountOf(FrameState.InUse));
    }

    // A life with so many frames left: where one is missing the call says so and has done nothing by halves; with more frames it goes on.
    [Fact]
    public void However_few_frames_are_left_nothing_is_lost_and_the_call_works_later()
    {
        var stopped = new HashSet<string>();
        for (var left = 0UL; left <= 40; left++)
        {
            var kvm = new KvmTdx();
            var before = kvm.Machine.Frames.CountOf(FrameState.InUse);
            var taken = KvmTdx.Exhaust(kvm.Machine, left);
            var tight = new TightTdx(kvm, taken);

            tight.Live();

            stopped.UnionWith(tight.Stopped);
            tight.Close();
            Assert.Equal(before, kvm.Machine.Frames.CountOf(FrameState.InUse));
            Assert.Equal(0UL, kvm.Machine.Frames.CountOf(FrameState.Leaked));
            Assert.Single(kvm.Module.Tds);
        }

        Assert.Equal(["accept", "add", "init vcpu", "init vm", "source"], stopped.Order(StringComparer.Ordinal));
    }
}
