using System.Buffers.Binary;

namespace GuestMemory;

/// <summary>Reads what <see cref="StateWriter"/> wrote.</summary>
public ref struct StateReader
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Starts reading.</summary>
    /// <param name="bytes">The written bytes.</param>
    public StateReader(ReadOnlySpan<byte> bytes) => _rest = bytes;

    /// <summary>Whether everything was read.</summary>
    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>Replaces the whole state of a thing by a written one.</summary>
    /// <param name="bytes">The written bytes, and nothing after them.</param>
    /// <param name="target">The thing.</param>
    /// <exception cref="FormatException">The bytes are not such a state. The thing is then in no defined state.</exception>
    public static void ReadWhole(ReadOnlySpan<byte> bytes, IStateful target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var reader = new StateReader(bytes);
        try
        {
            target.ReadState(ref reader);
        }
        catch (Exception foreign) when (foreign is ArgumentException or OverflowException or ModelInvariantException)
        {
            // Ranges, numbers and references that no state has: the values' own checks found them.
            throw new FormatException("The bytes are not a state of such a thing.", foreign);
        }

        if (!reader.AtEnd)
        {
            throw new FormatException("The state's bytes go on after its end.");
        }
    }

    /// <summary>Reads one byte.</summary>
    public byte Byte() => Take(1)[0];

    /// <summary>Reads a flag.</summary>
    /// <exception cref="FormatException">The byte is neither 0 nor 1.</exception>
    public bool Flag() => Byte() switch
    {
        0 => false,
        1 => true,
        var other => throw new FormatException($"A flag is 0 or 1, not {other}."),
    };

    /// <summary>Reads 32 bits.</summary>
    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    /// <summary>Reads a count of things still to come, each at least one byte long.</summary>
    /// <exception cref="FormatException">The count is negative or larger than the bytes left.</exception>
    public int Count()
    {
        var count = Int32();
        return count >= 0 && count <= _rest.Length ? count : throw new FormatException($"The state's bytes hold no {count} entries.");
    }

    /// <summary>Reads 64 bits.</summary>
    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>Reads runs into a map, in place of what it held.</summary>
    /// <param name="map">The map.</param>
    /// <param name="read">Reads a value.</param>
    public void Runs<TValue>(RangeMap<TValue> map, ReadsValue<TValue> read)
        where TValue : struct, IRangeValue<TValue>, IEquatable<TValue>
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(read);
        map.Clear();
        for (var left = Count(); left > 0; left--)
        {
            var start = UInt64();
            var end = UInt64();
            map.Append(start, end, read(ref this));
        }
    }

    /// <summary>Reads runs into a set, in place of what it held.</summary>
    /// <param name="set">The set.</param>
    public void Runs(RangeSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        set.Clear();
        for (var left = Count(); left > 0; left--)
        {
            var start = UInt64();
            set.Add(start, UInt64());
        }
    }

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if (_rest.Length < bytes)
        {
            throw new FormatException("The state's bytes end early.");
        }

        var taken = _rest[..bytes];
        _rest = _rest[bytes..];
        return taken;
    }
}
