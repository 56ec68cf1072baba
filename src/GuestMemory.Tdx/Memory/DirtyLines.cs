namespace GuestMemory.Tdx;

/// <summary>Lines the host wrote that are still in its caches, whole, by line number.</summary>
internal sealed class DirtyLines : IStateful
{
    private const int WordsPerLine = 8;
    private readonly SortedList<ulong, ulong[]> _lines = [];

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _lines.Count == 0;

    /// <summary>A line's words; <see langword="null"/> when it is not dirty.</summary>
    public ulong[]? Find(ulong line) => _lines.GetValueOrDefault(line);

    /// <summary>Makes a line dirty.</summary>
    public ulong[] Add(ulong line) => _lines[line] = new ulong[WordsPerLine];

    /// <summary>Forgets a line; what was written is lost, or in memory.</summary>
    public void Remove(ulong line) => _lines.Remove(line);

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Int32(_lines.Count);
        foreach (var (line, words) in _lines)
        {
            writer.UInt64(line);
            foreach (var word in words)
            {
                writer.UInt64(word);
            }
        }
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        _lines.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            foreach (ref var word in Add(reader.UInt64()).AsSpan())
            {
                word = reader.UInt64();
            }
        }
    }
}
