using System.Buffers.Binary;
using System.Numerics;

namespace GuestMemory;

/// <summary>The bytes in the machine's frames: zero until written, kept as sorted non-zero 64-bit words.</summary>
/// <remarks>Cost follows what was written. Little-endian. Not thread-safe.</remarks>
public sealed partial class FrameContents : IStateful
{
    private const int WordsPerFrame = 512;
    private ulong[] _words = [];
    private ulong[] _values = [];
    private int _count;

    /// <summary>Counts changes of a byte; not part of the state.</summary>
    public long Revision { get; private set; }

    /// <summary>How many words are not zero.</summary>
    public int NonZeroWords => _count;

    /// <summary>Reads bytes within one frame.</summary>
    /// <param name="at">First byte.</param>
    /// <param name="length">1 to 8; the bytes stay within the frame.</param>
    /// <returns>The bytes as a little-endian number.</returns>
    public ulong Read(Spa at, int length)
    {
        RequireWithinFrame(at, length);
        var word = at.Value >> 3;
        var shift = (int)(at.Value & 7) * 8;
        var value = Word(word) >> shift;
        if (shift + (length * 8) > 64)
        {
            value |= Word(word + 1) << (64 - shift);
        }

        return value & Mask(length);
    }

    /// <summary>Writes bytes within one frame.</summary>
    /// <param name="at">First byte.</param>
    /// <param name="length">1 to 8; the bytes stay within the frame.</param>
    /// <param name="value">The bytes as a little-endian number; what is above them is ignored.</param>
    public void Write(Spa at, int length, ulong value)
    {
        RequireWithinFrame(at, length);
        var word = at.Value >> 3;
        var shift = (int)(at.Value & 7) * 8;
        var mask = Mask(length);
        SetWord(word, (Word(word) & ~(mask << shift)) | ((value & mask) << shift));
        if (shift + (length * 8) > 64)
        {
            SetWord(word + 1, (Word(word + 1) & ~(mask >> (64 - shift))) | ((value & mask) >> (64 - shift)));
        }
    }

    /// <summary>Zeroes whole frames.</summary>
    /// <param name="frames">The frames.</param>
    public void Clear(PfnRange frames)
    {
        var first = IndexOf(frames.Start.Value * WordsPerFrame);
        first = first < 0 ? ~first : first;
        var end = IndexOf(frames.End.Value * WordsPerFrame);
        end = end < 0 ? ~end : end;
        if (end > first)
        {
            Revision++;
            Array.Copy(_words, end, _words, first, _count - end);
            Array.Copy(_values, end, _values, first, _count - end);
            _count -= end - first;
        }
    }

    /// <summary>Zeroes bytes within one frame.</summary>
    /// <param name="at">First byte.</param>
    /// <param name="length">0 to 4096; the bytes stay within the frame.</param>
    public void Zero(Spa at, int length)
    {
        while (length > 0)
        {
            var piece = Math.Min(length, 8 - (int)(at.Value & 7));
            Write(at, piece, 0);
            at += (ulong)piece;
            length -= piece;
        }
    }

    /// <summary>Copies a frame's bytes over another's.</summary>
    /// <param name="from">Source.</param>
    /// <param name="to">Destination.</param>
    public void Copy(Pfn from, Pfn to)
    {
        Span<ulong> words = stackalloc ulong[WordsPerFrame];
        ReadWords(from, words);
        WriteWords(to, words);
    }

