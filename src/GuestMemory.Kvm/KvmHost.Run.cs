namespace GuestMemory.Kvm;

/// <content>KVM_RUN.</content>
public sealed partial class KvmHost
{
    private const byte Halt = 0xf4;
    private const int EmulationFailure = 1;
    private static readonly Rule s_staleMark = new("KVM_RUN/stale-mmio-mark", "kvm-recordings, FINDINGS 1", "device memory that became private going unnoticed");
    internal static Rule WrongKind { get; } = new("KVM_RUN/wrong-kind", "kvm-recordings, FINDINGS 5", "a page of the other kind than wanted", CheckClass.Security);

    /// <summary>The vCPU loads 1 to 8 bytes and halts.</summary>
    /// <param name="vm">The VM's or vCPU's descriptor.</param>
    /// <param name="gpa">First byte; the bytes may lie on two pages.</param>
    /// <param name="length">1 to 8.</param>
    /// <param name="asksPrivate">What the guest's own tables ask for (C-bit, SHARED bit); <see langword="null"/> for what the attribute says.</param>
    public VcpuExit GuestLoad(int vm, ulong gpa, int length, bool? asksPrivate = null) =>
        Finish(Access(Runnable(vm), GuestAccess.Create(gpa, length, isWrite: false, 0, asksPrivate: asksPrivate)));

    /// <summary>The vCPU stores 1 to 8 bytes and halts.</summary>
    /// <param name="vm">The VM's or vCPU's descriptor.</param>
    /// <param name="gpa">First byte.</param>
    /// <param name="length">1 to 8.</param>
    /// <param name="value">The bytes as a little-endian number; what is above them is ignored.</param>
    /// <param name="asksPrivate">What the guest's own tables ask for; <see langword="null"/> for what the attribute says.</param>
    public VcpuExit GuestStore(int vm, ulong gpa, int length, ulong value, bool? asksPrivate = null) =>
        Finish(Access(Runnable(vm), GuestAccess.Create(gpa, length, isWrite: true, value, asksPrivate: asksPrivate)));

    /// <summary>The vCPU adds to 1 to 8 bytes under a lock and halts; the exit's value is the old one.</summary>
    /// <param name="vm">The VM's or vCPU's descriptor.</param>
    /// <param name="gpa">First byte.</param>
    /// <param name="length">1 to 8.</param>
    /// <param name="addend">What is added.</param>
    public VcpuExit GuestExchangeAdd(int vm, ulong gpa, int length, ulong addend) =>
        Finish(Access(Runnable(vm), GuestAccess.Create(gpa, length, isWrite: true, addend, adds: true)));

    /// <summary>The vCPU jumps to an address. Only a HLT instruction there is known.</summary>
    /// <param name="vm">The VM's or vCPU's descriptor.</param>
    /// <param name="gpa">The instruction's first byte.</param>
    public VcpuExit GuestExecute(int vm, ulong gpa)
    {
        var fetch = Access(Runnable(vm), GuestAccess.Create(gpa, 1, isWrite: false, 0));
        return fetch.Reason switch
        {
            ExitReason.Hlt => Executed(fetch.Value),
            ExitReason.Mmio => Finish(VcpuExit.InternalError(EmulationFailure)),
            _ => Finish(fetch),
        };
    }

