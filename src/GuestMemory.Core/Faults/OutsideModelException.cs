namespace GuestMemory;

/// <summary>The sources leave the case open, or the model leaves it out. Names an entry of <c>docs/model-boundary.md</c>.</summary>
public sealed class OutsideModelException : NotSupportedException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="entry">The entry's id in <c>docs/model-boundary.md</c>, such as "MB-7".</param>
    /// <param name="message">What was asked.</param>
    public OutsideModelException(string entry, string message)
        : base($"{message} (docs/model-boundary.md, {entry})") => Entry = entry;

    /// <summary>The entry's id in <c>docs/model-boundary.md</c>.</summary>
    public string Entry { get; }
}