    /// <summary>Reads a frame as 64-bit words.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="words">512 words, written.</param>
    public void ReadWords(Pfn frame, Span<ulong> words)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(words.Length, WordsPerFrame);
        words.Clear();
        var first = frame.Value * WordsPerFrame;
        var (start, end) = PlacesOf(frame);
        for (var index = start; index < end; index++)
        {
            words[(int)(_words[index] - first)] = _values[index];
        }
    }

    /// <summary>Writes a frame as 64-bit words.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="words">512 words.</param>
    public void WriteWords(Pfn frame, ReadOnlySpan<ulong> words)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(words.Length, WordsPerFrame);
        var (start, end) = PlacesOf(frame);
        var needed = WordsPerFrame - words.Count(0UL);
        MakeRoom(start, end, needed);
        Revision++;
        var first = frame.Value * WordsPerFrame;
        for (var word = 0; needed > 0; word++)
        {
            if (words[word] != 0)
            {
                _words[start] = first + (ulong)word;
                _values[start++] = words[word];
                needed--;
            }
        }
    }

    /// <summary>A frame's non-zero words, to be kept elsewhere.</summary>
    internal SavedWord[] Save(Pfn frame)
    {
        var first = IndexOf(frame.Value * WordsPerFrame);
        first = first < 0 ? ~first : first;
        var end = first;
        while (end < _count && _words[end] < (frame.Value + 1) * WordsPerFrame)
        {
            end++;
        }

        var saved = new SavedWord[end - first];
        for (var at = 0; at < saved.Length; at++)
        {
            saved[at] = new((int)(_words[first + at] - (frame.Value * WordsPerFrame)), _values[first + at]);
        }

        return saved;
    }

    /// <summary>Gives a frame the bytes that were kept, and zeroes the rest.</summary>
    internal void Restore(Pfn frame, SavedWord[] saved)
    {
        Clear(new(frame, 1));
        foreach (var word in saved)
        {
            SetWord((frame.Value * WordsPerFrame) + (ulong)word.Offset, word.Value);
        }
    }

    /// <summary>Writes a frame's first bytes from a buffer, and zeroes the rest.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="bytes">At most 4096 bytes.</param>
    public void Fill(Pfn frame, ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, WordsPerFrame * 8);
        Clear(new(frame, 1));
        var word = frame.Value * WordsPerFrame;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            SetWord(word++, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        var last = 0UL;
        for (var at = bytes.Length - 1; at >= 0; at--)
        {
            last = (last << 8) | bytes[at];
        }

        if (last != 0)
        {
            SetWord(word, last);
        }
    }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Int32(_count);
        for (var index = 0; index < _count; index++)
        {
            writer.UInt64(_words[index]);
            writer.UInt64(_values[index]);
        }
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        var count = reader.Count();
        Grow(count);
        for (_count = 0; _count < count; _count++)
        {
            _words[_count] = reader.UInt64();
            _values[_count] = reader.UInt64();
        }
    }

    private static ulong Mask(int length) => length == 8 ? ulong.MaxValue : (1UL << (length * 8)) - 1;

    private static void RequireWithinFrame(Spa at, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 8);
        if ((at.Value & 0xfff) + (ulong)length > 0x1000)
        {
            throw new ArgumentException($"{length} bytes at {at} leave their frame.", nameof(length));
        }
    }

    // Where the frame's non-zero words lie.
    private (int Start, int End) PlacesOf(Pfn frame)
    {
        var start = IndexOf(frame.Value * WordsPerFrame);
        var end = IndexOf((frame.Value + 1) * WordsPerFrame);
        return (start < 0 ? ~start : start, end < 0 ? ~end : end);
    }

    // Between start and end there shall be room for as many words as needed; what lies behind moves once.
    private void MakeRoom(int start, int end, int needed)
    {
        Grow(_count - (end - start) + needed);
        Array.Copy(_words, end, _words, start + needed, _count - end);
        Array.Copy(_values, end, _values, start + needed, _count - end);
        _count += needed - (end - start);
    }

    private int IndexOf(ulong word) => Array.BinarySearch(_words, 0, _count, word);

    private ulong Word(ulong word)
    {
        var index = IndexOf(word);
        return index < 0 ? 0 : _values[index];
    }

    private void SetWord(ulong word, ulong value)
    {
        var index = IndexOf(word);
        if (value == (index >= 0 ? _values[index] : 0))
        {
            return;
        }

        Revision++;
        if (index < 0)
        {
            InsertAt(~index, word, value);
        }
        else if (value != 0)
        {
            _values[index] = value;
        }
        else
        {
            RemoveAt(index);
        }
    }

    private void RemoveAt(int index)
    {
        _count--;
        Array.Copy(_words, index + 1, _words, index, _count - index);
        Array.Copy(_values, index + 1, _values, index, _count - index);
    }

    private void InsertAt(int index, ulong word, ulong value)
    {
        Grow(_count + 1);
        Array.Copy(_words, index, _words, index + 1, _count - index);
        Array.Copy(_values, index, _values, index + 1, _count - index);
        _words[index] = word;
        _values[index] = value;
        _count++;
    }

    private void Grow(int needed)
    {
        if (needed > _words.Length)
        {
            var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(needed, 16));
            Array.Resize(ref _words, size);
            Array.Resize(ref _values, size);
        }
    }
}
