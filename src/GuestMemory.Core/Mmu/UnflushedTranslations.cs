namespace GuestMemory;

/// <summary>Leaves that were unmapped and not flushed: no new walk finds them, running CPUs may. Sorted, so that order of unmapping leaves no trace.</summary>
internal sealed class UnflushedTranslations : IStateful
{
    private readonly List<UnflushedRun> _runs = [];

    public IReadOnlyList<UnflushedRun> Runs => _runs;

    public void Add(RangeEntry<Translation> run) =>
        _runs.InsertSorted(new(GfnRange.FromBounds(new(run.Start), new(run.End)), run.Value), Before);

    public bool TryTake(GfnRange range, out RangeEntry<Translation> taken)
    {
        for (var index = _runs.Count - 1; index >= 0; index--)
        {
            var run = _runs[index];
            if (run.Gfns.Overlaps(range))
            {
                _runs.RemoveAt(index);
                taken = Part(run, run.Gfns.Intersect(WholeLeaves(run.Gfns.Intersect(range), run.Translation.Size)));
                AddRest(run, GfnRange.FromBounds(run.Gfns.Start, new(taken.Start)));
                AddRest(run, GfnRange.FromBounds(new(taken.End), run.Gfns.End));
                return true;
            }
        }

        taken = default;
        return false;
    }

    public void WriteState(ref StateWriter writer)
    {
        writer.Int32(_runs.Count);
        foreach (var run in _runs)
        {
            TranslationState.Write(ref writer, run.AsEntry());
        }
    }

    public void ReadState(ref StateReader reader)
    {
        _runs.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            var run = TranslationState.Read(ref reader);
            _runs.Add(new(GfnRange.FromBounds(new(run.Start), new(run.End)), run.Value));
        }
    }

    // A CPU caches a leaf whole, so a flush of any part of it ends its use altogether.
    private static GfnRange WholeLeaves(GfnRange range, PageSize size) => GfnRange.FromBounds(
        range.Start.AlignDown(size), new Gfn(range.End.Value - 1).AlignDown(size) + size.FrameCount());

    private static RangeEntry<Translation> Part(in UnflushedRun run, GfnRange part) =>
        new(part.Start.Value, part.End.Value, run.Translation.Advance(part.Start - run.Gfns.Start));

    private void AddRest(in UnflushedRun run, GfnRange rest)
    {
        if (!rest.IsEmpty)
        {
            Add(Part(run, rest));
        }
    }

    private static bool Before(UnflushedRun left, UnflushedRun right)
    {
        var byGfn = left.Gfns.Start.CompareTo(right.Gfns.Start);
        return byGfn < 0 || (byGfn == 0 && left.Translation.Frame < right.Translation.Frame);
    }
}
