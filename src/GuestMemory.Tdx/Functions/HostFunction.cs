namespace GuestMemory.Tdx;

/// <summary>One function of the module for the host: what it is called, its checks in order, and what it does when none refuses.</summary>
public sealed class HostFunction
{
    private static readonly RuleTable<HostCall, TdxAnswer> s_none = new();
    private readonly RuleTable<HostCall, TdxAnswer>? _behindShortWay;

    internal HostFunction(TdxFunction function, string name, TdxCommit commit, params Check<HostCall, TdxAnswer>[] checks)
    {
        (Function, Name, Commit) = (function, name, commit);
        Checks = new(checks);
        OpStates = GuestMemory.Tdx.OpStates.Allowed(function);
        var covered = EntryShortWay.Covers(checks);
        _behindShortWay = covered == 0 ? null : new(checks[covered..]);
    }

    /// <summary>Its number.</summary>
    public TdxFunction Function { get; }

    /// <summary>Its name, "TDH.MEM.PAGE.AUG".</summary>
    public string Name { get; }

    /// <summary>Its checks, in order; the first that refuses decides.</summary>
    public RuleTable<HostCall, TdxAnswer> Checks { get; }

    /// <summary>What can still stop it after its work began: interrupts it looks for, and locks it takes last. None for most.</summary>
    public RuleTable<HostCall, TdxAnswer> LateChecks { get; init; } = s_none;

    /// <summary>Its rules about each entry of a list it takes, and about going through the list. None for most.</summary>
    public IReadOnlyList<Rule> EntryRules { get; init; } = [];

    /// <summary>Highest version it knows. Default 0.</summary>
    public int HighestVersion { get; init; }

    /// <summary>Lowest level its RCX may name.</summary>
    public SeptLevel LowestLevel { get; init; }

    /// <summary>Highest level its RCX may name; <see langword="null"/> for the root's.</summary>
    public SeptLevel? HighestLevel { get; init; } = SeptLevel.Pt;

    /// <summary>Bits of RDX that are flags and no part of the TD's address. Default: none, the whole register is the address.</summary>
    public ulong FlagBits { get; init; }

    /// <summary>Which register names the TD.</summary>
    public TdxOperand TdRegister { get; init; } = TdxOperand.Rdx;

    /// <summary>Which register names the vCPU, in functions that name one instead of a TD.</summary>
    public TdxOperand VcpuRegister { get; init; } = TdxOperand.Rcx;

    /// <summary>Whether it takes the vCPU's root page for itself alone.</summary>
    public bool VcpuExclusive { get; init; } = true;

    /// <summary>Whether it takes the TD's root page for itself alone.</summary>
    public bool TdExclusive { get; init; }

    /// <summary>Whether it takes the Secure EPT's tree for itself alone.</summary>
    public bool TreeExclusive { get; init; }

    // The op states it runs in, one bit each.
    internal ushort OpStates { get; }

    /// <summary>Whether only modules with Dynamic PAMT have it.</summary>
    public bool NeedsDynamicPamt { get; init; }

    internal TdxCommit Commit { get; }

    // What it writes into registers however it ends; most write none.
    internal TdxFinish? Finish { get; init; }

    // What it does before its last checks, and leaves done when one of those refuses.
    internal TdxCommit? Begin { get; init; }

    // What Checks answers, by the short way where there is one.
    internal Check<HostCall, TdxAnswer>? Decide(ref HostCall call, RuleSwitches rules) =>
        _behindShortWay is { } rest && EntryShortWay.Passes(ref call) ? rest.Decide(ref call, rules) : Checks.Decide(ref call, rules);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
