namespace GuestMemory;

/// <summary>Answers "who maps this frame, and as what": counts by kind kept at hand, names found by asking the mappers.</summary>
/// <remarks>Derived from the mappers' own tables; a sweep proves it equal. Not thread-safe.</remarks>
public sealed class ReverseIndex : IStateful
{
    private readonly RangeMap<MapCounts> _counts = new();
    private readonly List<IFrameMapper> _mappers = [];

    /// <summary>The mappers, by what they are and their number; of two alike the older first. No outcome depends on who came first.</summary>
    public IReadOnlyList<IFrameMapper> Mappers => _mappers;

    /// <summary>Runs of frames that are mapped at all.</summary>
    public ReadOnlySpan<RangeEntry<MapCounts>> Runs => _counts.Runs;

    /// <summary>Adds a mapper.</summary>
    /// <param name="mapper">The mapper; it maps nothing yet.</param>
    public void Register(IFrameMapper mapper)
    {
        ArgumentNullException.ThrowIfNull(mapper);
        _mappers.InsertSorted(mapper, static (left, right) => left.Id.ToInfo() < right.Id.ToInfo());
    }

    /// <summary>Takes a mapper away.</summary>
    /// <param name="mapper">The mapper; it maps nothing any more.</param>
    public void Unregister(IFrameMapper mapper) => _mappers.Remove(mapper);

    /// <summary>Takes away every tree of a guest, those behind another included.</summary>
    internal void UnregisterAll(MapperId id) => _mappers.RemoveAll(mapper => mapper.Id == id);

    /// <summary>Counts of one frame.</summary>
    /// <param name="frame">The frame.</param>
    public MapCounts this[Pfn frame] => _counts.TryGet(frame.Value, out var counts) ? counts : default;

    /// <summary>Counts one more entry over a run of frames.</summary>
    /// <param name="frames">The frames.</param>
    /// <param name="kind">The entry's kind.</param>
    public void Add(PfnRange frames, PageKind kind) => Change(frames, kind, 1);

    /// <summary>Counts one entry less over a run of frames.</summary>
    /// <param name="frames">The frames.</param>
    /// <param name="kind">The entry's kind.</param>
    /// <exception cref="ModelInvariantException">There was none.</exception>
    public void Remove(PfnRange frames, PageKind kind) => Change(frames, kind, -1);

    /// <summary>Whether any frame of a run has an entry of one of the kinds.</summary>
    /// <param name="frames">The frames.</param>
    /// <param name="kinds">The kinds.</param>
    public bool AnyMapped(PfnRange frames, KindFilter kinds)
    {
        foreach (var run in _counts.Overlapping(frames.Start.Value, frames.End.Value))
        {
            if ((kinds.HasFlag(KindFilter.Shared) && run.Value.Shared > 0) || (kinds.HasFlag(KindFilter.Private) && run.Value.Private > 0))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Who maps frames of a run, and as what.</summary>
    /// <param name="frames">The frames.</param>
    public IReadOnlyList<FrameMapping> WhoMaps(PfnRange frames)
    {
        var found = new List<FrameMapping>();
        foreach (var mapper in _mappers)
        {
            mapper.FindMappings(frames, found);
        }

        return found;
    }

    /// <summary>The refusal of a step over frames that still have entries of a kind, naming the first mapper.</summary>
    /// <param name="frames">The frames.</param>
    /// <param name="kinds">The kinds that must not be there.</param>
    public Outcome StillMapped(PfnRange frames, KindFilter kinds)
    {
        foreach (var mapping in WhoMaps(frames))
        {
            if (kinds.HasFlag(mapping.Kind == PageKind.Shared ? KindFilter.Shared : KindFilter.Private))
            {
                return CoreRules.UnmapBeforeConvert.Refuse(mapping.Mapper.ToInfo());
            }
        }

        throw new ModelInvariantException("reverse-index", $"{frames} counted as mapped, but no mapper maps it");
    }

    /// <summary>Counts again from the mappers' own tables.</summary>
    public void Rebuild()
    {
        _counts.Clear();
        var everything = PfnRange.FromBounds(default, new(ulong.MaxValue));
        foreach (var mapping in WhoMaps(everything))
        {
            Add(mapping.Frames, mapping.Kind);
        }
    }

    /// <summary>Writes the counts. They follow from the mappers' tables: a machine's own state does without them.</summary>
    /// <param name="writer">Where to.</param>
    public void WriteState(ref StateWriter writer)
    {
        writer.Int32(_counts.Count);
        foreach (ref readonly var run in _counts.Runs)
        {
            writer.UInt64(run.Start);
            writer.UInt64(run.End);
            writer.Int32(run.Value.Shared);
            writer.Int32(run.Value.Private);
        }
    }

    /// <summary>Replaces the counts by written ones: those of the tables as they were then.</summary>
    /// <param name="reader">Where from.</param>
    public void ReadState(ref StateReader reader)
    {
        _counts.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            var start = reader.UInt64();
            _counts.Append(start, reader.UInt64(), new(reader.Int32(), reader.Int32()));
        }
    }

    private void Change(PfnRange frames, PageKind kind, int by)
    {
        var at = frames.Start.Value;
        var end = frames.End.Value;
        while (at < end)
        {
            MapCounts old = default;
            ulong stop;
            var index = _counts.FindRun(at);
            if (index >= 0)
            {
                var run = _counts[index];
                old = run.Value;
                stop = Math.Min(run.End, end);
            }
            else
            {
                stop = ~index < _counts.Count ? Math.Min(_counts[~index].Start, end) : end;
            }

            Put(at, stop, kind == PageKind.Shared ? old with { Shared = old.Shared + by } : old with { Private = old.Private + by });
            at = stop;
        }
    }

    private void Put(ulong start, ulong end, MapCounts counts)
    {
        if (counts.Shared < 0 || counts.Private < 0)
        {
            throw new ModelInvariantException("reverse-index", $"pfn 0x{start:x} lost an entry it never had");
        }

        if (counts == default)
        {
            _counts.Remove(start, end);
        }
        else
        {
            _counts.Set(start, end, counts);
        }
    }
}
