namespace GuestMemory.Testing;

/// <summary>What a backing store should hold: a map from page to frame, who uses which, and what became of frames given back.</summary>
internal sealed class BackingModel
{
    private readonly RangeMap<StoredPage> _held = new();
    private readonly RangeSet _mapped = new();
    private readonly Dictionary<Pfn, int> _pins = [];
    private readonly RangeSet _returned = new();

    /// <summary>Whether a page is there.</summary>
    public bool Holds(PageIndex index) => _held.TryGet(index.Value, out _);

    /// <summary>The frame behind a page that is there.</summary>
    public bool TryFrame(PageIndex index, out Pfn frame)
    {
        var held = _held.TryGet(index.Value, out var page);
        frame = page.Frame;
        return held;
    }

    /// <summary>Pages that are there in a range.</summary>
    public ulong CountIn(PageIndexRange pages)
    {
        var count = 0UL;
        foreach (var run in _held.Overlapping(pages.Start.Value, pages.End.Value))
        {
            count += run.Length;
        }

        return count;
    }

    /// <summary>Whether a guest maps a page of a range.</summary>
    public bool IsMapped(PageIndexRange pages) => _mapped.ContainsAny(pages.Start.Value, pages.End.Value);

    /// <summary>A guest maps a page.</summary>
    public void Map(PageIndex index) => _mapped.Add(index.Value, index.Value + 1);

    /// <summary>A guest lets go of a page.</summary>
    public void Unmap(PageIndex index) => _mapped.Remove(index.Value, index.Value + 1);

    /// <summary>A device pins a frame once more.</summary>
    public void Pin(Pfn frame) => _pins[frame] = _pins.GetValueOrDefault(frame) + 1;

    /// <summary>The device lets go once of a frame it pinned, the lowest.</summary>
    public bool TryUnpin(out Pfn frame)
    {
        var pinned = _pins.Where(pin => pin.Value > 0).Select(pin => pin.Key).Order().ToArray();
        frame = pinned.FirstOrDefault();
        if (pinned.Length > 0)
        {
            _pins[frame]--;
        }

        return pinned.Length > 0;
    }

    /// <summary>A page was given, with the run of like pages around it.</summary>
    /// <returns>What is wrong with it; <see langword="null"/> for nothing.</returns>
    public string? Take(PageIndex index, in BackingPage page)
    {
        var count = 1UL << page.Order;
        var first = index.Value & ~(count - 1);
        if (((page.Frame.Value - (index.Value - first)) & (count - 1)) != 0)
        {
            return $"{index} is given {page}, whose run is not aligned";
        }

        var run = new StoredPage(new(page.Frame.Value - (index.Value - first)), StoredPageFlags.None);
        foreach (var held in _held.Overlapping(first, first + count))
        {
            if (held.Value != run.Advance(held.Start - first))
            {
                return $"{index} is given {page}; page 0x{held.Start:x} was given {held.Value.Frame} before";
            }
        }

        return TakeRun(first, run, count);
    }

    /// <summary>Pages go; what is pinned of their frames stays out of the pool.</summary>
    public void Free(PageIndexRange pages)
    {
        foreach (var run in _held.Overlapping(pages.Start.Value, pages.End.Value))
        {
            _returned.Add(run.Value.Frame.Value, run.Value.Frame.Value + run.Length);
        }

        _held.Remove(pages.Start.Value, pages.End.Value);
    }

    /// <summary>What the pool says wrongly of the first and last frame of each run, held or given back; <see langword="null"/> for nothing.</summary>
    public string? FirstWrongFrame(FramePool pool)
    {
        foreach (var run in _held.Runs)
        {
            var last = run.Value.Frame + (run.Length - 1);
            if (pool[run.Value.Frame] != FrameState.InUse || pool[last] != FrameState.InUse)
            {
                return $"{run.Value.Frame} to {last} are held and said to be {pool[run.Value.Frame]} and {pool[last]}";
            }
        }

        foreach (var frame in ReturnedFrames())
        {
            var expected = _pins.GetValueOrDefault(frame) > 0 ? FrameState.Deferred : FrameState.Free;
            if (pool[frame] != expected)
            {
                return $"{frame} was given back and is {pool[frame]}; it should be {expected}";
            }
        }

        return null;
    }

    // The ends of runs, and what is pinned.
    private IEnumerable<Pfn> ReturnedFrames() =>
        _returned.Runs.ToArray().SelectMany(run => new Pfn[] { new(run.Start), new(run.End - 1) }).Concat(_pins.Keys.Where(frame => _returned.Contains(frame.Value)));

    private string? TakeRun(ulong first, StoredPage run, ulong count)
    {
        foreach (var other in _held.Runs)
        {
            var frames = new PfnRange(other.Value.Frame, other.Length);
            var isSame = other.Start < first + count && first < other.End;
            if (!isSame && frames.Overlaps(new(run.Frame, count)))
            {
                return $"page 0x{first:x} is given {run.Frame}, which is behind page 0x{other.Start:x} already";
            }
        }

        _held.Set(first, first + count, run);
        _returned.Remove(run.Frame.Value, run.Frame.Value + count);
        return null;
    }
}
