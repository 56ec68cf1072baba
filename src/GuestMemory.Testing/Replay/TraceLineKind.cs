namespace GuestMemory.Testing;

/// <summary>The kinds of line a recording is made of.</summary>
public enum TraceLineKind
{
    /// <summary>Which system was recorded: the first line.</summary>
    Meta,

    /// <summary>A case starts on a fresh machine.</summary>
    Case,

    /// <summary>One operation and its answer.</summary>
    Operation,

    /// <summary>The recorded process died.</summary>
    Abort,
}
