using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace GuestMemory;

/// <summary>The arguments of one recorded operation, read from its line without copying.</summary>
/// <remarks>Strings hold no escapes (no name or number of the format needs one). Look-ups are by key, in any order.</remarks>
public readonly ref struct TraceArguments
{
    private readonly ReadOnlySpan<byte> _line;
    private readonly ReadOnlySpan<TraceArgument> _arguments;

    /// <summary>Creates the view.</summary>
    /// <param name="line">The whole line.</param>
    /// <param name="arguments">Where each argument lies.</param>
    public TraceArguments(ReadOnlySpan<byte> line, ReadOnlySpan<TraceArgument> arguments)
    {
        _line = line;
        _arguments = arguments;
    }

    /// <summary>Number of arguments.</summary>
    public int Count => _arguments.Length;

    /// <summary>An argument's bytes.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">The bytes; empty when there is no such argument.</param>
    public bool TryGet(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        foreach (ref readonly var argument in _arguments)
        {
            if (argument.KeyLength == key.Length && _line.Slice(argument.KeyStart, argument.KeyLength).SequenceEqual(key))
            {
                value = _line.Slice(argument.ValueStart, argument.ValueLength);
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>An argument's bytes.</summary>
    /// <param name="key">Its key.</param>
    /// <exception cref="FormatException">There is no such argument.</exception>
    public ReadOnlySpan<byte> Text(ReadOnlySpan<byte> key) =>
        TryGet(key, out var value) ? value : throw new FormatException($"argument \"{Encoding.UTF8.GetString(key)}\" is missing");

    /// <summary>An unsigned 64-bit argument: <c>0x</c> and hexadecimal digits, or a decimal number.</summary>
    /// <param name="key">Its key.</param>
    /// <exception cref="FormatException">There is no such argument, or it is no number of 64 bits.</exception>
    public ulong UInt64(ReadOnlySpan<byte> key)
    {
        var text = Text(key);
        return TryParse(text, out var value) ? value : throw Malformed(key, text);
    }

    /// <summary>An unsigned argument of at most 32 bits, in the forms of <see cref="UInt64"/>.</summary>
    /// <param name="key">Its key.</param>
    /// <exception cref="FormatException">There is no such argument, or it is no number of 32 bits.</exception>
    public uint UInt32(ReadOnlySpan<byte> key)
    {
        var value = UInt64(key);
        return value <= uint.MaxValue ? (uint)value : throw Malformed(key, Text(key));
    }

    /// <summary>A count or small number that is not negative, in the forms of <see cref="UInt64"/>.</summary>
    /// <param name="key">Its key.</param>
    /// <exception cref="FormatException">There is no such argument, or it is no number of 31 bits.</exception>
    public int Count32(ReadOnlySpan<byte> key)
    {
        var value = UInt64(key);
        return value <= int.MaxValue ? (int)value : throw Malformed(key, Text(key));
    }

    /// <summary>A signed 64-bit argument: as <see cref="UInt64"/>, with a minus sign before it when negative. Hexadecimal digits without one are the 64 bits themselves.</summary>
    /// <param name="key">Its key.</param>
    /// <exception cref="FormatException">There is no such argument, or it is no signed number of 64 bits.</exception>
    public long Int64(ReadOnlySpan<byte> key)
    {
        var text = Text(key);
        var negative = !text.IsEmpty && text[0] == (byte)'-';
        var isHex = text.Length > 1 && text[1] == (byte)'x';
        var most = negative ? 1UL << 63 : isHex ? ulong.MaxValue : long.MaxValue;
        if (!TryParse(negative ? text[1..] : text, out var magnitude) || magnitude > most)
        {
            throw Malformed(key, text);
        }

        var value = unchecked((long)magnitude);
        return negative ? unchecked(-value) : value;
    }

    private static bool TryParse(ReadOnlySpan<byte> text, out ulong value)
    {
        if (text.Length > 2 && text[0] == (byte)'0' && text[1] == (byte)'x')
        {
            return TryParseHex(text[2..], out value);
        }

        return Utf8Parser.TryParse(text, out value, out var used) && used == text.Length;
    }

    private static bool TryParseHex(ReadOnlySpan<byte> digits, out ulong value)
    {
        value = 0;
        if (digits.Length > 16)
        {
            return false;
        }

        foreach (var digit in digits)
        {
            var nibble = digit switch
            {
                >= (byte)'0' and <= (byte)'9' => digit - '0',
                >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
                _ => -1,
            };
            if (nibble < 0)
            {
                return false;
            }

            value = (value << 4) | (uint)nibble;
        }

        return true;
    }

    private static FormatException Malformed(ReadOnlySpan<byte> key, ReadOnlySpan<byte> text) =>
        new(string.Create(CultureInfo.InvariantCulture, $"argument \"{Encoding.UTF8.GetString(key)}\" is \"{Encoding.UTF8.GetString(text)}\", not a number of the size it must have"));
}
