namespace GuestMemory;

/// <summary>A translation to be made.</summary>
/// <param name="Gfn">First input frame; aligned to <paramref name="Size"/>.</param>
/// <param name="Frame">First frame; aligned to <paramref name="Size"/>.</param>
/// <param name="Size">Size of the leaf.</param>
/// <param name="Kind">The entry's kind, fixed from now on.</param>
/// <param name="Writable">Whether writes go through.</param>
/// <param name="Sample">The sequence number taken before the frame was looked up.</param>
/// <param name="Leaves">How many leaves in a row, contiguous on both sides; at least 1.</param>
public readonly record struct MapRequest(
    Gfn Gfn, Pfn Frame, PageSize Size, PageKind Kind, bool Writable, MmuSample Sample, ulong Leaves = 1)
{
    /// <summary>The input frames.</summary>
    public GfnRange Gfns => new(Gfn, Leaves * Size.FrameCount());

    /// <summary>The frames.</summary>
    public PfnRange Frames => new(Frame, Leaves * Size.FrameCount());

    /// <summary>The request in words.</summary>
    public override string ToString() => $"{Gfn} to {Frame}, {Size}, {Kind}{(Writable ? ", writable" : "")}";
}
