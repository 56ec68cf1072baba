namespace GuestMemory;

/// <summary>A VM's invalidation sequence: which frames are being invalidated now, and how many invalidations ended so far.</summary>
/// <remarks>
/// The number rises before the count of running ones falls, so that a fault sees one or the other. Source: guest-memfd,
/// punch hole. Not thread-safe.
/// </remarks>
public sealed class InvalidationSequence : IStateful
{
    private ulong _sequence;
    private int _inProgress;
    private GfnRange _range;

    /// <summary>How many invalidations run now.</summary>
    public int InProgress => _inProgress;

    /// <summary>The frames being invalidated; empty when none run. Several at once count as one range around them all.</summary>
    public GfnRange Range => _range;

    /// <summary>Takes the number a fault must take before it looks at attribute or page.</summary>
    public MmuSample Sample() => new(_sequence);

    /// <summary>Begins an invalidation of a range.</summary>
    /// <param name="range">The frames, mapped or not.</param>
    public void Begin(GfnRange range)
    {
        _range = _inProgress == 0
            ? range
            : GfnRange.FromBounds(new(Math.Min(_range.Start.Value, range.Start.Value)), new(Math.Max(_range.End.Value, range.End.Value)));
        _inProgress++;
    }

    /// <summary>Ends an invalidation.</summary>
    /// <exception cref="ModelInvariantException">None runs (I4).</exception>
    public void End()
    {
        if (_inProgress == 0)
        {
            throw new ModelInvariantException("I4", "an invalidation ended that never began");
        }

        _sequence++;
        _inProgress--;
        if (_inProgress == 0)
        {
            _range = default;
        }
    }

    /// <summary>Whether a fault that took <paramref name="sample"/> must start again.</summary>
    /// <param name="sample">Its sample.</param>
    /// <param name="range">The frames it wants to map.</param>
    public bool MustRetry(MmuSample sample, GfnRange range) =>
        sample.Sequence != _sequence || (_inProgress > 0 && _range.Overlaps(range));

    /// <summary>Counts from 0 again, so that states that differ only in how many invalidations there have been are equal. Every fault on its way is renumbered before.</summary>
    public void Renumber() => _sequence = 0;

    internal void Reset()
    {
        _sequence = 0;
        _inProgress = 0;
        _range = default;
    }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.UInt64(_sequence);
        writer.Int32(_inProgress);
        writer.UInt64(_range.Start.Value);
        writer.UInt64(_range.End.Value);
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        _sequence = reader.UInt64();
        _inProgress = reader.Int32();
        var start = reader.UInt64();
        _range = GfnRange.FromBounds(new(start), new(reader.UInt64()));
    }
}
