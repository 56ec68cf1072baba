namespace GuestMemory.Testing;

/// <summary>Shards' results on their way to one report.</summary>
internal sealed class ShardMerge
{
    private readonly SortedDictionary<int, SearchReport> _reports = [];
    private readonly Dictionary<UInt128, MergedState> _states = [];
    private string? _identity;
    private int _of;

    public void Add(string path, BinaryReader reader)
    {
        var (identity, number, of) = (reader.ReadString(), reader.ReadInt32(), reader.ReadInt32());
        if (_identity is not null && (_identity != identity || _of != of))
        {
            throw new FormatException($"\"{path}\" is of another search: {identity} in {of} shards, not {_identity} in {_of}.");
        }

        (_identity, _of) = (identity, of);
        if (!_reports.TryAdd(number, ShardReport.Read(reader)))
        {
            throw new FormatException($"\"{path}\" is shard {number} once more.");
        }

        for (var left = reader.ReadInt64(); left > 0; left--)
        {
            var fingerprint = new UInt128(reader.ReadUInt64(), reader.ReadUInt64());
            AddState(fingerprint, new(reader.ReadUInt16(), reader.ReadBoolean(), new(reader.ReadUInt32(), reader.ReadUInt32(), reader.ReadUInt32())));
        }
    }

    public SearchReport Report()
    {
        if (_reports.Count != _of)
        {
            throw new FormatException($"Of {_of} shards {string.Join(", ", Enumerable.Range(1, _of).Where(number => !_reports.ContainsKey(number)))} are missing.");
        }

        var reports = _reports.Values.ToArray();
        var counterexample = reports.Select(static report => report.Counterexample).OfType<Counterexample>().MinBy(static found => found.Steps.Count);
        var counts = _states.Values.Aggregate(default(SearchCounts), static (sum, state) => sum + state.Counts);
        return new(
            reports[0].System, EndOf(reports), _states.Count, counts.Transitions, counts.Refused, counts.Outside, counterexample?.Steps.Count ?? _states.Values.Max(static state => state.Depth),
            _states.Values.Count(static state => !state.IsWorkedOn), reports.Max(static report => report.VisitedBytes), reports.Max(static report => report.FrontierBytes), new(reports.Sum(static report => report.Elapsed.Ticks)))
        {
            Counterexample = counterexample,
            Properties = [.. reports[0].Properties.Select((property, at) => property with { Holds = Holds(property.Kind, reports.Select(report => report.Properties[at].Holds)) })],
            RulesSeen = [.. reports.SelectMany(static report => report.RulesSeen).Distinct().Order(StringComparer.Ordinal)],
        };
    }

    private static bool Holds(PropertyKind kind, IEnumerable<bool> holds) => kind == PropertyKind.Sometimes ? holds.Any(static holds => holds) : holds.All(static holds => holds);

    private static SearchEnd EndOf(SearchReport[] reports) => reports.Any(static report => report.End == SearchEnd.Found)
        ? SearchEnd.Found
        : reports.Select(static report => report.End).FirstOrDefault(static end => end != SearchEnd.Exhausted, SearchEnd.Exhausted);

    // A state worked on by several shards has the same steps in each.
    private void AddState(UInt128 fingerprint, MergedState state)
    {
        if (_states.TryGetValue(fingerprint, out var known))
        {
            state = (state.IsWorkedOn ? state : known) with { Depth = Math.Min(state.Depth, known.Depth) };
        }

        _states[fingerprint] = state;
    }
}
