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

    /// <summary>What is looked at after an operation.</summary>
    public CheckScope Scope { get; init; } = CheckScope.Touched;
}
