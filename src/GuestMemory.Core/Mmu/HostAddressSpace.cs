namespace GuestMemory;

/// <summary>A process's addresses: areas mapped to stores, and the page table entries made by touching them.</summary>
/// <remarks>
/// Every entry is a shared mapping. Pages are named by page number (address / 4096) as <see cref="PageIndex"/>. Listeners (the
/// VMs whose slots name these addresses) let go before an entry changes. Not thread-safe.
/// </remarks>
public sealed partial class HostAddressSpace : IPageSource, IBackingListener, IFrameMapper, IStateful
{
    private readonly Machine _machine;
    private readonly RangeMap<HostArea> _areas = new();
    private readonly RangeMap<HostEntry> _entries = new();
    private readonly List<IHostMappingListener> _listeners = [];

    internal HostAddressSpace(Machine machine, int number)
    {
        _machine = machine;
        Id = new(MapperKind.HostProcess, number);
        machine.Mappings.Register(this);
    }

    /// <inheritdoc/>
    public MapperId Id { get; }

    /// <summary>The mapped areas, in order of page number.</summary>
    public ReadOnlySpan<RangeEntry<HostArea>> Areas => _areas.Runs;

    /// <summary>The page table entries, in order of page number.</summary>
    public ReadOnlySpan<RangeEntry<HostEntry>> Entries => _entries.Runs;

    /// <summary>Adds a listener.</summary>
    /// <param name="listener">The listener.</param>
    public void Attach(IHostMappingListener listener) => _listeners.Add(listener);

    /// <summary>Takes a listener away.</summary>
    /// <param name="listener">The listener.</param>
    public void Detach(IHostMappingListener listener) => _listeners.Remove(listener);

    /// <summary>The area of a page.</summary>
    /// <param name="page">The page number.</param>
    /// <param name="area">The area, at that page.</param>
    public bool TryGetArea(PageIndex page, out HostArea area) => _areas.TryGet(page.Value, out area);

    /// <summary>Whether every page of a range is mapped.</summary>
    /// <param name="pages">The range.</param>
    public bool IsMapped(PageIndexRange pages) => _areas.ContainsAll(pages.Start.Value, pages.End.Value);

    /// <summary>Whether any area has a holder.</summary>
    /// <param name="holder">The mapper's own number.</param>
    public bool IsHeld(int holder)
    {
        foreach (var run in _areas.Runs)
        {
            if (run.Value.Holder == holder)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The frame a page's entry leads to.</summary>
    /// <param name="page">The page number.</param>
    /// <param name="frame">The frame.</param>
    /// <returns><see langword="false"/> when there is no entry, or only a marker of a broken page.</returns>
    public bool TryGetEntry(PageIndex page, out Pfn frame)
    {
        var found = TryGetWholeEntry(page, out var entry);
        frame = entry.Frame;
        return found && !entry.IsPoisoned;
    }

    /// <summary>A page's entry.</summary>
    /// <param name="page">The page number.</param>
    /// <param name="entry">The entry, at that page.</param>
    public bool TryGetWholeEntry(PageIndex page, out HostEntry entry) => _entries.TryGet(page.Value, out entry);

    /// <summary>Whether a page has an entry: something is mapped there, the zero page included, or was before it broke.</summary>
    /// <param name="page">The page number.</param>
    public bool HasEntry(PageIndex page) => _entries.ContainsAny(page.Value, page.Value + 1);

    /// <summary>Maps a store. What was mapped there is unmapped first.</summary>
    /// <param name="pages">The pages.</param>
    /// <param name="area">What they map to.</param>
    public void Map(PageIndexRange pages, in HostArea area)
    {
        Unmap(pages);
        AttachTo(area.Store);
        _areas.Set(pages.Start.Value, pages.End.Value, area);
    }

    /// <summary>Unmaps a range. The pages of a private area go with it.</summary>
    /// <param name="pages">The pages; parts may be unmapped already.</param>
    public void Unmap(PageIndexRange pages)
    {
        Zap(pages);
        while (TryFirstArea(pages, out var run))
        {
            _areas.Remove(run.Start, run.End);
            Forget(run);
        }
    }

    /// <summary>Drops the entries of a range; a private area's pages go with them, a shared one's stay in the store.</summary>
    /// <param name="pages">The pages.</param>
    public void Discard(PageIndexRange pages)
    {
        Zap(pages);
        foreach (var run in _areas.Overlapping(pages.Start.Value, pages.End.Value))
        {
            if (!run.Value.IsShared)
            {
                _machine.Store(run.Value.Store).Punch(new(run.Value.Index, run.End - run.Start));
            }
        }
    }

    /// <summary>Drops the entries of a range; every page stays with its store, to be mapped again when touched.</summary>
    /// <param name="pages">The pages.</param>
    public void Evict(PageIndexRange pages) => Zap(pages);

    /// <summary>Changes what the process may do with a range, and makes listeners let go.</summary>
    /// <param name="pages">The pages; all mapped.</param>
    /// <param name="rights">The new rights.</param>
    public void Protect(PageIndexRange pages, HostRights rights)
    {
        Notify(pages, begin: true);
        var at = pages.Start.Value;
        while (at < pages.End.Value && _areas.TryGetRun(at, out var run))
        {
            var end = Math.Min(run.End, pages.End.Value);
            _areas.Set(at, end, run.Value.Advance(at - run.Start) with { Rights = rights });
            at = end;
        }

        ChangeWriteRight(pages, rights.HasFlag(HostRights.Write));
        Notify(pages, begin: false);
    }

    /// <summary>Makes listeners let go of a range whose entries stay.</summary>
    /// <param name="pages">The pages.</param>
    public void LetGo(PageIndexRange pages)
    {
        Notify(pages, begin: true);
        Notify(pages, begin: false);
    }

    /// <summary>Marks areas of a range as locked.</summary>
    /// <param name="pages">The pages; all mapped.</param>
    public void Lock(PageIndexRange pages)
    {
        var at = pages.Start.Value;
        while (at < pages.End.Value && _areas.TryGetRun(at, out var run))
        {
            var end = Math.Min(run.End, pages.End.Value);
            _areas.Set(at, end, run.Value.Advance(at - run.Start) with { IsLocked = true });
            at = end;
        }
    }

    /// <inheritdoc/>
    public void FindMappings(PfnRange frames, ICollection<FrameMapping> found)
    {
        ArgumentNullException.ThrowIfNull(found);
        foreach (var run in _entries.Runs)
        {
            foreach (var mapped in FramesOf(run))
            {
                if (mapped.Frames.Overlaps(frames))
                {
                    var common = mapped.Frames.Intersect(frames);
                    found.Add(new(Id, common, mapped.Page + (common.Start - mapped.Frames.Start), PageKind.Shared, AwaitsFlush: false));
                }
            }
        }
    }
}
