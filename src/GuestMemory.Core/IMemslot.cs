namespace GuestMemory;

/// <summary>Binds a run of guest frames to pages: the shared side and the private side.</summary>
public interface IMemslot : IStateful
{
    /// <summary>The guest frames.</summary>
    GfnRange Gfns { get; }

    /// <summary>Whether guest writes are refused to memory and leave to the VMM instead.</summary>
    bool IsReadOnly { get; }

    /// <summary>Whether any side serves pages of a kind at all.</summary>
    /// <param name="kind">The kind wanted.</param>
    bool Serves(PageKind kind);

    /// <summary>Where the page behind a guest frame is.</summary>
    /// <param name="gfn">A frame of <see cref="Gfns"/>.</param>
    /// <param name="kind">The kind wanted.</param>
    /// <param name="location">Source and page.</param>
    /// <returns>Success; no backing when the slot has no such side; file gone when that side's file is released.</returns>
    Outcome Resolve(Gfn gfn, PageKind kind, out PageLocation location);

    /// <summary>Adds the guest frames whose shared side is a page of a source: what must go when those pages move.</summary>
    /// <param name="source">The source.</param>
    /// <param name="pages">Its pages.</param>
    /// <param name="found">Where to add.</param>
    void FindShared(IPageSource source, PageIndexRange pages, ICollection<GfnRange> found);

    /// <summary>A file is released: the side it served is gone from now on. Default: the slot has no file.</summary>
    /// <param name="file">The file, by its number on the machine.</param>
    void DetachFile(int file)
    {
    }
}
