namespace GuestMemory.Kvm;

/// <summary>A vCPU of a system of threads: in its guest's code, or at a step of a fault.</summary>
internal sealed class ThreadVcpu(ThreadGuest guest) : IStateful
{
    private GuestFault _fault;

    /// <summary>Whose it is.</summary>
    public ThreadGuest Guest { get; } = guest;

    /// <summary>Whether a fault is on its way.</summary>
    public bool IsFaulting { get; private set; }

    /// <summary>The next step of the fault.</summary>
    public FaultStage Next => _fault.Next;

    /// <summary>That step in a word. A fault that reads the attribute before it samples makes its first two the other way round.</summary>
    public string Stage => (Next, Guest.Vm.Machine.Options.Rules.IsOff(CoreRules.SampleBeforeKind)) switch
    {
        (FaultStage.Sample, true) => nameof(FaultStage.CheckKind),
        (FaultStage.CheckKind, true) => nameof(FaultStage.Sample),
        _ => Next.ToString(),
    };

    /// <summary>Whether the fault found a slot, which a deletion has to wait for.</summary>
    public bool Holds(SlotHandle slot) => IsFaulting && _fault.Holds(slot);

    /// <summary>Begins a fault: the kind it wants is read.</summary>
    public void Begin(Gfn gfn, bool isWrite)
    {
        var vm = Guest.Vm;
        _fault = new(vm, gfn, isWrite, vm.Technology.WantedKind(vm.Attributes.KindOf(gfn), asksPrivate: null), !vm.Machine.Options.Rules.IsOff(KvmHost.WrongKind));
        IsFaulting = true;
    }

    /// <summary>Makes the fault's next step.</summary>
    public StepAnswer Step()
    {
        var verdict = _fault.Step();
        IsFaulting = verdict == FaultVerdict.Continue;
        return verdict switch
        {
            FaultVerdict.Continue or FaultVerdict.Mapped => StepAnswer.Done(),
            FaultVerdict.Retry => StepAnswer.Retry(),
            _ => StepAnswer.Refused(new(Lane.Exit, (ulong)verdict, 0, _fault.Detail.DecidedBy ?? (verdict == FaultVerdict.WrongKind ? KvmHost.WrongKind : null)), ulong.MaxValue),
        };
    }

    /// <summary>Before the VM's invalidations are counted anew.</summary>
    public void Renumber()
    {
        if (IsFaulting)
        {
            _fault.Renumber();
        }
    }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Flag(IsFaulting);
        if (IsFaulting)
        {
            _fault.WriteState(ref writer);
        }
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        IsFaulting = reader.Flag();
        _fault = IsFaulting ? GuestFault.ReadState(Guest.Vm, ref reader) : default;
    }
}
