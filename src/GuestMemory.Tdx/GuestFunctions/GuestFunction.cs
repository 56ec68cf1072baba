namespace GuestMemory.Tdx;

/// <summary>One function of the module for guests: what it is called, its checks in order, and what it does when none refuses.</summary>
public sealed class GuestFunction
{
    internal GuestFunction(TdxFunction function, string name, GuestCommit commit, params Check<GuestCall, GuestAnswer>[] checks)
    {
        (Function, Name, Commit) = (function, name, commit);
        Checks = new(checks);
    }

    /// <summary>Its number.</summary>
    public TdxFunction Function { get; }

    /// <summary>Its name, "TDG.MEM.PAGE.ACCEPT".</summary>
    public string Name { get; }

    /// <summary>Its checks, in order; the first that refuses decides.</summary>
    public RuleTable<GuestCall, GuestAnswer> Checks { get; }

    /// <summary>What can still stop it after its work began. None for most.</summary>
    public IReadOnlyList<Rule> LateRules { get; init; } = [];

    /// <summary>Highest level its RCX may name.</summary>
    public SeptLevel HighestLevel { get; init; } = SeptLevel.Pd;

    /// <summary>Whether RCX names a level; otherwise the walk goes to the leaf, whatever its level.</summary>
    public bool NamesLevel { get; init; } = true;

    internal GuestCommit Commit { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
