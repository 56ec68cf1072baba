namespace GuestMemory;

/// <summary>A VM's memory attributes, kept as runs. They belong to guest frames, not to slots, and outlive every slot.</summary>
/// <remarks>Which large blocks are mixed is read off the runs, never stored. Not thread-safe.</remarks>
public sealed class AttributeMap : IStateful
{
    private readonly RangeMap<AttributeValue> _runs = new();

    /// <summary>Runs with attributes, in order.</summary>
    public ReadOnlySpan<RangeEntry<AttributeValue>> Runs => _runs.Runs;

    /// <summary>Attributes of a frame.</summary>
    /// <param name="gfn">The frame.</param>
    public MemoryAttributes this[Gfn gfn] => _runs.TryGet(gfn.Value, out var value) ? value.Attributes : MemoryAttributes.None;

    /// <summary>Kind of a frame.</summary>
    /// <param name="gfn">The frame.</param>
    public PageKind KindOf(Gfn gfn) => (this[gfn] & MemoryAttributes.Private) != 0 ? PageKind.Private : PageKind.Shared;

    /// <summary>Whether every frame of a range has the same attributes; no large leaf may cover a range that has not.</summary>
    /// <param name="range">The range.</param>
    public bool IsUniform(GfnRange range)
    {
        if (range.IsEmpty)
        {
            return true;
        }

        var index = _runs.FindRun(range.Start.Value);
        return index >= 0
            ? range.End.Value <= _runs[index].End
            : ~index == _runs.Count || range.End.Value <= _runs[~index].Start;
    }

    /// <summary>Whether every frame of a range has exactly these attributes.</summary>
    /// <param name="range">The range.</param>
    /// <param name="attributes">The attributes.</param>
    public bool HasAll(GfnRange range, MemoryAttributes attributes) =>
        range.IsEmpty || (IsUniform(range) && this[range.Start] == attributes);

    /// <summary>Makes sure that the next <see cref="Set"/> needs no memory: what is past the point of no return cannot fail.</summary>
    public void Reserve() => _runs.Reserve(2);

    /// <summary>Gives a range its attributes.</summary>
    /// <param name="range">The range.</param>
    /// <param name="attributes">The attributes.</param>
    public void Set(GfnRange range, MemoryAttributes attributes)
    {
        if (attributes == MemoryAttributes.None)
        {
            _runs.Remove(range.Start.Value, range.End.Value);
        }
        else
        {
            _runs.Set(range.Start.Value, range.End.Value, new(attributes));
        }
    }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Runs(_runs, static (ref writer, in value) => writer.UInt64((ulong)value.Attributes));
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        reader.Runs(_runs, static (ref reader) => new((MemoryAttributes)reader.UInt64()));
    }

    internal void Clear() => _runs.Clear();
}
