using System.Buffers.Text;

namespace GuestMemory.Tdx;

/// <summary>Reads a list of addresses as a recording spells it, <c>["0x1000","0x2000"]</c>.</summary>
internal static class RecordedList
{
    /// <summary>Adds a list's addresses.</summary>
    /// <exception cref="FormatException">It is no list of hexadecimal strings.</exception>
    public static void Read(ReadOnlySpan<byte> text, List<ulong> values)
    {
        if (text is not [(byte)'[', .. var items, (byte)']'])
        {
            throw new FormatException("a list is expected");
        }

        items = items.Trim(" \t"u8);
        foreach (var place in items.Split((byte)','))
        {
            var item = items[place].Trim(" \t"u8);
            if (items.IsEmpty)
            {
                return;
            }

            values.Add(item is [(byte)'"', (byte)'0', (byte)'x', .. var digits, (byte)'"'] && Utf8Parser.TryParse(digits, out ulong value, out var used, 'x') && used == digits.Length
                ? value
                : throw new FormatException("a list's item is no hexadecimal string"));
        }
    }
}
