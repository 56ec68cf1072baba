namespace GuestMemory.Kvm.Tests.Races;

/// <summary>A vCPU at a fault: one step a turn; told to retry, it starts again, as the kernel does.</summary>
internal class FaultActor(VirtualMachine vm, Gfn gfn)
{
    private GuestFault _fault = New(vm, gfn);

    public bool IsOver { get; private protected set; }

    /// <summary>How often an invalidation came between.</summary>
    public int Retries { get; private protected set; }

    /// <summary>How it ended, once it is over.</summary>
    public FaultVerdict Verdict { get; private protected set; }

    protected VirtualMachine Vm { get; } = vm;

    protected Gfn Gfn { get; } = gfn;

    /// <summary>The kind it wants.</summary>
    public virtual PageKind Kind => _fault.Kind;

    /// <summary>Whether the next step is the one that maps or retries.</summary>
    public virtual bool IsAboutToMap => _fault.Next == FaultStage.Map;

    /// <summary>Whether the next step is the one that prepares the page it took.</summary>
    public virtual bool IsAboutToPrepare => _fault.Next == FaultStage.Prepare;

    /// <summary>Whether the next step is the one that samples.</summary>
    public virtual bool IsAboutToSample => _fault.Next == FaultStage.Sample;

    /// <summary>Takes one turn; nothing happens once it is over.</summary>
    public virtual void Step()
    {
        if (!IsOver)
        {
            Settle(_fault.Step());
        }
    }

    protected virtual void Restart() => _fault = New(Vm, Gfn);

    private protected void Settle(FaultVerdict verdict)
    {
        Verdict = verdict;
        if (verdict == FaultVerdict.Retry)
        {
            Retries++;
            Restart();
        }
        else
        {
            IsOver = verdict != FaultVerdict.Continue;
        }
    }

    private static GuestFault New(VirtualMachine vm, Gfn gfn) =>
        new(vm, gfn, isWrite: true, vm.Technology.WantedKind(vm.Attributes.KindOf(gfn), asksPrivate: null));
}
