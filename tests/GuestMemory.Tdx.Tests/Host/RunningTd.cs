using Xunit;

namespace GuestMemory.Tdx.Tests.Host;

/// <summary>TDs that run, for VMs of the contracts' own technology.</summary>
internal static class RunningTd
{
    /// <summary>The VM's two trees.</summary>
    public static ISecondaryMmu TreesOf(VirtualMachine vm) => new TdxMmu(vm, HostOf(vm));

    /// <summary>The VM's private tree alone.</summary>
    public static ISecondaryMmu PrivateTreeOf(VirtualMachine vm) => new TdxPrivateMmu(vm, HostOf(vm));

    // The TD is built and finalized when it is asked for first.
    private static TdxHost HostOf(VirtualMachine vm)
    {
        var host = ((PamtOwnershipTable)vm.Machine.Ownership).Host;
        if (host.Find(vm.Id) is null)
        {
            Assert.True(host.TryFindHkid(out var hkid));
            var result = host.Create(vm.Id, hkid, TdParameters.Of().Attributes, isWide: false);
            var td = host.Find(vm.Id);
            result = result.IsSuccess ? host.CreateVcpu(td!) : result;
            result = result.IsSuccess ? host.Call(td!, TdxFunction.MrFinalize, new(td!.Tdr.Address.Value)) : result;
            Assert.True(result.IsSuccess, result.ToString());
        }

        return host;
    }

    /// <summary>The guest accepts pages of 4K.</summary>
    public static void Accept(VirtualMachine vm, GfnRange gfns)
    {
        var host = ((PamtOwnershipTable)vm.Machine.Ownership).Host;
        var td = host.Find(vm.Id)!;
        Assert.True(host.Call(td, TdxFunction.VpEnter, new(td.Vcpus[0].Address.Value)).IsSuccess);
        for (var gfn = gfns.Start; gfn < gfns.End; gfn += 1)
        {
            var accepted = host.Module.Tdcall(TdxFunction.GuestPageAccept, td.Vcpus[0], new(gfn.Address.Value));
            Assert.Equal((GuestEvent.Status, TdxStatus.Success), (accepted.Event, accepted.Status));
        }

        host.Module.Exit(td.Vcpus[0]);
    }
}
