namespace GuestMemory.Rmp;

/// <summary>Lines that were written through a key and have not reached memory: on processors whose caches are not coherent over keys, each (place, key) is a line of its own.</summary>
/// <remarks>
/// A line of 64 bytes is filled at its first write and reaches memory when it is evicted or flushed, never by itself. It then
/// overwrites what was put there meanwhile by others. Sorted by place, then key. Not thread-safe. Source: apm2, 15.34.9.
/// </remarks>
public sealed class DirtyCache : IStateful
{
    private const int WordsPerLine = 8;
    private const ulong BytesPerLine = 64;
    private readonly FrameContents _contents;
    private readonly SortedList<(ulong Line, ulong Key), ulong[]> _lines = [];

    /// <summary>Creates an empty cache.</summary>
    /// <param name="contents">The memory behind it.</param>
    public DirtyCache(FrameContents contents)
    {
        ArgumentNullException.ThrowIfNull(contents);
        _contents = contents;
    }

    /// <summary>How many lines have not reached memory.</summary>
    public int Lines => _lines.Count;

    /// <summary>Reads bytes within one frame: from a line of that key, else from memory.</summary>
    /// <param name="at">First byte.</param>
    /// <param name="length">1 to 8; the bytes stay within the frame.</param>
    /// <param name="key">The key.</param>
    /// <returns>The bytes as a little-endian number.</returns>
    public ulong Read(Spa at, int length, ContentKey key)
    {
        var value = _contents.Read(at, length, key);
        for (var index = 0; index < length && _lines.Count > 0; index++)
        {
            var place = at + (ulong)index;
            if (_lines.TryGetValue((place.Value / BytesPerLine, key.Value), out var line))
            {
                var shift = index * 8;
                value = (value & ~(0xffUL << shift)) | (ByteOf(line, place) << shift);
            }
        }

        return value;
    }

    /// <summary>Writes bytes within one frame; memory stays as it is.</summary>
    /// <param name="at">First byte.</param>
    /// <param name="length">1 to 8; the bytes stay within the frame.</param>
    /// <param name="value">The bytes as a little-endian number.</param>
    /// <param name="key">The key they will reach memory under.</param>
    public void Write(Spa at, int length, ulong value, ContentKey key)
    {
        // Also refuses lengths and places that leave the frame.
        _ = _contents.Read(at, length, key);
        for (var index = 0; index < length; index++)
        {
            SetByte(at + (ulong)index, (value >> (index * 8)) & 0xff, key);
        }
    }

    /// <summary>The processor makes room: the lines of a frame reach memory, in order.</summary>
    /// <param name="frame">The frame.</param>
    /// <returns>How many lines.</returns>
    public int Evict(Pfn frame) => Evict(new PfnRange(frame, 1));

    /// <summary>CLFLUSH over frames: their lines reach memory.</summary>
    /// <param name="frames">The frames.</param>
    /// <returns>How many lines.</returns>
    public int Evict(PfnRange frames)
    {
        var evicted = 0;
        for (var at = 0; at < _lines.Count;)
        {
            var (line, key) = _lines.Keys[at];
            if (!frames.Contains(new Spa(line * BytesPerLine).Frame))
            {
                at++;
                continue;
            }

            WriteBack(line, new(key), _lines.Values[at]);
            _lines.RemoveAt(at);
            evicted++;
        }

        return evicted;
    }

    /// <summary>WBINVD on every processor: all lines reach memory.</summary>
    /// <returns>How many lines.</returns>
    public int Flush() => Evict(new PfnRange(default, (ulong.MaxValue >> 12) + 1));

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Int32(_lines.Count);
        foreach (var ((line, key), words) in _lines)
        {
            writer.UInt64(line);
            writer.UInt64(key);
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
            var line = reader.UInt64();
            var words = new ulong[WordsPerLine];
            var key = reader.UInt64();
            for (var word = 0; word < WordsPerLine; word++)
            {
                words[word] = reader.UInt64();
            }

            _lines[(line, key)] = words;
        }
    }

    private static ulong ByteOf(ulong[] line, Spa place) => (line[(place.Value % BytesPerLine) / 8] >> (int)(place.Value % 8 * 8)) & 0xff;

    private void SetByte(Spa place, ulong value, ContentKey key)
    {
        var line = place.Value / BytesPerLine;
        if (!_lines.TryGetValue((line, key.Value), out var words))
        {
            words = Fill(line, key);
            _lines.Add((line, key.Value), words);
        }

        ref var word = ref words[(place.Value % BytesPerLine) / 8];
        var shift = (int)(place.Value % 8 * 8);
        word = (word & ~(0xffUL << shift)) | (value << shift);
    }

    private ulong[] Fill(ulong line, ContentKey key)
    {
        var words = new ulong[WordsPerLine];
        for (var word = 0; word < WordsPerLine; word++)
        {
            words[word] = _contents.Read(new((line * BytesPerLine) + ((ulong)word * 8)), 8, key);
        }

        return words;
    }

    private void WriteBack(ulong line, ContentKey key, ulong[] words)
    {
        for (var word = 0; word < WordsPerLine; word++)
        {
            _contents.Write(new((line * BytesPerLine) + ((ulong)word * 8)), 8, words[word], key);
        }
    }
}
