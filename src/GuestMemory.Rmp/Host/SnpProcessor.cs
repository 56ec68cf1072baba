namespace GuestMemory.Rmp;

/// <summary>The vCPUs of an SNP guest: VMRUN's checks, the guest's key, RMP faults repaired as KVM does, the guest's instructions and its page state changes.</summary>
public sealed class SnpProcessor : IGuestProcessor
{
    /// <summary>The one instance; it holds nothing.</summary>
    public static SnpProcessor Instance { get; } = new();

    /// <inheritdoc/>
    public ContentKey KeyOf(VirtualMachine vm)
    {
        ArgumentNullException.ThrowIfNull(vm);
        var host = SnpVm.HostOf(vm);
        return host.Find(vm.Id) is { } guest ? host.Platform.Keys[guest.Asid] : ContentKey.None;
    }

    /// <inheritdoc/>
    public Outcome Enter(VirtualMachine vm, int vcpu)
    {
        ArgumentNullException.ThrowIfNull(vm);
        var host = SnpVm.HostOf(vm);
        return TryFindRun(vm, out var operands)
            ? host.Platform.RunVcpu(operands).ToOutcome()
            : SnpCommandRules.NotLaunched.Refuse();
    }

    /// <inheritdoc/>
    public void Leave(VirtualMachine vm, int vcpu)
    {
        ArgumentNullException.ThrowIfNull(vm);
        if (TryFindRun(vm, out var operands))
        {
            SnpVm.HostOf(vm).Platform.Vmexit(operands);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Pages with an ASID that is not activated yet would keep it from being, and pages of the launch would be there already.</remarks>
    public Outcome PreFault(VirtualMachine vm)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return SnpVm.HostOf(vm).Find(vm.Id) is { IsLaunched: true } ? Outcome.Success : SnpCommandRules.NotLaunched.Refuse();
    }

    /// <inheritdoc/>
    public FaultResolution Resolve(VirtualMachine vm, Gfn gfn, PageKind kind, in Outcome fault)
    {
        ArgumentNullException.ThrowIfNull(vm);
        if ((RmpFaultKind)fault.Code != RmpFaultKind.NestedPageFault)
        {
            return FaultResolution.ToGuest;
        }

        if (vm.Attributes.KindOf(gfn) != kind)
        {
            return FaultResolution.WrongKind;
        }

        return kind == PageKind.Private ? RmpFaultHandler.Handle(vm, gfn) : FaultResolution.Fails;
    }

    /// <inheritdoc/>
    public GuestCallAnswer Call(VirtualMachine vm, int vcpu, uint function, Span<ulong> registers)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return new SnpGuestCalls(vm, vcpu).Run((SnpGuestFunction)function, registers);
    }

    /// <inheritdoc/>
    public GuestCallAnswer Complete(VirtualMachine vm, int vcpu, ulong answer)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return new SnpGuestCalls(vm, vcpu).Complete(answer);
    }

    private static bool TryFindRun(VirtualMachine vm, out VmrunOperands operands)
    {
        var guest = SnpVm.HostOf(vm).Find(vm.Id);
        var isThere = guest is { Vmcb: not null };
        operands = isThere ? new(guest!.Vmcb!.Value, guest.Asid, IsSnpActive: true, guest.Vmsa) : default;
        return isThere;
    }
}
