namespace GuestMemory.Testing;

/// <summary>Room that every recording replayed by one runner uses again.</summary>
internal sealed class ReplayBuffers
{
    /// <summary>Where a system's answer is written; a longer one finds its own room.</summary>
    public byte[] Answer { get; } = new byte[4096];

    /// <summary>Places of a line's arguments.</summary>
    public TraceArgument[] Places { get; } = new TraceArgument[TraceLine.MostArguments];

    /// <summary>Places of a line's arguments when a case is replayed once more.</summary>
    public TraceArgument[] PlacesAgain { get; } = new TraceArgument[TraceLine.MostArguments];

    /// <summary>The lines of the present case.</summary>
    public CaseLines Case { get; } = new();
}
