using System.Numerics;

namespace GuestMemory;

/// <summary>The text form that all addresses and frame numbers share: <c>0x</c> and lower-case digits.</summary>
/// <remarks>One code serves UTF-16 (<see cref="char"/>) and UTF-8 (<see cref="byte"/>): all of it is ASCII.</remarks>
internal static class HexNumber
{
    private const int MaxDigits = 16;
    private const int MaxUnitLength = 8;
    private const int MaxLength = MaxUnitLength + 3 + MaxDigits;

    public static string ToString<T>(T number, ReadOnlySpan<char> format)
        where T : struct, IHexNumber<T>
    {
        Span<char> text = stackalloc char[MaxLength];
        TryFormat(number, text, out var written, format);
        return new string(text[..written]);
    }

    public static bool TryFormat<T, TUnit>(
        T number, Span<TUnit> destination, out int written, ReadOnlySpan<char> format)
        where T : struct, IHexNumber<T>
        where TUnit : unmanaged, IBinaryInteger<TUnit>
    {
        var prefix = PrefixFor<T>(format);
        var digits = (BitOperations.Log2(number.Value) >> 2) + 1;
        written = 0;
        if (destination.Length < prefix.Length + digits)
        {
            return false;
        }

        for (var i = 0; i < prefix.Length; i++)
        {
            destination[i] = TUnit.CreateTruncating(prefix[i]);
        }

        WriteDigits(number.Value, destination.Slice(prefix.Length, digits));
        written = prefix.Length + digits;
        return true;
    }

    public static T Parse<T, TUnit>(ReadOnlySpan<TUnit> text)
        where T : struct, IHexNumber<T>
        where TUnit : unmanaged, IBinaryInteger<TUnit>
    {
        return TryParse(text, out T number)
            ? number
            : throw new FormatException("An address or frame number is 0x and 1 to 16 hexadecimal digits.");
    }

    public static bool TryParse<T, TUnit>(ReadOnlySpan<TUnit> text, out T number)
        where T : struct, IHexNumber<T>
        where TUnit : unmanaged, IBinaryInteger<TUnit>
    {
        number = default;
        if (text.Length is < 3 or > 2 + MaxDigits || AsChar(text[0]) != '0' || AsChar(text[1]) != 'x')
        {
            return false;
        }

        var value = 0UL;
        foreach (var unit in text[2..])
        {
            var character = AsChar(unit);
            if (!char.IsAsciiHexDigit(character))
            {
                return false;
            }

            value = (value << 4) | DigitValue(character);
        }

        number = T.FromValue(value);
        return true;
    }

    private static ReadOnlySpan<char> PrefixFor<T>(ReadOnlySpan<char> format)
        where T : struct, IHexNumber<T>
    {
        return format switch
        {
            "" => T.Prefix,
            "x" => "0x",
            _ => throw new FormatException("The format is neither empty nor \"x\"."),
        };
    }

    private static void WriteDigits<TUnit>(ulong value, Span<TUnit> destination)
        where TUnit : unmanaged, IBinaryInteger<TUnit>
    {
        for (var i = destination.Length - 1; i >= 0; i--)
        {
            destination[i] = TUnit.CreateTruncating("0123456789abcdef"[(int)(value & 0xf)]);
            value >>= 4;
        }
    }

    private static char AsChar<TUnit>(TUnit unit)
        where TUnit : unmanaged, IBinaryInteger<TUnit>
        => (char)ushort.CreateTruncating(unit);

    private static ulong DigitValue(char digit) =>
        char.IsAsciiDigit(digit) ? (ulong)(digit - '0') : (ulong)((digit | 0x20) - 'a' + 10);
}
