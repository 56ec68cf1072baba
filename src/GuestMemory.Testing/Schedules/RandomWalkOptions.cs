namespace GuestMemory.Testing;

/// <summary>How many walks <see cref="RandomWalks"/> makes, and how long.</summary>
public sealed record RandomWalkOptions
{
    /// <summary>What the choices come from. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Walks, at least 1. Default 1,000.</summary>
    public int Walks { get; init; } = 1_000;

    /// <summary>Most steps of a walk, at least 1. Default 100.</summary>
    public int Length { get; init; } = 100;

    /// <summary>Properties beside those of the system. Default: none.</summary>
    public IReadOnlyList<Func<IStepSystem, StateProperty>> Properties { get; init; } = [];

    internal RandomWalkOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Walks, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Length, 1);
        return this;
    }
}
