namespace GuestMemory.Kvm;

/// <content>KVM_PRE_FAULT_MEMORY.</content>
public sealed partial class KvmHost
{
    private static readonly Rule s_noSlot = new("KVM_PRE_FAULT_MEMORY/no-slot", "kvm-recordings, FINDINGS 19", "pre-faulting device memory");
    private static readonly Rule s_obsoleteRoot = new("KVM_PRE_FAULT_MEMORY/obsolete-root", "kvm-recordings, FINDINGS 20", "nothing: a loop that never ends");

    /// <summary>What KVM_PRE_FAULT_MEMORY leaves when it stops early.</summary>
    public static PartialEffect PreFaultPartialEffect { get; } = new(
        "KVM_PRE_FAULT_MEMORY", "a page after the first fails, or a signal is seen there", "the pages before it, and the range's rest in the argument", "kvm-recordings, FINDINGS 19");

    /// <summary>KVM_PRE_FAULT_MEMORY: brings pages in before the guest touches them.</summary>
    /// <param name="vm">The VM's or vCPU's descriptor.</param>
    /// <param name="address">First byte; moved past what was done.</param>
    /// <param name="size">Bytes; what is left.</param>
    /// <param name="flags">None is defined.</param>
    /// <param name="signalled">Whether the process got SIGBUS (BUS_MCEERR_AR).</param>
    public KvmResult PreFaultMemory(int vm, ref ulong address, ref ulong size, ulong flags, out bool signalled)
    {
        signalled = false;
        var machine = Runnable(vm);
        if (machine.IsDead)
        {
            return Return(StepCall.PreFaultMemory, new(Errno.EIO, CoreRules.GuestDead), address);
        }

        var call = new PreFaultCall { Address = address, Size = size, Flags = flags, Profile = Profile, Host = Host };
        var check = PreFaultRules.Checks.Decide(ref call, Machine.Options.Rules);
        if (check is not null)
        {
            return Return(StepCall.PreFaultMemory, KvmResult.Refused(check), address);
        }

        var asked = machine.Technology.Processor?.PreFault(machine) ?? Outcome.Success;
        if (!asked.IsSuccess)
        {
            return Return(StepCall.PreFaultMemory, KvmResult.Refused(asked, Errno.EOPNOTSUPP), address);
        }

        if (Profile.PreFaultLoopsOnObsoleteRoot && GuestOf(machine.Id).Root == KvmVcpuRoot.Obsolete)
        {
            return Return(StepCall.PreFaultMemory, new(Errno.EINTR, s_obsoleteRoot), address);
        }

        GuestOf(machine.Id).Root = KvmVcpuRoot.Valid;
        return Return(StepCall.PreFaultMemory, PreFaultPages(machine, ref address, ref size, out signalled), address);
    }

    private KvmResult PreFaultPages(VirtualMachine vm, ref ulong address, ref ulong size, out bool signalled)
    {
        signalled = false;
        for (var done = 0; size > 0; done++)
        {
            var poisoned = false;
            var result = IsSignalled(s_preFaultSignal, out var signal) ? signal : PreFaultPage(vm, new Gpa(address).Frame, out poisoned);
            if (!result.IsSuccess)
            {
                signalled = poisoned;
                return done > 0 ? default : result;
            }

            address += 4096;
            size -= 4096;
        }

        return default;
    }

    private KvmResult PreFaultPage(VirtualMachine vm, Gfn gfn, out bool poisoned)
    {
        poisoned = false;
        if (vm.TryTranslate(0, gfn, isWrite: false, out _))
        {
            return default;
        }

        if (IsShort(s_noPreFaultTables, out var refusal))
        {
            return refusal;
        }

        var fault = RunFault(vm, gfn, isWrite: false, asksPrivate: null, out var verdict);
        switch (verdict)
        {
            case FaultVerdict.Mapped:
                GuestOf(vm.Id).Unmark(gfn);
                return default;
            case FaultVerdict.NoSlot:
                Remember(vm, gfn);
                return new(Errno.ENOENT, s_noSlot);
            case FaultVerdict.HostPoisoned:
                poisoned = true;
                return KvmResult.Refused(fault.Detail, Errno.EINTR);
            default:
                return RefusalOf(fault, verdict);
        }
    }
}
