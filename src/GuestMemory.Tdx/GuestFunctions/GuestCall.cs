namespace GuestMemory.Tdx;

/// <summary>One call of a guest: its operands, and what the checks found on their way to the answer.</summary>
public ref struct GuestCall
{
    private const int RightsShift = 3;
    private const ulong DataWrite = 2;

    // What the walk found; there from the check that makes it.
    internal SeptPlace Place;
    internal SeptEntry Entry;

    // What a function that did not refuse answers.
    internal GuestResult Result;

    internal GuestCall(ModuleState state, GuestFunction function, TdVcpu vcpu, in TdxRegisters registers) =>
        (State, Function, Vcpu, Registers) = (state, function, vcpu, registers);

    /// <summary>The module's state, as it is.</summary>
    public ModuleState State { get; }

    /// <summary>The function.</summary>
    public GuestFunction Function { get; }

    /// <summary>The vCPU that calls.</summary>
    public TdVcpu Vcpu { get; }

    /// <summary>The operands.</summary>
    public TdxRegisters Registers { get; }

    /// <summary>Its TD.</summary>
    public readonly Td Td => Vcpu.Td;

    /// <summary>RCX as a guest address with a level.</summary>
    public readonly PageInfo PageInfo => new(Registers.Rcx);

    /// <summary>The level the walk is to reach.</summary>
    internal readonly SeptLevel WantedLevel => Function.NamesLevel ? PageInfo.Level : SeptLevel.Pt;

    /// <summary>Walks towards the entry.</summary>
    internal void Walk()
    {
        if (Td.Sept is { } tree)
        {
            Place = tree.Walk(new Gpa(Registers.Rcx).Frame, WantedLevel);
            Entry = Place.Entry;
        }
    }

    /// <summary>What the guest gets when a check refused.</summary>
    internal readonly GuestResult Refuse(Check<GuestCall, GuestAnswer> refusal)
    {
        var answer = refusal.Answer;
        if (answer.Event == GuestEvent.Status)
        {
            var status = answer.NamesLevel && Place.Exists ? TdxStatus.Of(answer.Status.Code, (uint)Place.Level) : answer.Status;
            return new(GuestEvent.Status, status, DecidedBy: refusal);
        }

        // Both calls that say why they leave count as writes; ATTR.RD says nothing (tdx-module, async_tdexit_ept_violation).
        var isTold = answer.Exit != GuestExit.Plain;
        return new(
            answer.Event,
            ExitGpa: PageInfo.Gpa.Value,
            ExitQualification: isTold ? DataWrite | (Entry.Rights << RightsShift) : 0,
            ExtendedExitQualification: isTold ? (ulong)answer.Exit | (Details << 32) : 0,
            DecidedBy: refusal);
    }

    // Bits 2:0 level asked for, 5:3 level reached, 13:6 state as hosts know it, 14 leaf (tdx-module, tdaccept_vmx_eeq_info).
    private readonly ulong Details => !Place.Exists
        ? (ulong)WantedLevel
        : (ulong)WantedLevel | ((ulong)Place.Level << 3) | ((ulong)Entry.State.PublicNumber() << 6) | (Entry.IsLeaf ? 1UL << 14 : 0);
}
