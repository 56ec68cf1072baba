namespace GuestMemory.Tdx.Tests.Invariants;

/// <summary>One operation told to a checker, and the ids of the invariants it breaks, those of steps first; none when it is sound.</summary>
internal sealed record Watched(string Ids, Func<HandMade, TdxOperation> Do, Action<HandMade>? Prepare = null, TdxOpState OpState = TdxOpState.Runnable)
{
    public bool ComparesBytes { get; init; }

    public string Words { get; init; } = "";

    public TdxPlatform? Platform { get; init; }
}