    /// <summary>The guest asks its VMM to convert a range: KVM_HC_MAP_GPA_RANGE (12).</summary>
    /// <param name="vm">The VM's or vCPU's descriptor.</param>
    /// <param name="gpa">First byte.</param>
    /// <param name="pages">Pages of 4096 bytes.</param>
    /// <param name="attributes">Bits 3:0 the page size, bit 4 private.</param>
    /// <param name="answer">What the guest reads when KVM answers itself: a negated KVM error number.</param>
    /// <returns>The hypercall exit, to be completed by the VMM's answer; or, when KVM refuses it, the vCPU halts with <paramref name="answer"/> set.</returns>
    /// <remarks>Not recorded; from kvm-api, KVM_CAP_EXIT_HYPERCALL (docs/model-boundary.md, MB-4).</remarks>
    public VcpuExit GuestMapGpaRange(int vm, ulong gpa, ulong pages, ulong attributes, out long answer)
    {
        var machine = Runnable(vm);
        answer = 0;
        if (machine.IsDead)
        {
            return Finish(Dead);
        }

        if ((GuestOf(machine.Id).ExitHypercalls & Capabilities.ExitHypercallMask) == 0)
        {
            answer = -1000;
            return Finish(VcpuExit.Halted(0));
        }

        if ((gpa & 0xfff) != 0 || pages == 0 || unchecked((gpa >> 12) + pages) <= gpa >> 12)
        {
            answer = -(long)Errno.EINVAL;
            return Finish(VcpuExit.Halted(0));
        }

        // A call that was left waiting is given up: the answer is this one's.
        GuestOf(machine.Id).AwaitsAnswer = true;
        GuestOf(machine.Id).AwaitsCall = false;
        return Finish(VcpuExit.MapGpaRange(new(gpa), pages, attributes));
    }

    /// <summary>The VMM answers a hypercall and runs the vCPU on: the guest reads the answer and halts.</summary>
    /// <param name="vm">The VM's or vCPU's descriptor.</param>
    /// <param name="answer">The completion value (<c>hypercall.ret</c>); 0 is success.</param>
    /// <returns>The halt; its value is what the guest read.</returns>
    /// <exception cref="InvalidOperationException">No hypercall awaits an answer.</exception>
    public VcpuExit CompleteHypercall(int vm, ulong answer)
    {
        var machine = Runnable(vm);
        if (machine.IsDead)
        {
            return Finish(Dead);
        }

        var guest = GuestOf(machine.Id);
        if (!guest.AwaitsAnswer)
        {
            throw new InvalidOperationException("No hypercall of this vCPU awaits an answer.");
        }

        guest.AwaitsAnswer = false;
        return Finish(guest.AwaitsCall ? Completed(machine, answer) : VcpuExit.Halted(answer));
    }

    internal VcpuExit RunVcpu(VirtualMachine vm, int vcpu, ulong gpa, bool isWrite, ulong value) =>
        Finish(Access(vm, GuestAccess.Create(gpa, 8, isWrite, value) with { Vcpu = vcpu }));

    // What the ownership table denies ends the run; no byte of the page it guards changed.
    private static VcpuExit Denied(Outcome outcome) => VcpuExit.Failed(Errno.EFAULT, outcome.DecidedBy);

    private static VcpuExit Dead => VcpuExit.Failed(Errno.EIO, CoreRules.GuestDead);

    private VcpuExit Access(VirtualMachine vm, in GuestAccess access)
    {
        if (vm.IsDead)
        {
            return Dead;
        }

        GuestOf(vm.Id).Root = KvmVcpuRoot.Valid;
        if (Host.GuestAccessPath == GuestAccessPath.UserspaceAddress)
        {
            return Emulate(vm, access);
        }

        return TryEnter(vm, out var refusal) ? Left(vm, AccessTranslated(vm, access)) : refusal;
    }

    private VcpuExit AccessTranslated(VirtualMachine vm, in GuestAccess access)
    {
        for (var attempt = 1; ; attempt++)
        {
            var brought = BringIn(vm, access.Vcpu, new Gpa(access.Gpa).Frame, access.IsWrite, access.AsksPrivate, out var exit);
            if (brought == Brought.Translated && access.FirstLength < access.Length)
            {
                brought = BringIn(vm, access.Vcpu, new Gpa(access.Gpa).Frame + 1, access.IsWrite, access.AsksPrivate, out exit);
            }

            if (brought != Brought.Translated)
            {
                return brought == Brought.Device ? Emulate(vm, access) : exit;
            }

            var outcome = Perform(vm, access, out var old, out var at);
            if (outcome.IsSuccess)
            {
                return VcpuExit.Halted(old);
            }

            if (!IsRepaired(vm, at, KindOf(vm, at, access.AsksPrivate), outcome, attempt, out exit))
            {
                return exit;
            }
        }
    }

