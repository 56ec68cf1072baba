namespace GuestMemory;

/// <summary>A nested page table with 4K, 2M and 1G leaves, kept as runs of like leaves.</summary>
/// <remarks>Kind and rights of a leaf are fixed when it is made. Cost follows runs. Not thread-safe.</remarks>
public sealed class NestedPageTable : ISecondaryMmu, IFrameMapper, IStateful
{
    private readonly RangeMap<Translation> _leaves = new();
    private readonly UnflushedTranslations _unflushed = new();
    private readonly InvalidationSequence _sequence;
    private readonly ReverseIndex _index;
    private readonly TranslationCache _cache;
    private readonly Enforcement _enforcement;
    private readonly RuleSwitches _rules;

    /// <summary>Creates an empty table.</summary>
    /// <param name="id">Its name in the reverse index.</param>
    /// <param name="sequence">The VM's invalidation sequence.</param>
    /// <param name="index">The machine's reverse index; the table registers itself.</param>
    /// <param name="cache">What the VM's vCPUs hold cached; flushing drops it.</param>
    /// <param name="enforcement">Whether a map against unmap-before-convert is refused.</param>
    /// <param name="rules">Which rules are off; <see langword="null"/> for none.</param>
    public NestedPageTable(MapperId id, InvalidationSequence sequence, ReverseIndex index, TranslationCache cache, Enforcement enforcement, RuleSwitches? rules = null)
    {
        ArgumentNullException.ThrowIfNull(index);
        Id = id;
        _sequence = sequence;
        _index = index;
        _cache = cache;
        _enforcement = enforcement;
        _rules = rules ?? RuleSwitches.AllOn;
        index.Register(this);
    }

    /// <inheritdoc/>
    public MapperId Id { get; }

    /// <summary>The runs of like leaves, in order of input frame.</summary>
    public ReadOnlySpan<RangeEntry<Translation>> Runs => _leaves.Runs;

    /// <summary>What was unmapped and not flushed yet.</summary>
    public IReadOnlyList<UnflushedRun> Unflushed => _unflushed.Runs;

    /// <inheritdoc/>
    public MmuAnswer Map(in MapRequest request)
    {
        if (_sequence.MustRetry(request.Sample, request.Gfns))
        {
            return MmuAnswer.Retry;
        }

        var otherKind = request.Kind == PageKind.Private ? KindFilter.Shared : KindFilter.Private;
        if (_enforcement == Enforcement.Enforce && _index.AnyMapped(request.Frames, otherKind))
        {
            return MmuAnswer.Refused(_index.StillMapped(request.Frames, otherKind));
        }

        Replace(request);
        return MmuAnswer.Done;
    }

    /// <inheritdoc/>
    public MmuAnswer Unmap(GfnRange range, KindFilter kinds)
    {
        var window = WholeLeaves(range);
        foreach (var run in _leaves.Overlapping(window.Start.Value, window.End.Value))
        {
            if (Takes(kinds, run.Value.Kind))
            {
                _unflushed.Add(run);
            }
        }

        // Neighbours go at once: what lies behind them moves once, however many they are.
        var from = window.Start.Value;
        while (TryNextKept(from, window.End.Value, kinds, out var kept))
        {
            _leaves.Remove(from, kept.Start);
            from = kept.End;
        }

        _leaves.Remove(from, window.End.Value);
        return MmuAnswer.Done;
    }

    /// <inheritdoc/>
    public MmuAnswer Flush(GfnRange range)
    {
        _cache.Drop(range);
        while (_unflushed.TryTake(range, out var run))
        {
            _cache.Drop(GfnRange.FromBounds(new(run.Start), new(run.End)));
            _index.Remove(new(run.Value.Frame, run.End - run.Start), run.Value.Kind);
        }

        return MmuAnswer.Done;
    }

    /// <inheritdoc/>
    public MmuAnswer Split(Gfn gfn)
    {
        if (!_leaves.TryGet(gfn.Value, out var translation))
        {
            return MmuAnswer.Refused(CoreRules.NotPresent.Refuse(gfn.Value));
        }

        if (translation.Size != PageSize.Size4K)
        {
            var start = gfn.AlignDown(translation.Size);
            _leaves.TryGet(start.Value, out var leaf);
            var smaller = leaf with { Size = leaf.Size == PageSize.Size1G ? PageSize.Size2M : PageSize.Size4K };
            _leaves.Set(start.Value, (start + translation.Size.FrameCount()).Value, smaller);
        }

        return MmuAnswer.Done;
    }

    /// <inheritdoc/>
    public MmuAnswer Merge(Gfn gfn, PageSize size)
    {
        if (!_leaves.TryGetRun(gfn.Value, out var run) || (!IsMergeable(run, gfn, size) && !_rules.IsOff(CoreRules.NotMergeable)))
        {
            return MmuAnswer.Refused(CoreRules.NotMergeable.Refuse(gfn.Value));
        }

        _leaves.Set(gfn.Value, (gfn + size.FrameCount()).Value, run.Value.Advance(gfn.Value - run.Start) with { Size = size });
        return MmuAnswer.Done;
    }

    /// <inheritdoc/>
    public bool TryTranslate(Gfn gfn, out Translation translation) => _leaves.TryGet(gfn.Value, out translation);

