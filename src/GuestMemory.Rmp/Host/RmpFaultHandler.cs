namespace GuestMemory.Rmp;

/// <summary>What KVM does with a nested page fault whose RMP bit is set. Source: linux-kvm-sev, RMP faults.</summary>
public static class RmpFaultHandler
{
    /// <summary>Handles the fault of a private access.</summary>
    /// <param name="vm">The VM.</param>
    /// <param name="gfn">The frame accessed.</param>
    /// <returns>Retry after a repair, or when there was nothing to repair any more; failure when the page is not assigned.</returns>
    public static FaultResolution Handle(VirtualMachine vm, Gfn gfn)
    {
        ArgumentNullException.ThrowIfNull(vm);
        var host = SnpVm.HostOf(vm);
        if (!vm.Mmu.TryTranslate(gfn, out var translation) || !host.Platform.Table.Resolve(translation.Frame).Assigned)
        {
            return FaultResolution.Fails;
        }

        if (!host.Platform.Table.IsInLargePage(translation.Frame))
        {
            // Another vCPU's fault was first: its entry is 4K by now.
            host.SpuriousFaults++;
            return FaultResolution.Retry;
        }

        if (!host.Smash(translation.Frame).IsSuccess)
        {
            return FaultResolution.Fails;
        }

        host.RepairedFaults++;
        var range = new GfnRange(gfn.AlignDown(PageSize.Size2M), PageSize.Size2M.FrameCount());
        vm.BeginConversion(range);
        vm.EndConversion(range);
        return FaultResolution.Retry;
    }
}
