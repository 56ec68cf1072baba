namespace GuestMemory;

/// <summary>A store of pages over the machine's frame pool: the inode of a guest_memfd, a memfd, or a piece of anonymous memory.</summary>
/// <remarks>
/// What a store allows is a value (<see cref="BackingProperties"/>), not a subclass. Its pages live as long as it does, whoever
/// maps or binds them. Cost follows runs of pages. Not thread-safe.
/// </remarks>
public sealed partial class BackingStore : IBackingStore, IStateful
{
    private readonly Machine _machine;
    private readonly RangeMap<StoredPage> _pages = new();
    private readonly List<IBackingListener> _listeners = [];
    private readonly List<PageIndexRange> _open = [];
    private readonly List<RangeEntry<StoredPage>> _leaving = [];

    internal BackingStore(Machine machine, int id)
    {
        _machine = machine;
        Id = id;
    }

    /// <summary>Its number on the machine.</summary>
    public int Id { get; }

    /// <summary>Whether it exists.</summary>
    public bool IsLive { get; private set; }

    /// <inheritdoc/>
    public BackingProperties Properties { get; private set; }

    /// <summary>Size in bytes; below 2^63.</summary>
    public ulong Size { get; private set; }

    /// <summary>Kind of its pages towards the host: only shared ones may be touched by a process.</summary>
    public PageKind Kind { get; private set; }

    /// <summary>Number of pages, the last one whole; the last large page whole where they are indivisible.</summary>
    public ulong PageCount
    {
        get
        {
            var pages = (Size + 4095) / 4096;
            var mask = Properties.Divisible ? 0 : (1UL << Properties.LargestOrder) - 1;
            return (pages + mask) & ~mask;
        }
    }

    /// <summary>Number of pages it holds.</summary>
    public ulong HeldPages => _pages.TotalLength;

    /// <summary>The runs of pages it holds, in order of index.</summary>
    public ReadOnlySpan<RangeEntry<StoredPage>> Pages => _pages.Runs;

    /// <summary>Open invalidations, in order of page.</summary>
    public IReadOnlyList<PageIndexRange> OpenInvalidations => _open;

    /// <summary>Whether a page has bytes here, in a frame or written out.</summary>
    /// <param name="index">The page.</param>
    public bool Holds(PageIndex index) => _pages.ContainsAny(index.Value, index.Value + 1) || IsSwappedOut(index);

    /// <summary>The page a store holds at an index, without allocating it.</summary>
    /// <param name="index">The page.</param>
    /// <param name="page">Frame and state.</param>
    public bool TryLookUp(PageIndex index, out StoredPage page) => _pages.TryGet(index.Value, out page);

    /// <inheritdoc/>
    public Outcome GetPage(PageIndex index, out BackingPage page)
    {
        page = default;
        if (index.Value >= PageCount)
        {
            return CoreRules.BeyondEnd.Refuse(index.Value);
        }

        if (!_pages.TryGet(index.Value, out var stored))
        {
            var allocated = TryTakeLarge(index) ? Outcome.Success : Allocate(new(index, 1));
            if (!allocated.IsSuccess)
            {
                return allocated;
            }

            _pages.TryGet(index.Value, out stored);
        }

        if (stored.Flags.HasFlag(StoredPageFlags.Poisoned) && !_machine.IsOff(CoreRules.Poisoned))
        {
            return CoreRules.Poisoned.Refuse(index.Value);
        }

        page = new(stored.Frame, OrderOf(index), stored.Flags.HasFlag(StoredPageFlags.Cleared), Writable: true);
        return Outcome.Success;
    }

    /// <summary>Allocates what is missing in a range. What is there stays as it is; nothing is cleared.</summary>
    /// <param name="pages">The pages.</param>
    /// <returns>Success, or out of frames; then what was allocated before stays (<see cref="AllocatePartialEffect"/>).</returns>
    public Outcome Allocate(PageIndexRange pages)
    {
        if (pages.End.Value > PageCount)
        {
            return CoreRules.BeyondEnd.Refuse(pages.End.Value);
        }

        var at = pages.Start.Value;
        while (at < pages.End.Value && _pages.TryFirstGap(at, pages.End.Value, out var start, out var end))
        {
            if (!TryFill(start, end, out at))
            {
                return CoreRules.OutOfFrames.Refuse(start);
            }
        }

        return Outcome.Success;
    }

    /// <summary>What <see cref="Allocate"/> leaves when frames run out.</summary>
    public static PartialEffect AllocatePartialEffect { get; } = new(
        "fallocate", "no frame is left", "pages allocated before the failing one", "guest-memfd, allocation");

    /// <summary>Zeroes a page that was never used, and the large page it is part of, and marks it usable. Nothing happens to one that was.</summary>
    /// <param name="index">A page the store holds.</param>
    public void ClearForUse(PageIndex index)
    {
        _pages.TryGet(index.Value, out var stored);
        if (!stored.Flags.HasFlag(StoredPageFlags.Cleared))
        {
            var size = PageSizes.FromOrder(OrderOf(index));
            var pages = new PageIndexRange(index.AlignDown(size), size.FrameCount());
            _machine.Contents.Clear(new(stored.Frame.AlignDown(size), size.FrameCount()));
            AddFlags(pages, StoredPageFlags.Cleared);
            Emit(StepKind.PageCleared, pages.Start.Value, pages.Count, Outcome.Success);
        }
    }