    private static Outcome Perform(VirtualMachine vm, in GuestAccess access, out ulong read, out Gfn at)
    {
        var old = 0UL;
        at = new Gpa(access.Gpa).Frame;
        var outcome = !access.IsWrite || access.Adds ? Transfer(vm, access, isWrite: false, ref old, ref at) : Outcome.Success;
        if (outcome.IsSuccess && access.IsWrite)
        {
            var value = access.Adds ? unchecked(old + access.Value) : access.Value;
            outcome = Transfer(vm, access, isWrite: true, ref value, ref at);
        }

        read = old;
        return outcome;
    }

    private static Outcome Transfer(VirtualMachine vm, in GuestAccess access, bool isWrite, ref ulong value, ref Gfn at)
    {
        var first = access.FirstLength;
        var outcome = TransferPage(vm, access.Vcpu, new(access.Gpa), first, isWrite, access.AsksPrivate, ref value);
        if (outcome.IsSuccess && first < access.Length)
        {
            at = new Gpa(access.Gpa).Frame + 1;
            var high = isWrite ? value >> (first * 8) : 0;
            outcome = TransferPage(vm, access.Vcpu, new(access.Gpa + (ulong)first), access.Length - first, isWrite, access.AsksPrivate, ref high);
            value = isWrite ? value : value | (high << (first * 8));
        }

        return outcome;
    }

    private static Outcome TransferPage(VirtualMachine vm, int vcpu, Gpa at, int length, bool isWrite, bool? asksPrivate, ref ulong value)
    {
        if (!vm.TryTranslate(vcpu, at.Frame, isWrite, out var translation))
        {
            throw new ModelInvariantException("translation", $"{at.Frame} of {vm.Id} was brought in and is not translated");
        }

        return isWrite ? vm.Write(vcpu, at, length, translation, value, asksPrivate) : vm.Read(vcpu, at, length, translation, out value, asksPrivate);
    }

    // What the hardware does with one page: use a translation, meet a device-memory mark, or fault.
    private Brought BringIn(VirtualMachine vm, int vcpu, Gfn gfn, bool isWrite, bool? asksPrivate, out VcpuExit exit)
    {
        exit = default;
        var guest = GuestOf(vm.Id);
        // Marks are made at shared addresses.
        if (Host.RemembersMmio && guest.TryGetMark(gfn, out var mark) && !IsElsewhere(vm, PageKind.Shared, asksPrivate))
        {
            if (mark.Generation == guest.Generation)
            {
                return Brought.Device;
            }

            // The fault on a stale mark carries no private bit.
            if (vm.Attributes.KindOf(gfn) == PageKind.Private)
            {
                exit = VcpuExit.MemoryFault(Errno.EFAULT, gfn, isPrivate: false, s_staleMark);
                return Brought.Exit;
            }
        }

        if (vm.TryTranslate(vcpu, gfn, isWrite, out var found) && !IsElsewhere(vm, found.Kind, asksPrivate))
        {
            return Brought.Translated;
        }

        if (IsShort(s_noTables, out var refusal))
        {
            exit = VcpuExit.Failed(refusal.Errno, refusal.DecidedBy);
            return Brought.Exit;
        }

        // Before it goes back into the guest the kernel looks for a signal again.
        var fault = RunFault(vm, gfn, isWrite, asksPrivate, out var verdict);
        var brought = Settle(vm, fault, verdict, out exit);
        return brought == Brought.Translated && IsSignalled(vm, out exit) ? Brought.Exit : brought;
    }

    // Where the kind is part of the address, the other kind's translation is another address's.
    private static bool IsElsewhere(VirtualMachine vm, PageKind mapped, bool? asksPrivate) =>
        asksPrivate is { } isPrivate && isPrivate != (mapped == PageKind.Private) && vm.Technology.Traits.SharedIsAnotherAddress;

