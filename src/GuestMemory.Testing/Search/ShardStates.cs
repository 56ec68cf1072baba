namespace GuestMemory.Testing;

/// <summary>What a search that will be merged with others keeps besides: how many steps each state had, and where each level begins.</summary>
internal sealed class ShardStates
{
    private readonly List<int[]> _levels = [];

    /// <summary>Counts of the states that were worked on.</summary>
    public Dictionary<uint, SearchCounts> Counts { get; } = [];

    public void Add(List<StateDegree> degrees)
    {
        foreach (var degree in degrees)
        {
            Counts[degree.State] = degree.Counts;
        }
    }

    /// <summary>A level is complete.</summary>
    public void BeginLevel(VisitedStates visited) =>
        _levels.Add([.. Enumerable.Range(0, VisitedStates.PartitionCount).Select(number => visited.Partition(number).Count)]);

    /// <summary>Steps from the first state; states were added level by level.</summary>
    public int DepthOf(int partition, int local)
    {
        // The first state was there before any level was complete; the first complete one is its successors.
        var depth = 0;
        while (depth < _levels.Count && local >= LevelEnd(depth, partition))
        {
            depth++;
        }

        return depth;
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(_levels.Count);
        foreach (var count in _levels.SelectMany(static level => level))
        {
            writer.Write(count);
        }

        writer.Write(Counts.Count);
        foreach (var (state, counts) in Counts)
        {
            writer.Write(state);
            writer.Write(counts.Transitions);
            writer.Write(counts.Refused);
            writer.Write(counts.Outside);
        }
    }

    public void Read(BinaryReader reader)
    {
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var level = new int[VisitedStates.PartitionCount];
            for (var at = 0; at < level.Length; at++)
            {
                level[at] = reader.ReadInt32();
            }

            _levels.Add(level);
        }

        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            Counts[reader.ReadUInt32()] = new(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        }
    }

    private int LevelEnd(int depth, int partition) => depth == 0 ? 0 : _levels[depth - 1][partition];
}
