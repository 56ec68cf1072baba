namespace GuestMemory;

/// <summary>A run of leaves that was unmapped and not flushed.</summary>
/// <param name="Gfns">The input frames.</param>
/// <param name="Translation">Translation of the first of them.</param>
public readonly record struct UnflushedRun(GfnRange Gfns, Translation Translation)
{
    /// <summary>The run as an entry of a table.</summary>
    public RangeEntry<Translation> AsEntry() => new(Gfns.Start.Value, Gfns.End.Value, Translation);

    /// <summary>The run in words.</summary>
    public override string ToString() => $"{Gfns} to {Translation}, not flushed";
}
