namespace GuestMemory.Tdx;

/// <summary>How much a checker looks at, and what it does about a breach.</summary>
public sealed record TdxCheckerOptions
{
    /// <summary>Throws, and looks at what an operation touched.</summary>
    public static TdxCheckerOptions Strict { get; } = new();

    /// <summary>Only records.</summary>
    public static TdxCheckerOptions Record { get; } = new() { Throws = false };

    /// <summary>Whether a breach throws; it is recorded in any case. Default: yes.</summary>
    public bool Throws { get; init; } = true;

    /// <summary>What is looked at after an operation: the TDs, keys and 2M blocks it named or changed, or everything. Default: what it touched.</summary>
    public CheckScope Scope { get; init; } = CheckScope.Touched;

    /// <summary>Whether calls that fail must leave the canonical bytes of PAMT, keys and TDs as they were. Costs a writing of the state after each operation. Default: no.</summary>
    public bool ComparesBytes { get; init; }
}
