using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;

namespace GuestMemory.Testing;

/// <summary>One state, part by part: bytes and hash of each. The stored form is the parts' lengths (4 bytes each), then their bytes.</summary>
internal sealed class StateParts
{
    private readonly int[] _starts;
    private readonly int[] _lengths;
    private readonly UInt128[] _hashes;
    private byte[] _bytes = new byte[1024];

    public StateParts(int parts)
    {
        _starts = new int[parts];
        _lengths = new int[parts];
        _hashes = new UInt128[parts];
    }

    public int Count => _starts.Length;

    public ReadOnlySpan<UInt128> Hashes => _hashes;

    public ReadOnlySpan<byte> this[int part] => _bytes.AsSpan(_starts[part], _lengths[part]);

    /// <summary>Bytes of the stored form.</summary>
    public int StoredLength
    {
        get
        {
            var length = 4 * Count;
            foreach (var part in _lengths)
            {
                length += part;
            }

            return length;
        }
    }

    /// <summary>Takes a state from its stored form.</summary>
    public void Load(ReadOnlySpan<byte> stored)
    {
        if (_bytes.Length < stored.Length)
        {
            _bytes = new byte[2 * stored.Length];
        }

        stored.CopyTo(_bytes);
        var at = 4 * Count;
        for (var part = 0; part < Count; part++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(stored[(4 * part)..]);
            (_starts[part], _lengths[part]) = (at, length);
            _hashes[part] = XxHash128.HashToUInt128(stored.Slice(at, length));
            at += length;
        }
    }

    /// <summary>Writes parts of a system.</summary>
    /// <param name="system">The system.</param>
    /// <param name="parts">One bit a part.</param>
    public void Write(IPartedState system, ulong parts)
    {
        var writer = new StateWriter(_bytes);
        for (var left = parts; left != 0; left &= left - 1)
        {
            var part = BitOperations.TrailingZeroCount(left);
            _starts[part] = writer.Written.Length;
            system.WritePart(part, ref writer);
            _lengths[part] = writer.Written.Length - _starts[part];
        }

        _bytes = writer.Buffer;
        for (var left = parts; left != 0; left &= left - 1)
        {
            var part = BitOperations.TrailingZeroCount(left);
            _hashes[part] = XxHash128.HashToUInt128(this[part]);
        }
    }

    /// <summary>Writes the stored form: some parts of this state, the others of another.</summary>
    public void Store(ulong own, StateParts others, Span<byte> into)
    {
        var at = 4 * Count;
        for (var part = 0; part < Count; part++)
        {
            var bytes = (own & (1UL << part)) != 0 ? this[part] : others[part];
            BinaryPrimitives.WriteInt32LittleEndian(into[(4 * part)..], bytes.Length);
            bytes.CopyTo(into[at..]);
            at += bytes.Length;
        }
    }

    /// <summary>Bytes of the stored form of a mixture, as <see cref="Store"/> writes it.</summary>
    public int LengthWith(ulong own, StateParts others)
    {
        var length = 4 * Count;
        for (var part = 0; part < Count; part++)
        {
            length += (own & (1UL << part)) != 0 ? _lengths[part] : others._lengths[part];
        }

        return length;
    }

    /// <summary>The fingerprint of a state by its parts' hashes.</summary>
    public static UInt128 Fingerprint(ReadOnlySpan<UInt128> hashes) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(hashes));
}
