using System.Buffers.Binary;

namespace GuestMemory.Rmp;

/// <summary>A guest's buffer with a page state change: an 8-byte header (two 16-bit entry numbers, 4 reserved bytes) and entries of 8 bytes. Source: ghcb, 4.1.6.</summary>
/// <remarks>
/// The guest shares the bytes and may change them at any time; the host reads and advances them in place. Behind the size the guest
/// gave, what lies in the host's memory goes on: reading or writing there is the host's error. Beyond the memory given, reads give
/// 0 and writes are lost.
/// </remarks>
public sealed class PscBuffer : IStateful
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderBytes = 8;

    /// <summary>Bytes of an entry.</summary>
    public const int EntryBytes = 8;

    /// <summary>How many entries the protocol allows.</summary>
    public const int MostEntries = 253;

    private readonly byte[] _memory;

    /// <summary>Takes a guest's buffer.</summary>
    /// <param name="memory">The buffer, and whatever of the host's memory follows it; 8 bytes or more.</param>
    /// <param name="length">How many bytes the guest gave; <see langword="null"/> for all.</param>
    /// <exception cref="ArgumentException">The memory is shorter than a header, or the buffer longer than the memory.</exception>
    public PscBuffer(byte[] memory, int? length = null)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentOutOfRangeException.ThrowIfLessThan(memory.Length, HeaderBytes, nameof(memory));
        Length = length ?? memory.Length;
        ArgumentOutOfRangeException.ThrowIfNegative(Length, nameof(length));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Length, memory.Length, nameof(length));
        _memory = memory;
    }

    /// <summary>How many bytes the guest gave.</summary>
    public int Length { get; }

    /// <summary>How many entries fit the guest's buffer.</summary>
    public int Capacity => Math.Max(0, (Length - HeaderBytes) / EntryBytes);

    /// <summary>The next entry to work on.</summary>
    public ushort CurrentEntry
    {
        get => Read16(0);
        set => Write16(0, value);
    }

    /// <summary>The last entry, itself included.</summary>
    public ushort EndEntry
    {
        get => Read16(2);
        set => Write16(2, value);
    }

    /// <summary>An entry.</summary>
    /// <param name="index">0 to 65535; at <see cref="Capacity"/> and beyond it is not the guest's.</param>
    public PscEntry this[int index]
    {
        get => HasEntry(index) ? new(BinaryPrimitives.ReadUInt64LittleEndian(BytesOf(index))) : default;
        set
        {
            if (HasEntry(index))
            {
                BinaryPrimitives.WriteUInt64LittleEndian(BytesOf(index), value.Value);
            }
        }
    }

    /// <summary>A buffer that asks for entries, from the first to the last.</summary>
    /// <param name="entries">1 to 253 entries.</param>
    /// <exception cref="ArgumentException">There are none or too many.</exception>
    public static PscBuffer Of(params ReadOnlySpan<PscEntry> entries)
    {
        if (entries.Length is 0 or > MostEntries)
        {
            throw new ArgumentException($"A page state change has 1 to {MostEntries} entries, not {entries.Length}.", nameof(entries));
        }

        var buffer = new PscBuffer(new byte[HeaderBytes + (entries.Length * EntryBytes)]) { EndEntry = (ushort)(entries.Length - 1) };
        for (var index = 0; index < entries.Length; index++)
        {
            buffer[index] = entries[index];
        }

        return buffer;
    }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Int32(_memory.Length);
        foreach (var value in _memory)
        {
            writer.Byte(value);
        }
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        var length = reader.Count();
        if (length != _memory.Length)
        {
            throw new FormatException($"The state is that of {length} bytes; the buffer and what follows it are {_memory.Length}.");
        }

        for (var index = 0; index < length; index++)
        {
            _memory[index] = reader.Byte();
        }
    }

    private Span<byte> BytesOf(int index) => _memory.AsSpan(HeaderBytes + (index * EntryBytes), EntryBytes);

    private bool HasEntry(int index) => HeaderBytes + ((index + 1) * EntryBytes) <= _memory.Length;

    private ushort Read16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_memory.AsSpan(at));

    private void Write16(int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(_memory.AsSpan(at), value);
}
