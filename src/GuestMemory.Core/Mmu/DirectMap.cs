namespace GuestMemory;

/// <summary>The kernel's direct map: every frame is in it, unless its store keeps its frames out.</summary>
/// <remarks>
/// A frame in it is an exposure, not a mapping of either kind, unless its store says DirectMapped=false. Whether it is there is
/// not visible in any call's outcome (I9). Not thread-safe.
/// </remarks>
public sealed class DirectMap : IStateful
{
    private readonly RangeSet _removed = new();

    /// <summary>The runs of frames that are not in it.</summary>
    public ReadOnlySpan<RangeEntry<Present>> Removed => _removed.Runs;

    /// <summary>Whether a frame is in it.</summary>
    /// <param name="frame">The frame.</param>
    public bool Maps(Pfn frame) => !_removed.Contains(frame.Value);

    /// <summary>Whether any frame of a run is in it.</summary>
    /// <param name="frames">The frames.</param>
    public bool MapsAny(PfnRange frames) => !_removed.ContainsAll(frames.Start.Value, frames.End.Value);

    /// <summary>Takes frames out.</summary>
    /// <param name="frames">The frames.</param>
    public void Remove(PfnRange frames) => _removed.Add(frames.Start.Value, frames.End.Value);

    /// <summary>Puts frames back.</summary>
    /// <param name="frames">The frames.</param>
    public void Restore(PfnRange frames) => _removed.Remove(frames.Start.Value, frames.End.Value);

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Runs(_removed);
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        reader.Runs(_removed);
    }
}
