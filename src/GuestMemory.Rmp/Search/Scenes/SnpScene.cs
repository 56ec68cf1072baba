namespace GuestMemory.Rmp;

/// <summary>A small world to be searched: where it starts, and which steps are made in it.</summary>
/// <param name="Name">The scenario's name.</param>
/// <param name="Prepare">Brings a platform that just began to where the scene starts.</param>
/// <param name="Moves">The steps.</param>
internal sealed record SnpScene(string Name, Action<SnpSceneWorld> Prepare, IReadOnlyList<SnpMove> Moves)
{
    /// <summary>The open points.</summary>
    public SnpSwitches Switches { get; init; } = SnpSwitches.Default;

    /// <summary>Which frames have an entry, and where the table lies.</summary>
    public RmpCoverage Coverage { get; init; } = SnpSceneWorld.Covered;

    /// <summary>What holds of every state, beside the invariants: name, sentence, and whether it does.</summary>
    public IReadOnlyList<(string Name, string Says, Func<SnpSceneWorld, bool> Holds)> Holding { get; init; } = [];

    /// <summary>Whether an actor is in the middle of an operation; <see langword="null"/> for never.</summary>
    public Func<SnpSceneWorld, SnpActor, bool>? IsMidway { get; init; }

    /// <summary>What is looked at after an operation.</summary>
    public CheckScope Scope { get; init; } = CheckScope.Touched;
}