    /// <summary>The runs of like leaves in a range, cut to it.</summary>
    /// <param name="range">The input frames.</param>
    public RangeOverlaps<Translation> RunsIn(GfnRange range) => _leaves.Overlapping(range.Start.Value, range.End.Value);

    /// <summary>Finds a leaf in a range, one that awaits its flush included.</summary>
    /// <param name="range">The input frames.</param>
    /// <param name="gfn">First input frame found.</param>
    public bool TryFindIn(GfnRange range, out Gfn gfn)
    {
        var found = TryNextRun(range.Start.Value, range.End.Value, out var run);
        gfn = new(run.Start);
        foreach (var unflushed in _unflushed.Runs)
        {
            if (!found && unflushed.Gfns.Overlaps(range))
            {
                found = true;
                gfn = unflushed.Gfns.Start;
            }
        }

        return found;
    }

    /// <summary>Takes the write right from leaves of a range, and from what is cached of them, so that the next write faults (dirty logging).</summary>
    /// <param name="range">The input frames. Whole leaves lose the right: a leaf has one set of rights.</param>
    public void WriteProtect(GfnRange range)
    {
        var window = WholeLeaves(range);
        _cache.Drop(window);
        var at = window.Start.Value;
        while (TryNextRun(at, window.End.Value, out var run))
        {
            at = run.End;
            if (run.Value.Writable)
            {
                _leaves.Set(run.Start, run.End, run.Value with { Writable = false });
            }
        }
    }

    /// <inheritdoc/>
    public void FindMappings(PfnRange frames, ICollection<FrameMapping> found)
    {
        ArgumentNullException.ThrowIfNull(found);
        foreach (var run in _leaves.Runs)
        {
            AddIfWithin(frames, run, awaitsFlush: false, found);
        }

        foreach (var run in _unflushed.Runs)
        {
            AddIfWithin(frames, run.AsEntry(), awaitsFlush: true, found);
        }
    }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Int32(_leaves.Count);
        foreach (var run in _leaves.Runs)
        {
            TranslationState.Write(ref writer, run);
        }

        _unflushed.WriteState(ref writer);
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        _leaves.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            var run = TranslationState.Read(ref reader);
            _leaves.Append(run.Start, run.End, run.Value);
        }

        _unflushed.ReadState(ref reader);
    }

    private static bool IsMergeable(in RangeEntry<Translation> run, Gfn gfn, PageSize size) =>
        gfn.IsAligned(size) && run.End >= (gfn + size.FrameCount()).Value && run.Value.Size <= size
        && run.Value.Advance(gfn.Value - run.Start).Frame.IsAligned(size);

    private void AddIfWithin(PfnRange frames, RangeEntry<Translation> run, bool awaitsFlush, ICollection<FrameMapping> found)
    {
        var mapped = new PfnRange(run.Value.Frame, run.End - run.Start);
        if (mapped.Overlaps(frames))
        {
            var common = mapped.Intersect(frames);
            found.Add(new(Id, common, run.Start + (common.Start - mapped.Start), run.Value.Kind, awaitsFlush));
        }
    }

    private void Replace(in MapRequest request)
    {
        var gfns = request.Gfns;
        SplitAround(gfns.Start, request.Size);
        SplitAround(gfns.End, request.Size);
        var at = gfns.Start.Value;
        while (TryNextRun(at, gfns.End.Value, out var run))
        {
            at = run.End;
            if (run.Value.Kind == request.Kind && run.Value.Frame == request.Frame + (run.Start - gfns.Start.Value))
            {
                _index.Remove(new(run.Value.Frame, run.End - run.Start), run.Value.Kind);
            }
            else
            {
                // What running CPUs may still use is given back by a flush only.
                _unflushed.Add(run);
            }
        }

        _leaves.Set(gfns.Start.Value, gfns.End.Value, new(request.Frame, request.Size, request.Kind, request.Writable));
        _index.Add(request.Frames, request.Kind);
    }

    private void SplitAround(Gfn boundary, PageSize size)
    {
        while (_leaves.TryGet(boundary.Value, out var leaf) && leaf.Size > size && !boundary.IsAligned(leaf.Size))
        {
            Split(boundary);
        }
    }

    private bool TryNextRun(ulong from, ulong end, out RangeEntry<Translation> run)
    {
        foreach (var next in _leaves.Overlapping(from, end))
        {
            run = next;
            return true;
        }

        run = default;
        return false;
    }

    private static bool Takes(KindFilter kinds, PageKind kind) =>
        (kinds & (kind == PageKind.Shared ? KindFilter.Shared : KindFilter.Private)) != 0;

    private bool TryNextKept(ulong from, ulong end, KindFilter kinds, out RangeEntry<Translation> kept)
    {
        foreach (var next in _leaves.Overlapping(from, end))
        {
            if (!Takes(kinds, next.Value.Kind))
            {
                kept = next;
                return true;
            }
        }

        kept = default;
        return false;
    }

    private GfnRange WholeLeaves(GfnRange range)
    {
        if (range.IsEmpty)
        {
            return range;
        }

        var start = _leaves.TryGet(range.Start.Value, out var first) ? range.Start.AlignDown(first.Size) : range.Start;
        var last = new Gfn(range.End.Value - 1);
        var end = _leaves.TryGet(last.Value, out var final) ? last.AlignDown(final.Size) + final.Size.FrameCount() : range.End;
        return GfnRange.FromBounds(start, end);
    }
}
