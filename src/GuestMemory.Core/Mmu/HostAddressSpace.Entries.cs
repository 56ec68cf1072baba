namespace GuestMemory;

/// <content>The entries: made by touching, dropped by whoever changes what lies behind.</content>
public sealed partial class HostAddressSpace
{
    private readonly List<OpenHostInvalidation> _open = [];

    /// <inheritdoc/>
    public MmuAnswer BeginInvalidate(IBackingStore store, PageIndexRange pages, KindFilter kinds)
    {
        if (kinds.HasFlag(KindFilter.Shared) && store is BackingStore mapped)
        {
            foreach (var run in _areas.Runs)
            {
                OpenOver(mapped, pages, run);
            }
        }

        return MmuAnswer.Done;
    }

    /// <inheritdoc/>
    public void EndInvalidate(IBackingStore store, PageIndexRange pages)
    {
        for (var index = _open.Count - 1; index >= 0; index--)
        {
            var open = _open[index];
            if (store is BackingStore mapped && open.Store == mapped.Id && open.StorePages == pages)
            {
                _open.RemoveAt(index);
                Notify(open.Pages, begin: false);
            }
        }
    }

    /// <summary>Drops entries of a range, markers of broken pages included, inside an invalidation.</summary>
    /// <param name="pages">The pages.</param>
    private void Zap(PageIndexRange pages)
    {
        Notify(pages, begin: true);
        DropEntries(pages, keepPoison: false);
        Notify(pages, begin: false);
    }

    private void OpenOver(BackingStore store, PageIndexRange pages, in RangeEntry<HostArea> run)
    {
        var mine = new PageIndexRange(run.Value.Index, run.End - run.Start);
        if (run.Value.Store != store.Id || !mine.Overlaps(pages))
        {
            return;
        }

        var common = mine.Intersect(pages);
        var mapped = new PageIndexRange(new(run.Start + (common.Start - mine.Start)), common.Count);
        if (_entries.ContainsAny(mapped.Start.Value, mapped.End.Value))
        {
            _open.InsertSorted(new(store.Id, pages, mapped), static (left, right) => left.ComesBefore(right));
            Notify(mapped, begin: true);
            DropEntries(mapped, keepPoison: true);
        }
    }

    private void Notify(PageIndexRange pages, bool begin)
    {
        foreach (var listener in _listeners)
        {
            if (begin)
            {
                listener.BeginHostInvalidate(this, pages);
            }
            else
            {
                listener.EndHostInvalidate(this, pages);
            }
        }
    }

    private void DropEntries(PageIndexRange pages, bool keepPoison)
    {
        var end = pages.End.Value;
        while (_entries.TryLast(pages.Start.Value, end, out var run))
        {
            end = run.Start;
            if (run.Value.IsPoisoned && keepPoison)
            {
                continue;
            }

            _entries.Remove(run.Start, run.End);
            Count(run, add: false);
            if (_machine.Observer is not null)
            {
                _machine.Emit(new(StepKind.HostUnmapped, GuestId.None, run.Start, run.Length, (ulong)Id.Number, Outcome.Success));
            }
        }
    }

    // A page that is the process's own, or the store's, becomes writable at once; the zero page never is.
    private void ChangeWriteRight(PageIndexRange pages, bool writable)
    {
        var at = pages.Start.Value;
        while (TryNextEntries(at, pages.End.Value, out var run))
        {
            at = run.End;
            if (run.Value.Writable != writable && run.Value is { IsZeroPage: false, IsPoisoned: false })
            {
                _entries.Set(run.Start, run.End, run.Value with { Writable = writable });
            }
        }
    }

    private void SetEntry(PageIndex page, in HostEntry entry)
    {
        if (_entries.TryGet(page.Value, out var old))
        {
            Count(new(page.Value, page.Value + 1, old), add: false);
        }

        _entries.Set(page.Value, page.Value + 1, entry);
        Count(new(page.Value, page.Value + 1, entry), add: true);
        Emit(StepKind.HostMapped, page, entry.Frame);
    }

    private void Emit(StepKind kind, PageIndex page, Pfn frame)
    {
        if (_machine.Observer is not null)
        {
            _machine.Emit(new(kind, GuestId.None, page.Value, (ulong)Id.Number, frame.Value, Outcome.Success));
        }
    }

    private void Count(in RangeEntry<HostEntry> run, bool add)
    {
        if (run.Value.IsPoisoned)
        {
            return;
        }

        if (!run.Value.IsZeroPage)
        {
            CountOne(new(run.Value.Frame, run.End - run.Start), add);
            return;
        }

        for (var left = run.End - run.Start; left > 0; left--)
        {
            CountOne(new(FramePool.ZeroFrame, 1), add);
        }
    }

    private void CountOne(PfnRange frames, bool add)
    {
        if (add)
        {
            _machine.Mappings.Add(frames, PageKind.Shared);
        }
        else
        {
            _machine.Mappings.Remove(frames, PageKind.Shared);
        }
    }

    private static IEnumerable<MappedFrames> FramesOf(RangeEntry<HostEntry> run)
    {
        if (run.Value.IsPoisoned)
        {
            yield break;
        }

        if (!run.Value.IsZeroPage)
        {
            yield return new(new(run.Value.Frame, run.End - run.Start), run.Start);
            yield break;
        }

        for (var page = run.Start; page < run.End; page++)
        {
            yield return new(new(FramePool.ZeroFrame, 1), page);
        }
    }

    private bool TryNextEntries(ulong from, ulong end, out RangeEntry<HostEntry> run)
    {
        foreach (var next in _entries.Overlapping(from, end))
        {
            run = next;
            return true;
        }

        run = default;
        return false;
    }

    private bool TryFirstArea(PageIndexRange pages, out RangeEntry<HostArea> run)
    {
        foreach (var next in _areas.Overlapping(pages.Start.Value, pages.End.Value))
        {
            run = next;
            return true;
        }

        run = default;
        return false;
    }

    private void AttachTo(int store)
    {
        if (!MapsStore(store))
        {
            _machine.Store(store).Attach(this);
        }
    }

    private void Forget(in RangeEntry<HostArea> run)
    {
        var store = _machine.Store(run.Value.Store);
        if (!run.Value.IsShared)
        {
            store.Punch(new(run.Value.Index, run.End - run.Start));
        }

        if (!MapsStore(run.Value.Store))
        {
            store.Detach(this);
            if (run.Value.Holder < 0)
            {
                store.Close();
            }
        }
    }

    private bool MapsStore(int store)
    {
        foreach (var run in _areas.Runs)
        {
            if (run.Value.Store == store)
            {
                return true;
            }
        }

        return false;
    }
}
