using System.Buffers;
using System.Globalization;
using System.IO.Compression;

namespace GuestMemory.Testing;

/// <summary>Reads the lines of a recording, plain or gzip, without copying them.</summary>
/// <remarks>
/// A line ends at a line feed, with or without a carriage return before it, or where the data end. A byte order mark before the first line is
/// left out. Whether the data are compressed shows in their first byte, not in a name. Nothing that is wrong with the data is thrown: reading
/// stops and <see cref="Failure"/> says why. Not thread-safe. The stream stays open.
/// </remarks>
public sealed class TraceReader : IDisposable
{
    /// <summary>The longest line that is read, in bytes: 16 MiB.</summary>
    public const int LongestLine = 16 << 20;

    private readonly Stream _stream;
    private CompressedSource? _compressed;
    private GZipStream? _decompressor;
    private bool _opened;
    private byte[] _buffer;
    private int _start;
    private int _end;

    /// <summary>Starts reading.</summary>
    /// <param name="stream">Where from.</param>
    /// <param name="bufferSize">Bytes to read at a time, at least 16; a longer line makes the buffer grow.</param>
    public TraceReader(Stream stream, int bufferSize = 1 << 16)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(bufferSize, 16);
        _stream = stream;
        _buffer = ArrayPool<byte>.Shared.Rent(bufferSize);
    }

    /// <summary>Number of the line read last, from 1; 0 before the first.</summary>
    public long LineNumber { get; private set; }

    /// <summary>Why reading stopped before the data's end; <see langword="null"/> when it did not.</summary>
    public string? Failure { get; private set; }

    /// <summary>Reads the next line.</summary>
    /// <param name="line">The line without its end; valid until the next call.</param>
    /// <returns><see langword="false"/> when there is none: the data ended, or <see cref="Failure"/> says what is wrong with them.</returns>
    public bool TryReadLine(out ReadOnlySpan<byte> line)
    {
        ObjectDisposedException.ThrowIf(_buffer.Length == 0, this);
        var searched = 0;
        while (true)
        {
            var held = _buffer.AsSpan(_start, _end - _start);
            var feed = held[searched..].IndexOf((byte)'\n');
            if (feed >= 0)
            {
                line = Take(held[..(searched + feed)], ending: 1);
                return true;
            }

            searched = held.Length;
            if (!TryFill())
            {
                // What is held may have moved to make room.
                var last = Failure is null && searched > 0;
                line = last ? Take(_buffer.AsSpan(_start, searched), ending: 0) : default;
                return last;
            }
        }
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        _decompressor?.Dispose();
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private ReadOnlySpan<byte> Take(ReadOnlySpan<byte> line, int ending)
    {
        _start += line.Length + ending;
        LineNumber++;
        if (LineNumber == 1 && line.StartsWith("\uFEFF"u8))
        {
            line = line[3..];
        }

        return line is [.. var body, (byte)'\r'] ? body : line;
    }

    private bool TryFill()
    {
        if (Failure is not null || !TryMakeRoom())
        {
            return false;
        }

        try
        {
            return _opened ? TryRead() : TryOpen();
        }
        catch (InvalidDataException)
        {
            return Damaged();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Fail($"reading failed: {exception.Message}");
        }
    }

    /// <summary>Reads the first byte, which says whether the data are compressed.</summary>
    private bool TryOpen()
    {
        _opened = true;
        var read = _stream.Read(_buffer.AsSpan(0, 1));
        if (read == 1 && _buffer[0] == CompressedSource.FirstOfGzip)
        {
            _compressed = new CompressedSource(_stream);
            _decompressor = new GZipStream(_compressed, CompressionMode.Decompress);
            return true;
        }

        _end = read;
        return read > 0;
    }

    private bool TryRead()
    {
        var room = _buffer.AsSpan(_end);
        var read = _decompressor?.Read(room) ?? _stream.Read(room);
        if (_compressed is { } source && (read > 0 ? source.Exhausted : !source.Exhausted || source.AskedForMore))
        {
            return Damaged();
        }

        _end += read;
        return read > 0;
    }

    private bool TryMakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end < _buffer.Length)
        {
            return true;
        }

        if (_buffer.Length >= LongestLine)
        {
            return Fail($"the line is longer than {LongestLine >> 20} MiB");
        }

        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
        return true;
    }

    private bool Damaged() => Fail("the compressed data are cut off or damaged");

    private bool Fail(string problem)
    {
        Failure = LineNumber == 0
            ? $"{problem} before the first line ends"
            : string.Create(CultureInfo.InvariantCulture, $"{problem} after line {LineNumber}");
        return false;
    }
}
