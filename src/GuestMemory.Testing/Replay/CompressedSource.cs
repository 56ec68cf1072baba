namespace GuestMemory.Testing;

/// <summary>What a decompressor reads from: the first byte of gzip, the rest of a stream, then one byte that is no gzip.</summary>
/// <remarks>
/// <see cref="System.IO.Compression.GZipStream"/> takes data that were cut off for data that ended. The byte at the end tells the two apart: a
/// decompressor whose data are complete sees that nothing of gzip follows and stops; one whose data are cut off swallows it and asks for more.
/// </remarks>
internal sealed class CompressedSource(Stream stream) : Stream
{
    /// <summary>The byte that gzip starts with, and no JSON.</summary>
    public const byte FirstOfGzip = 0x1f;

    private const byte NotGzip = 0xff;
    private bool _started;

    /// <summary>Whether the whole stream, and the byte after it, was handed out.</summary>
    public bool Exhausted { get; private set; }

    /// <summary>Whether more was asked for after that.</summary>
    public bool AskedForMore { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (!_started)
        {
            _started = true;
            buffer[0] = FirstOfGzip;
            return 1;
        }

        if (Exhausted)
        {
            AskedForMore = true;
            return 0;
        }

        var read = stream.Read(buffer);
        if (read > 0)
        {
            return read;
        }

        Exhausted = true;
        buffer[0] = NotGzip;
        return 1;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
