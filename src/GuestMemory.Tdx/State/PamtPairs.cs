namespace GuestMemory.Tdx;

/// <summary>The page pairs that hold 4K entries, in modules with Dynamic PAMT. A 2M entry of type PT_PAMT names its two pages: owner field and block epoch.</summary>
/// <remarks>Which pages serve is read from these entries, and kept as a set only to be found. Source: tdx-module-2, Dynamic PAMT.</remarks>
public sealed class PamtPairs
{
    private readonly SortedSet<ulong> _pages = [];
    private readonly Pamt _pamt;
    private readonly bool _isDynamic;

    internal PamtPairs(TdxPlatform platform, Pamt pamt) => (_isDynamic, _pamt) = (platform.Version.HasDynamicPamt, pamt);

    /// <summary>Whether a page holds 4K entries.</summary>
    /// <param name="frame">The page.</param>
    public bool Serves(Pfn frame) => _pages.Count > 0 && _pages.Contains(frame.Value);

    /// <summary>Whether a page within 2M holds 4K entries.</summary>
    /// <param name="frame">A frame of the 2M.</param>
    public bool ServesWithin(Pfn frame)
    {
        var first = frame.AlignDown(PageSize.Size2M);
        return _pages.Count > 0 && _pages.GetViewBetween(first.Value, first.Value + PageSize.Size2M.FrameCount() - 1).Count > 0;
    }

    /// <summary>Whether a 2M range has its pair.</summary>
    /// <param name="frame">A frame of the range.</param>
    public bool IsThere(Pfn frame) => _pamt[PageSize.Size2M, frame].Type == PageType.Pamt;

    /// <summary>Whether a page cannot be used by itself for want of a pair: no large page covers it, and nothing holds its 4K entry.</summary>
    /// <param name="frame">The page.</param>
    public bool IsMissing(Pfn frame)
    {
        if (!_isDynamic)
        {
            return false;
        }

        _pamt.LookUp(frame, out var size);
        return size == PageSize.Size4K && !IsThere(frame);
    }

    /// <summary>The pages of a range's pair.</summary>
    /// <param name="frame">A frame of a range that has its pair.</param>
    public (Pfn First, Pfn Second) PagesOf(Pfn frame)
    {
        var entry = _pamt[PageSize.Size2M, frame];
        return (entry.Owner, new(entry.Bepoch));
    }

    // A range gets its pair.
    internal void Give(Pfn frame, Pfn first, Pfn second)
    {
        _pamt.Write(PageSize.Size2M, frame, new(PageType.Pamt, first, second.Value));
        _pages.Add(first.Value);
        _pages.Add(second.Value);
    }

    // A range loses its pair.
    internal void Take(Pfn frame)
    {
        var (first, second) = PagesOf(frame);
        _pamt.Write(PageSize.Size2M, frame, default);
        _pages.Remove(first.Value);
        _pages.Remove(second.Value);
    }

    internal void Find()
    {
        _pages.Clear();
        if (!_isDynamic)
        {
            return;
        }

        foreach (var run in _pamt.Runs())
        {
            if (run.Size == PageSize.Size2M && run.Entry.Type == PageType.Pamt)
            {
                _pages.Add(run.Entry.Owner.Value);
                _pages.Add(run.Entry.Bepoch);
            }
        }
    }
}
