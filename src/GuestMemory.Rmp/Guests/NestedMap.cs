namespace GuestMemory.Rmp;

/// <summary>A guest's nested table as its host keeps it: the host may lead any guest frame to any page, honest or not.</summary>
/// <remarks>
/// Leaves never overlap: a new one takes the place of all it meets, and what those mapped besides faults in again. Kept sorted.
/// Nothing here flushes a <see cref="GuestTlb"/>. Not thread-safe.
/// </remarks>
public sealed class NestedMap : IStateful
{
    private readonly List<NestedLeaf> _leaves = [];

    /// <summary>The leaves, in order of guest frame.</summary>
    public IReadOnlyList<NestedLeaf> Leaves => _leaves;

    /// <summary>Leads guest frames to a page.</summary>
    /// <param name="gfn">First guest frame.</param>
    /// <param name="page">The page, of any size.</param>
    /// <exception cref="ArgumentException">A page of this size cannot begin at <paramref name="gfn"/>.</exception>
    public void Map(Gfn gfn, PhysicalPage page)
    {
        if (!gfn.IsAligned(page.Size))
        {
            throw new ArgumentException($"{gfn} is not aligned to {page.Size}.", nameof(gfn));
        }

        Unmap(new(gfn, page.Size.FrameCount()));
        _leaves.Insert(IndexOf(gfn), new(gfn, page));
    }

    /// <summary>Drops every leaf that meets a range, whole.</summary>
    /// <param name="frames">The guest frames.</param>
    public void Unmap(GfnRange frames)
    {
        var first = IndexOf(frames.Start);
        var end = first;
        while (end < _leaves.Count && _leaves[end].Gfn < frames.End)
        {
            end++;
        }

        _leaves.RemoveRange(first, end - first);
    }

    /// <summary>Where a guest address leads.</summary>
    /// <param name="gpa">The address.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="size">Size of the leaf.</param>
    /// <returns>Whether it is mapped.</returns>
    public bool TryTranslate(Gpa gpa, out Pfn frame, out PageSize size)
    {
        var at = IndexOf(gpa.Frame);
        var isMapped = at < _leaves.Count && _leaves[at].Gfn <= gpa.Frame;
        var leaf = isMapped ? _leaves[at] : default;
        frame = isMapped ? leaf.Page.Start + (gpa.Frame - leaf.Gfn) : default;
        size = leaf.Page.Size;
        return isMapped;
    }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Int32(_leaves.Count);
        foreach (var leaf in _leaves)
        {
            writer.UInt64(leaf.Gfn.Value);
            writer.UInt64(leaf.Page.Start.Value);
            writer.Byte((byte)leaf.Page.Size);
        }
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        _leaves.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            var gfn = new Gfn(reader.UInt64());
            var start = new Pfn(reader.UInt64());
            Map(gfn, new(start, (PageSize)reader.Byte()));
        }
    }

    // The first leaf that ends behind a guest frame.
    private int IndexOf(Gfn gfn)
    {
        var (low, high) = (0, _leaves.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _leaves[middle].Frames.End <= gfn ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
