using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace GuestMemory;

/// <summary>Writes canonical state bytes: little-endian, fixed order, no padding. Not thread-safe.</summary>
public ref struct StateWriter
{
    private byte[] _buffer;
    private int _length;

    /// <summary>Starts writing into a buffer that grows when it must.</summary>
    /// <param name="buffer">A buffer to begin with; reuse one to avoid allocation.</param>
    public StateWriter(byte[] buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        _buffer = buffer.Length == 0 ? new byte[256] : buffer;
        _length = 0;
    }

    /// <summary>What was written.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>The buffer now in use: keep it for the next writer.</summary>
    public readonly byte[] Buffer => _buffer;

    /// <summary>Writes one byte.</summary>
    /// <param name="value">The byte.</param>
    public void Byte(byte value)
    {
        Room(1)[0] = value;
        _length++;
    }

    /// <summary>Writes a flag as one byte, 0 or 1.</summary>
    /// <param name="value">The flag.</param>
    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    /// <summary>Writes 32 bits.</summary>
    /// <param name="value">The value.</param>
    public void Int32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Room(4), value);
        _length += 4;
    }

    /// <summary>Writes 64 bits.</summary>
    /// <param name="value">The value.</param>
    public void UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Room(8), value);
        _length += 8;
    }

    /// <summary>Writes a map's runs: their number, then start, end and value of each.</summary>
    /// <param name="map">The map.</param>
    /// <param name="write">Writes a value.</param>
    public void Runs<TValue>(RangeMap<TValue> map, WritesValue<TValue> write)
        where TValue : struct, IRangeValue<TValue>, IEquatable<TValue>
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(write);
        Int32(map.Count);
        foreach (ref readonly var run in map.Runs)
        {
            UInt64(run.Start);
            UInt64(run.End);
            write(ref this, run.Value);
        }
    }

    /// <summary>Writes a set's runs: their number, then start and end of each.</summary>
    /// <param name="set">The set.</param>
    public void Runs(RangeSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        Int32(set.Count);
        foreach (ref readonly var run in set.Runs)
        {
            UInt64(run.Start);
            UInt64(run.End);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Room(int bytes)
    {
        if (unchecked(_buffer.Length - _length) < bytes)
        {
            Grow(bytes);
        }

        return _buffer.AsSpan(_length);
    }

    private void Grow(int bytes) => Array.Resize(ref _buffer, Math.Max(checked(_buffer.Length * 2), _length + bytes));
}