    /// <summary>Adds state flags to pages the store holds.</summary>
    /// <param name="pages">The pages.</param>
    /// <param name="flags">The flags.</param>
    public void AddFlags(PageIndexRange pages, StoredPageFlags flags)
    {
        var at = pages.Start.Value;
        while (at < pages.End.Value)
        {
            if (!_pages.TryGetRun(at, out var run))
            {
                throw new ModelInvariantException("store", $"page 0x{at:x} of store {Id} is marked but not held");
            }

            var end = Math.Min(run.End, pages.End.Value);
            var value = run.Value.Advance(at - run.Start);
            if ((value.Flags & flags) != flags)
            {
                _pages.Set(at, end, value with { Flags = value.Flags | flags });
            }

            at = end;
        }
    }

    /// <summary>Order of the aligned run of like pages around a page, at most the store's largest.</summary>
    /// <param name="index">A page the store holds.</param>
    public int OrderOf(PageIndex index)
    {
        for (var order = Properties.LargestOrder; order > 0; order -= 9)
        {
            var granule = 1UL << order;
            var start = index.Value & ~(granule - 1);
            if (_pages.TryGetRun(index.Value, out var run) && run.Start <= start && run.End >= start + granule
                && (run.Value.Advance(start - run.Start).Frame.Value & (granule - 1)) == 0)
            {
                return order;
            }
        }

        return 0;
    }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Flag(IsLive);
        if (!IsLive)
        {
            return;
        }

        StoreState.WriteHead(ref writer, this);
        WritePages(ref writer);
    }

    /// <summary>Writes what changes while the store is there: the pages it holds, those written out, open invalidations.</summary>
    /// <param name="writer">Where to.</param>
    public void WritePages(ref StateWriter writer)
    {
        writer.Runs(_pages, static (ref writer, in value) =>
        {
            writer.UInt64(value.Frame.Value);
            writer.Byte((byte)value.Flags);
        });
        WriteSwapped(ref writer);
        writer.Int32(_open.Count);
        foreach (var open in _open)
        {
            writer.UInt64(open.Start.Value);
            writer.UInt64(open.End.Value);
        }
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        _pages.Clear();
        _open.Clear();
        _listeners.Clear();
        _swapped.Clear();
        IsLive = reader.Flag();
        if (!IsLive)
        {
            return;
        }

        (Properties, Size, Kind) = StoreState.ReadHead(ref reader);
        ReadPages(ref reader);
    }

    /// <summary>Replaces what <see cref="WritePages"/> wrote; listeners stay.</summary>
    /// <param name="reader">Where from.</param>
    /// <exception cref="FormatException">The bytes are not such pages.</exception>
    public void ReadPages(ref StateReader reader)
    {
        _open.Clear();
        _swapped.Clear();
        reader.Runs(_pages, static (ref reader) => new(new(reader.UInt64()), (StoredPageFlags)reader.Byte()));
        ReadSwapped(ref reader);
        for (var left = reader.Count(); left > 0; left--)
        {
            var start = reader.UInt64();
            _open.Add(PageIndexRange.FromBounds(new(start), new(reader.UInt64())));
        }
    }

    internal void Open(BackingProperties properties, ulong size, PageKind kind)
    {
        Properties = properties;
        Size = size;
        Kind = kind;
        IsLive = true;
    }

    internal void Grow(ulong size) => Size = Math.Max(Size, size);

    internal void Shrink(ulong size)
    {
        Size = Math.Min(Size, size);
        if (_pages.ContainsAny(PageCount, ulong.MaxValue))
        {
            throw new InvalidOperationException($"Store {Id} holds pages beyond {size} bytes.");
        }
    }

    internal void Close()
    {
        LoseToDeadGuests();
        var freed = Punch(new(default, PageCount));
        if (!freed.IsSuccess)
        {
            throw new InvalidOperationException($"Store {Id} is destroyed while somebody uses its pages: {freed}.");
        }

        _listeners.Clear();
        IsLive = false;
    }

    // A page asked for alone comes as part of the largest page that fits where it is: all of it within the store, none of it held.
    private bool TryTakeLarge(PageIndex index)
    {
        for (var order = Properties.LargestOrder; order > 0; order -= 9)
        {
            var granule = 1UL << order;
            var first = index.Value & ~(granule - 1);
            if (first + granule <= PageCount && !_pages.ContainsAny(first, first + granule)
                && _machine.Frames.TryTake(new(order, granule, FramePurpose.Guest), out var frames))
            {
                Take(first, frames);
                return true;
            }

            if (!Properties.Divisible)
            {
                break;
            }
        }

        return false;
    }

    private bool TryFill(ulong start, ulong end, out ulong next)
    {
        for (var order = Properties.LargestOrder; order >= 0; order -= 9)
        {
            var granule = 1UL << order;
            var first = start & ~(granule - 1);
            var whole = Properties.Divisible ? end & ~(granule - 1) : (end + granule - 1) & ~(granule - 1);
            whole = Math.Min(whole, StartOfLarger(start, end, order));
            var fits = first == start ? whole > first : !Properties.Divisible;
            if (fits && _machine.Frames.TryTake(new(order, PiecesOf(granule, whole - first), FramePurpose.Guest), out var frames))
            {
                next = first + frames.Count;
                Take(first, frames);
                return true;
            }

            if (!Properties.Divisible)
            {
                break;
            }
        }

        next = start;
        return false;
    }

    // Small pages only up to where a larger one fits whole.
    private ulong StartOfLarger(ulong start, ulong end, int order)
    {
        var granule = 1UL << (order + 9);
        var next = (start + granule - 1) & ~(granule - 1);
        return order < Properties.LargestOrder && next > start && end > next && end - next >= granule ? next : ulong.MaxValue;
    }

    private void Take(ulong first, PfnRange frames)
    {
        _pages.Set(first, first + frames.Count, new(frames.Start, StoredPageFlags.None));
        if (!Properties.DirectMapped)
        {
            _machine.DirectMap.Remove(frames);
        }

        if (_swapped.Count > 0)
        {
            BringBack(first, frames);
        }
    }
}
