using System.Buffers.Binary;

namespace GuestMemory.Testing;

/// <summary>States of one level still to be worked on, in order: number and stored form of each, in records one after the other.</summary>
internal sealed class Frontier
{
    /// <summary>States of a piece of work.</summary>
    public const int ChunkStates = 32;

    private const int SegmentBytes = 1 << 20;
    private readonly List<byte[]> _segments = [];
    private readonly List<FrontierChunk> _chunks = [];
    private int _segment;
    private int _used;

    public long Count { get; private set; }

    public long Bytes
    {
        get
        {
            var bytes = 0L;
            foreach (var segment in _segments)
            {
                bytes += segment.Length;
            }

            return bytes + (16L * _chunks.Count);
        }
    }

    public IReadOnlyList<FrontierChunk> Chunks => _chunks;

    /// <summary>Forgets the states and keeps the memory.</summary>
    public void Clear()
    {
        _chunks.Clear();
        (_segment, _used, Count) = (0, 0, 0);
    }

    /// <summary>Adds a state; its stored form is for the caller to fill in.</summary>
    public Span<byte> Add(uint id, int length)
    {
        var needed = 8 + length;
        MakeRoom(needed);
        if (_chunks.Count == 0 || _chunks[^1].States == ChunkStates)
        {
            _chunks.Add(new(_segment, _used, 0));
        }

        var record = _segments[_segment].AsSpan(_used, needed);
        BinaryPrimitives.WriteUInt32LittleEndian(record, id);
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], length);
        _used += needed;
        Count++;
        _chunks[^1] = _chunks[^1] with { States = _chunks[^1].States + 1 };
        return record[8..];
    }

    /// <summary>A chunk's next state.</summary>
    /// <param name="chunk">What is left of the chunk; what is left after it.</param>
    /// <param name="id">The state's number.</param>
    /// <param name="stored">Its stored form.</param>
    public bool TryTake(ref FrontierChunk chunk, out uint id, out ReadOnlySpan<byte> stored)
    {
        id = 0;
        stored = default;
        if (chunk.States == 0)
        {
            return false;
        }

        // A record that did not fit begins the next segment.
        var (segment, at) = (chunk.Segment, chunk.Start);
        if (_segments[segment].Length - at < 8 || BinaryPrimitives.ReadInt32LittleEndian(_segments[segment].AsSpan(at + 4)) < 0)
        {
            (segment, at) = (segment + 1, 0);
        }

        var record = _segments[segment].AsSpan(at);
        id = BinaryPrimitives.ReadUInt32LittleEndian(record);
        var length = BinaryPrimitives.ReadInt32LittleEndian(record[4..]);
        stored = record.Slice(8, length);
        chunk = new(segment, at + 8 + length, chunk.States - 1);
        return true;
    }

    private void MakeRoom(int needed)
    {
        if (_segments.Count > 0 && _segments[_segment].Length - _used >= needed)
        {
            return;
        }

        if (_segments.Count > 0)
        {
            EndSegment();
            _segment++;
            _used = 0;
        }

        if (_segment == _segments.Count)
        {
            _segments.Add(GC.AllocateUninitializedArray<byte>(Math.Max(SegmentBytes, needed)));
        }
        else if (_segments[_segment].Length < needed)
        {
            _segments[_segment] = GC.AllocateUninitializedArray<byte>(needed);
        }
    }

    private void EndSegment()
    {
        if (_segments[_segment].Length - _used >= 8)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_segments[_segment].AsSpan(_used + 4), -1);
        }
    }
}
