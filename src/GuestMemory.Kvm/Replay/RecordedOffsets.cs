namespace GuestMemory.Kvm;

/// <summary>The recording's own arithmetic: sums of terms such as <c>a0+5P-8</c>, where P is a page and K, M, G, T are binary multiples.</summary>
internal static class RecordedOffsets
{
    /// <summary>Splits a sum into its name, if it has one, and the sum of its other terms.</summary>
    /// <param name="text">The sum.</param>
    /// <param name="name">The name; empty when the sum begins with a number.</param>
    /// <param name="offset">The rest, modulo 2^64.</param>
    /// <exception cref="FormatException">A term is no number.</exception>
    public static void Split(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> name, out ulong offset)
    {
        name = default;
        offset = 0;
        var at = 0;
        if (!text.IsEmpty && char.IsAsciiLetter((char)text[0]))
        {
            at = text.IndexOfAny((byte)'+', (byte)'-');
            at = at < 0 ? text.Length : at;
            name = text[..at];
        }

        while (at < text.Length)
        {
            var negative = text[at] == (byte)'-';
            at += text[at] is (byte)'-' or (byte)'+' ? 1 : 0;
            var length = text[at..].IndexOfAny((byte)'+', (byte)'-');
            length = length < 0 ? text.Length - at : length;
            var term = Term(text.Slice(at, length));
            offset = unchecked(negative ? offset - term : offset + term);
            at += length;
        }
    }

    private static ulong Term(ReadOnlySpan<byte> text)
    {
        var unit = text.IsEmpty ? 0 : Unit(text[^1]);
        var digits = unit > 1 ? text[..^1] : text;
        var isHex = digits.StartsWith("0x"u8);
        var value = 0UL;
        foreach (var digit in isHex ? digits[2..] : digits)
        {
            var figure = char.IsAsciiHexDigit((char)digit) ? Convert.ToInt32(((char)digit).ToString(), 16) : 99;
            if (figure >= (isHex ? 16 : 10))
            {
                throw new FormatException($"\"{System.Text.Encoding.UTF8.GetString(text)}\" is no offset");
            }

            value = unchecked((value * (isHex ? 16UL : 10)) + (ulong)figure);
        }

        return digits.Length > (isHex ? 2 : 0) ? unchecked(value * Math.Max(unit, 1)) : throw new FormatException("an offset has a term without digits");
    }

    private static ulong Unit(byte suffix) => suffix switch
    {
        (byte)'P' => 4096,
        (byte)'K' => 1UL << 10,
        (byte)'M' => 1UL << 20,
        (byte)'G' => 1UL << 30,
        (byte)'T' => 1UL << 40,
        _ => 0,
    };
}
