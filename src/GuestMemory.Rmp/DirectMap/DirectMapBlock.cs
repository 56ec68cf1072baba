using System.Numerics;

namespace GuestMemory.Rmp;

/// <summary>How one 2M block is mapped: by one entry, or by a table of 512. The default is one entry, present.</summary>
internal struct DirectMapBlock
{
    private const int Words = 8;

    // Only where some 4K entries are present and some are not.
    private ulong[]? _present;

    public bool IsSmall { get; private set; }

    public int Absent { get; private set; }

    public readonly int SmallEntries => IsSmall ? (int)ReverseMapTable.PagesPerBlock - Absent : 0;

    public readonly bool IsWhole => !IsSmall && Absent == 0;

    public readonly bool IsPresent(ulong offset) => _present is null ? Absent == 0 : ((_present[offset / 64] >> (int)(offset % 64)) & 1) != 0;

    public void Split() => IsSmall = true;

    // Only a block that is present throughout.
    public void Merge() => IsSmall = false;

    // All of them, where there is one entry only.
    public void Set(ulong from, ulong to, bool present)
    {
        var bits = new ulong[Words];
        WriteTo(bits);
        for (var offset = from; offset < to; offset++)
        {
            var bit = 1UL << (int)(offset % 64);
            bits[offset / 64] = present ? bits[offset / 64] | bit : bits[offset / 64] & ~bit;
        }

        Fill(bits);
    }

    public void WriteState(ref StateWriter writer)
    {
        writer.Byte((byte)((IsSmall ? 1 : 0) | (Absent == 0 ? 0 : _present is null ? 2 : 4)));
        foreach (var word in _present.AsSpan())
        {
            writer.UInt64(word);
        }
    }

    public static DirectMapBlock Read(ref StateReader reader)
    {
        var form = reader.Byte();
        var block = new DirectMapBlock { IsSmall = (form & 1) != 0, Absent = (form & 2) != 0 ? (int)ReverseMapTable.PagesPerBlock : 0 };
        if (form == 5)
        {
            var bits = new ulong[Words];
            foreach (ref var word in bits.AsSpan())
            {
                word = reader.UInt64();
            }

            block.Fill(bits);
        }

        return form <= 3 || block._present is not null ? block : throw new FormatException($"A block of the direct map has no form {form}.");
    }

    private readonly void WriteTo(ulong[] bits)
    {
        if (_present is null)
        {
            Array.Fill(bits, Absent == 0 ? ulong.MaxValue : 0);
        }
        else
        {
            _present.CopyTo(bits, 0);
        }
    }

    private void Fill(ulong[] bits)
    {
        var present = 0;
        foreach (var word in bits)
        {
            present += BitOperations.PopCount(word);
        }

        Absent = (int)ReverseMapTable.PagesPerBlock - present;
        _present = present is 0 or (int)ReverseMapTable.PagesPerBlock ? null : bits;
    }
}
