namespace GuestMemory.Testing;

/// <summary>The states visited, by fingerprint, in sixteen partitions that grow by themselves. Reading is safe from any thread while nobody adds; adding to different partitions is safe at once.</summary>
internal sealed class VisitedStates
{
    public const int PartitionBits = 4;
    public const int PartitionCount = 1 << PartitionBits;

    /// <summary>The first state's parent.</summary>
    public const uint NoParent = uint.MaxValue;

    private const int LocalBits = 32 - PartitionBits;
    private readonly VisitedPartition[] _partitions = new VisitedPartition[PartitionCount];

    public VisitedStates()
    {
        for (var at = 0; at < PartitionCount; at++)
        {
            _partitions[at] = new();
        }
    }

    public long Count
    {
        get
        {
            var count = 0L;
            foreach (var partition in _partitions)
            {
                count += partition.Count;
            }

            return count;
        }
    }

    public long Bytes
    {
        get
        {
            var bytes = 0L;
            foreach (var partition in _partitions)
            {
                bytes += partition.Bytes;
            }

            return bytes;
        }
    }

    public VisitedEntry this[uint id] => _partitions[id >> LocalBits][(int)(id & ((1U << LocalBits) - 1))];

    public VisitedPartition Partition(int number) => _partitions[number];

    public static ulong High(UInt128 fingerprint) => (ulong)(fingerprint >> 64);

    public static ulong Low(UInt128 fingerprint) => unchecked((ulong)fingerprint);

    public static int PartitionOf(UInt128 fingerprint) => (int)(fingerprint >> (128 - PartitionBits));

    public static uint IdOf(int partition, int local) => ((uint)partition << LocalBits) | (uint)local;

    public bool Contains(UInt128 fingerprint) => _partitions[PartitionOf(fingerprint)].Contains(High(fingerprint), Low(fingerprint));

    /// <summary>Adds a state; answers its number, or <see langword="false"/> when it was there.</summary>
    public bool TryAdd(UInt128 fingerprint, uint parent, uint step, out uint id)
    {
        var partition = PartitionOf(fingerprint);
        var added = _partitions[partition].TryAdd(new(High(fingerprint), Low(fingerprint), parent, step), out var local);
        id = added ? IdOf(partition, local) : 0;
        return added;
    }

    /// <summary>The steps from the first state to one.</summary>
    public List<uint> PathTo(uint id)
    {
        var steps = new List<uint>();
        for (var entry = this[id]; entry.Parent != NoParent; entry = this[entry.Parent])
        {
            steps.Add(entry.Step);
        }

        steps.Reverse();
        return steps;
    }
}
