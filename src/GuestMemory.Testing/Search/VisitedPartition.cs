namespace GuestMemory.Testing;

/// <summary>Visited states of one partition: a log of entries, which never move, and small tables of numbers into it that split one by one as they fill (extendible hashing).</summary>
internal sealed class VisitedPartition
{
    private const int LogBits = 10;
    private const int MostLocal = 1 << (32 - VisitedStates.PartitionBits);
    private readonly List<VisitedEntry[]> _log = [];
    private VisitedSlots[] _directory = [new(0)];
    private int _directoryBits;
    private int _tables = 1;

    public int Count { get; private set; }

    public long Bytes => ((long)_log.Count * 24 << LogBits) + ((long)_tables * VisitedSlots.Bytes) + (8L * _directory.Length);

    public VisitedEntry this[int local] => _log[local >> LogBits][local & ((1 << LogBits) - 1)];

    public bool Contains(ulong high, ulong low) => Find(TableOf(high), high, low, out _);

    public bool TryAdd(in VisitedEntry entry, out int local)
    {
        var table = TableOf(entry.High);
        local = Count;
        if (Find(table, entry.High, entry.Low, out var slot))
        {
            return false;
        }

        if (Count == MostLocal - 1)
        {
            throw new InvalidOperationException($"A sixteenth of the states has {MostLocal - 1} at most.");
        }

        if (table.IsFull)
        {
            Split(table);
            table = TableOf(entry.High);
            Find(table, entry.High, entry.Low, out slot);
        }

        Append(entry);
        table.Set(slot, entry.Low, local);
        return true;
    }

    private void Append(in VisitedEntry entry)
    {
        if (Count >> LogBits == _log.Count)
        {
            _log.Add(new VisitedEntry[1 << LogBits]);
        }

        _log[Count >> LogBits][Count & ((1 << LogBits) - 1)] = entry;
        Count++;
    }

    private VisitedSlots TableOf(ulong high) => _directory[DirectoryIndex(high)];

    // The bits below those that choose the partition.
    private int DirectoryIndex(ulong high) => (int)((high << VisitedStates.PartitionBits) >> 32 >> (32 - _directoryBits));

    private bool Find(VisitedSlots table, ulong high, ulong low, out int slot)
    {
        slot = VisitedSlots.FirstSlot(low);
        while (table.TryGet(slot, out var local, out var tag))
        {
            if (tag == VisitedSlots.TagOf(low) && this[local] is var entry && entry.High == high && entry.Low == low)
            {
                return true;
            }

            slot = VisitedSlots.Next(slot);
        }

        return false;
    }

    private void Split(VisitedSlots full)
    {
        if (full.Bits == _directoryBits)
        {
            DoubleDirectory();
        }

        var halves = (new VisitedSlots(full.Bits + 1), new VisitedSlots(full.Bits + 1));
        var shift = 63 - VisitedStates.PartitionBits - full.Bits;
        for (var slot = 0; slot < VisitedSlots.Capacity; slot++)
        {
            if (full.TryGet(slot, out var local, out _))
            {
                var entry = this[local];
                (((entry.High >> shift) & 1) == 0 ? halves.Item1 : halves.Item2).Add(entry.Low, local);
            }
        }

        _tables++;
        for (var at = 0; at < _directory.Length; at++)
        {
            if (ReferenceEquals(_directory[at], full))
            {
                _directory[at] = ((at >> (_directoryBits - full.Bits - 1)) & 1) == 0 ? halves.Item1 : halves.Item2;
            }
        }
    }

    private void DoubleDirectory()
    {
        var larger = new VisitedSlots[2 * _directory.Length];
        for (var at = 0; at < larger.Length; at++)
        {
            larger[at] = _directory[at / 2];
        }

        _directory = larger;
        _directoryBits++;
    }
}