    // The kernel faults again by itself when an invalidation came between. One that is open makes it wait for a step of somebody else.
    private GuestFault RunFault(VirtualMachine vm, Gfn gfn, bool isWrite, bool? asksPrivate, out FaultVerdict verdict)
    {
        while (true)
        {
            var before = vm.Sequence.Sample();
            var fault = new GuestFault(vm, gfn, isWrite, KindOf(vm, gfn, asksPrivate), !Machine.Options.Rules.IsOff(WrongKind));
            verdict = fault.Run();
            if (verdict != FaultVerdict.Retry)
            {
                return fault;
            }

            if (vm.Sequence.Sample() == before)
            {
                throw new InvalidOperationException($"{vm.Id} would fault at {gfn} until an open invalidation ends or a lock of its technology is released; see to that first, or step the fault.");
            }
        }
    }

    private Brought Settle(VirtualMachine vm, in GuestFault fault, FaultVerdict verdict, out VcpuExit exit)
    {
        exit = default;
        switch (verdict)
        {
            case FaultVerdict.Mapped:
                GuestOf(vm.Id).Unmark(fault.Gfn);
                return Brought.Translated;
            case FaultVerdict.NoSlot:
                Remember(vm, fault.Gfn);
                return Brought.Device;
            case FaultVerdict.ReadOnly:
                return Brought.Device;
            case FaultVerdict.HostPoisoned:
                exit = VcpuExit.Signalled(fault.Detail.DecidedBy);
                return Brought.Exit;
            case FaultVerdict.WrongKind or FaultVerdict.NoPage:
                var refusal = RefusalOf(fault, verdict);
                exit = VcpuExit.MemoryFault(refusal.Errno, fault.Gfn, fault.Kind == PageKind.Private, refusal.DecidedBy);
                return Brought.Exit;
            default:
                refusal = RefusalOf(fault, verdict);
                exit = VcpuExit.Failed(refusal.Errno, refusal.DecidedBy);
                return Brought.Exit;
        }
    }

    private static KvmResult RefusalOf(in GuestFault fault, FaultVerdict verdict) => verdict switch
    {
        FaultVerdict.WrongKind => new(Errno.EFAULT, WrongKind),
        FaultVerdict.GuestDead => new(Errno.EIO, CoreRules.GuestDead),
        _ => KvmResult.Refused(fault.Detail, ErrnoOf(fault.Detail)),
    };

    private void Remember(VirtualMachine vm, Gfn gfn)
    {
        if (Host.RemembersMmio)
        {
            GuestOf(vm.Id).Mark(gfn);
        }
    }

    private static Errno ErrnoOf(Outcome detail) => (CoreStatus)detail.Code switch
    {
        CoreStatus.Poisoned => Errno.EHWPOISON,
        CoreStatus.OutOfFrames => Errno.ENOMEM,
        CoreStatus.BindingMismatch => Errno.EIO,
        _ => Errno.EFAULT,
    };

    private VirtualMachine Runnable(int descriptor)
    {
        var vm = VmOf(descriptor) ?? throw new ArgumentException($"Descriptor {descriptor} is neither a VM's nor a vCPU's.", nameof(descriptor));
        return GuestOf(vm.Id).HasVcpu ? vm : throw new ArgumentException($"The VM of descriptor {descriptor} has no vCPU.", nameof(descriptor));
    }

    private VcpuExit Executed(ulong instruction) => instruction == Halt
        ? Finish(VcpuExit.Halted(0))
        : throw new OutsideModelException("MB-5", $"executing the instruction byte 0x{instruction:x2}");

    private VcpuExit Finish(in VcpuExit exit)
    {
        if (Machine.Observer is not null)
        {
            Machine.Observer.OnStep(Machine, new(
                StepKind.CallReturned, GuestId.None, exit.Gpa.Value, exit.Size, (ulong)StepCall.Run, new(Lane.Exit, (ulong)exit.Reason, (ulong)exit.Errno, exit.DecidedBy)));
        }

        return exit;
    }
}
