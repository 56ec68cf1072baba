namespace GuestMemory.Rmp;

/// <summary>What a checker throws for, and what it may rely on.</summary>
public sealed record RmpCheckerOptions
{
    /// <summary>Throws for what hardware and firmware enforce; records what host and guest have to keep by themselves.</summary>
    public static RmpCheckerOptions Default { get; } = new();

    /// <summary>Throws for everything.</summary>
    public static RmpCheckerOptions Strict { get; } = new() { IsAsserted = static _ => true };

    /// <summary>Throws for nothing.</summary>
    public static RmpCheckerOptions Record { get; } = new() { IsAsserted = static _ => false };

    /// <summary>Whether a breach throws; otherwise it is only recorded. INV-SNP-18 never throws once 17 was broken: nothing promises it then.</summary>
    public Func<RmpInvariant, bool> IsAsserted { get; init; } = static invariant => !invariant.IsPolicy;

    /// <summary>What is swept after an operation: the 2M blocks it named, or everything.</summary>
    public CheckScope Scope { get; init; } = CheckScope.Touched;

    /// <summary>The platform's bytes change through its operations alone. Say no where its memory is also a machine's. Default: yes.</summary>
    public bool OwnsMemory { get; init; } = true;

    /// <summary>What the host knows.</summary>
    public RmpViews Views { get; init; } = RmpViews.None;
}
