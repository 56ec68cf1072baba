namespace GuestMemory.Tdx;

/// <summary>The vCPUs of a TD: VP.ENTER, what an unaccepted page leads to, the guest's calls.</summary>
public sealed class TdxProcessor : IGuestProcessor
{
    /// <summary>The one instance; it holds nothing.</summary>
    public static TdxProcessor Instance { get; } = new();

    /// <inheritdoc/>
    /// <remarks>
    /// A vCPU without state, or of a TD that is not finalized, is refused by KVM; otherwise the module answers. Of a TD whose memory broke it
    /// answers that it is fatal, and so every run ends.
    /// </remarks>
    /// <exception cref="InvalidOperationException">Another processor holds what the module needs and does not let go: the kernel would try for ever.</exception>
    public Outcome Enter(VirtualMachine vm, int vcpu)
    {
        ArgumentNullException.ThrowIfNull(vm);
        var host = TdxVm.HostOf(vm);
        if (host.Find(vm.Id) is not { } td || td.Vcpus.Count <= vcpu || host.TdOf(vm.Id) is not { OpState: >= TdxOpState.Runnable })
        {
            return TdxHostRules.NotFinalized.Refuse() with { Lane = Lane.Exit };
        }

        return Enter(host, vm.Id, td, td.Vcpus[vcpu]);
    }

    // The kernel would try for ever.
    internal static Outcome Enter(TdxHost host, GuestId guest, HostedTd td, Pfn tdvpr)
    {
        var result = host.Call(td, TdxFunction.VpEnter, new(tdvpr.Address.Value));
        return TdxHost.IsBusy(result)
            ? throw new InvalidOperationException($"{guest} would enter until a lock of its TD is released ({result}); see to that first.")
            : result.ToOutcome();
    }

    /// <inheritdoc/>
    public void Leave(VirtualMachine vm, int vcpu)
    {
        ArgumentNullException.ThrowIfNull(vm);
        var host = TdxVm.HostOf(vm);
        if (host.Find(vm.Id) is { } td && host.Module.FindVcpu(td.Vcpus[vcpu]) is { IsInside: true } inside)
        {
            host.Module.Exit(inside.Tdvpr);
        }
    }

    /// <inheritdoc/>
    public Outcome PreFault(VirtualMachine vm)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return TdxVm.HostOf(vm).TdOf(vm.Id) is { OpState: >= TdxOpState.Runnable } ? Outcome.Success : TdxHostRules.PreFaultTooEarly.Refuse();
    }

    /// <inheritdoc/>
    /// <remarks>A touch of a page that was never accepted: #VE where the TD takes it; otherwise KVM marks the VM dead. A machine check ends the TD.</remarks>
    public FaultResolution Resolve(VirtualMachine vm, Gfn gfn, PageKind kind, in Outcome fault)
    {
        ArgumentNullException.ThrowIfNull(vm);
        switch (fault.Lane == Lane.Fault ? (TdxAccessFault)fault.Code : default)
        {
            case TdxAccessFault.Pending:
                return Unaccepted(vm);
            case TdxAccessFault.TooLarge:
                return vm.Mmu.Split(gfn).IsDone ? FaultResolution.Retry : FaultResolution.Fails;
            case TdxAccessFault.MachineCheck:
                TdxVm.HostOf(vm).BreakTd(vm.Id);
                return FaultResolution.Fails;
            default:
                return FaultResolution.Fails;
        }
    }

    private static FaultResolution Unaccepted(VirtualMachine vm)
    {
        if (TdxVm.HostOf(vm).TdOf(vm.Id) is { DisablesPendingVe: false })
        {
            return FaultResolution.ToGuest;
        }

        vm.Kill();
        return FaultResolution.Fails;
    }

    /// <inheritdoc/>
    public GuestCallAnswer Call(VirtualMachine vm, int vcpu, uint function, Span<ulong> registers)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return new TdxGuestCalls(vm, vcpu).Run((TdxGuestFunction)function, registers);
    }

    /// <inheritdoc/>
    public GuestCallAnswer Complete(VirtualMachine vm, int vcpu, ulong answer)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return new TdxGuestCalls(vm, vcpu).Complete(answer);
    }
}
