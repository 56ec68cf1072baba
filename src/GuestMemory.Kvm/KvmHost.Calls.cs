namespace GuestMemory.Kvm;

/// <content>What a technology's vCPUs do beyond plain accesses: entering, faults it repairs, calls of its own.</content>
public sealed partial class KvmHost
{
    // The kernel would resume the guest for ever; the model stops and names what cannot be repaired.
    private const int MostRepairs = 8;

    /// <summary>The vCPU executes an instruction of its technology, or calls KVM by one (PVALIDATE, VMGEXIT; TDCALL).</summary>
    /// <param name="vm">The VM's or vCPU's descriptor.</param>
    /// <param name="function">Which; the technology's own numbers.</param>
    /// <param name="registers">Operands, and results.</param>
    /// <returns>The halt with what the guest reads; or an exit, to be answered by <see cref="CompleteHypercall"/>.</returns>
    /// <exception cref="NotSupportedException">The technology has no such calls.</exception>
    public VcpuExit GuestCall(int vm, uint function, Span<ulong> registers)
    {
        var machine = Runnable(vm);
        if (machine.IsDead)
        {
            return Finish(Dead);
        }

        var processor = machine.Technology.Processor
            ?? throw new NotSupportedException($"A vCPU of {machine.Technology.Name} has no calls of its own.");
        return Finish(TryEnter(machine, out var refusal) ? Left(machine, Call(machine, processor, function, registers)) : refusal);
    }

    private static PageKind KindOf(VirtualMachine vm, Gfn gfn, bool? asksPrivate) =>
        vm.Technology.WantedKind(vm.Attributes.KindOf(gfn), asksPrivate);

    private static bool TryEnter(VirtualMachine vm, out VcpuExit refusal)
    {
        if (IsSignalled(vm, out refusal))
        {
            return false;
        }

        var entered = vm.Technology.Processor?.Enter(vm, 0) ?? Outcome.Success;
        refusal = entered switch
        {
            { IsSuccess: true } => default,
            { Lane: Lane.Exit } => VcpuExit.Failed((Errno)entered.Code, entered.DecidedBy),
            _ => VcpuExit.EntryFailed(entered),
        };
        return entered.IsSuccess;
    }

    private static VcpuExit Left(VirtualMachine vm, in VcpuExit exit)
    {
        vm.Technology.Processor?.Leave(vm, 0);
        return exit;
    }

    private VcpuExit Call(VirtualMachine vm, IGuestProcessor processor, uint function, Span<ulong> registers)
    {
        for (var attempt = 1; ; attempt++)
        {
            var answer = processor.Call(vm, 0, function, registers);
            switch (answer.Verdict)
            {
                case GuestCallVerdict.NeedsPage:
                    if (BringIn(vm, 0, answer.Gfn, isWrite: true, answer.Kind == PageKind.Private, out var exit) is not Brought.Translated and var brought)
                    {
                        return brought == Brought.Exit ? exit : VcpuExit.InternalError(EmulationFailure);
                    }

                    break;
                case GuestCallVerdict.Faulted:
                    if (!IsRepaired(vm, answer.Gfn, answer.Kind, answer.Fault, attempt, out exit))
                    {
                        return exit;
                    }

                    break;
                default:
                    return Settled(vm, answer);
            }
        }
    }

    // The VMM is asked only where it said it wants to be; otherwise the call is told that it failed.
    private VcpuExit Settled(VirtualMachine vm, in GuestCallAnswer answer)
    {
        var guest = GuestOf(vm.Id);
        guest.AwaitsCall = answer.Verdict == GuestCallVerdict.Exits;
        if (!guest.AwaitsCall)
        {
            return answer.Exit;
        }

        if (answer.Exit.Reason == ExitReason.Hypercall && (guest.ExitHypercalls & Capabilities.ExitHypercallMask) == 0)
        {
            return Completed(vm, ulong.MaxValue);
        }

        guest.AwaitsAnswer = true;
        return answer.Exit;
    }

    private VcpuExit Completed(VirtualMachine vm, ulong answer) => Settled(vm, vm.Technology.Processor!.Complete(vm, 0, answer));

    private static bool IsRepaired(VirtualMachine vm, Gfn gfn, PageKind kind, in Outcome fault, int attempt, out VcpuExit exit)
    {
        var resolution = vm.Technology.Processor?.Resolve(vm, gfn, kind, fault) ?? FaultResolution.Fails;
        exit = resolution switch
        {
            FaultResolution.ToGuest => VcpuExit.GuestException(gfn, fault),
            FaultResolution.WrongKind => VcpuExit.MemoryFault(Errno.EFAULT, gfn, kind == PageKind.Private, WrongKind),
            _ => vm.IsDead ? Dead : Denied(fault),
        };
        return resolution == FaultResolution.Retry && attempt < MostRepairs;
    }
}
