using System.Text;
using Xunit;

namespace GuestMemory.Tests;

public sealed class TraceArgumentsTests
{
    [Fact]
    public void Arguments_are_found_by_key_in_any_order()
    {
        var line = "a=1 length=0x20 len=text"u8;
        TraceArgument[] places = [new(0, 1, 2, 1), new(4, 6, 11, 4), new(16, 3, 20, 4)];
        var arguments = new TraceArguments(line, places);

        Assert.Equal((3, 0x20UL, 1UL), (arguments.Count, arguments.UInt64("length"u8), arguments.UInt64("a"u8)));
        Assert.Equal("text", Encoding.UTF8.GetString(arguments.Text("len"u8)));
        Assert.False(arguments.TryGet("lengt"u8, out var none) || !none.IsEmpty);
    }

    [Fact]
    public void Unsigned_numbers_are_decimal_or_hexadecimal_with_0x()
    {
        Assert.Equal([0UL, 7, ulong.MaxValue, 0xab, 0xAB, ulong.MaxValue], new[] { "0", "7", "18446744073709551615", "0xab", "0xAB", "0xffffffffffffffff" }.Select(Unsigned));
        foreach (var text in new[] { "", "0x", "x1", "-1", "1 ", " 1", "12g", "0xg", "0x10000000000000000", "18446744073709551616", "--1", "1.5" })
        {
            Assert.Contains($"\"n\" is \"{text}\"", Assert.Throws<FormatException>(() => Unsigned(text)).Message, StringComparison.Ordinal);
        }
    }

    // Hexadecimal digits are the 64 bits themselves; what a decimal number says must fit.
    [Fact]
    public void Signed_numbers_take_a_minus_and_must_fit_64_bits()
    {
        Assert.Equal(
            [0L, -1, -16, long.MinValue, long.MaxValue, -1, long.MinValue],
            new[] { "0", "-1", "-0x10", "-9223372036854775808", "9223372036854775807", "0xffffffffffffffff", "0x8000000000000000" }.Select(Signed));
        foreach (var text in new[] { "", "-", "--1", "9223372036854775808", "-9223372036854775809", "-0x8000000000000001", "-18446744073709551615", "0x10000000000000000" })
        {
            Assert.Throws<FormatException>(() => Signed(text));
        }
    }

    [Fact]
    public void Every_hexadecimal_digit_counts() =>
        Assert.Equal([0x0123456789UL, 0xabcdef, 0xabcdef], new[] { "0x0123456789", "0xabcdef", "0xABCDEF" }.Select(Unsigned));

    [Fact]
    public void Keys_of_one_length_are_told_apart()
    {
        var arguments = new TraceArguments("a=1 b=2"u8, [new(0, 1, 2, 1), new(4, 1, 6, 1)]);

        Assert.Equal((1UL, 2UL), (arguments.UInt64("a"u8), arguments.UInt64("b"u8)));
        Assert.False(arguments.TryGet("c"u8, out _));
    }

    [Fact]
    public void Smaller_numbers_are_refused_where_they_do_not_fit()
    {
        Assert.Equal([0, 7, uint.MaxValue], new[] { "0", "7", "0xffffffff" }.Select(Unsigned32));
        Assert.Equal([0, 7, int.MaxValue], new[] { "0", "7", "0x7fffffff" }.Select(Count));
        Assert.Contains("\"n\" is \"0x100000000\"", Assert.Throws<FormatException>(() => Unsigned32("0x100000000")).Message, StringComparison.Ordinal);
        Assert.Contains("\"n\" is \"0x80000000\"", Assert.Throws<FormatException>(() => Count("0x80000000")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_argument_is_named() =>
        Assert.Contains("\"fd\" is missing", Assert.Throws<FormatException>(() => new TraceArguments([], []).UInt64("fd"u8)).Message, StringComparison.Ordinal);

    private static ulong Unsigned(string text) => new TraceArguments(Encoding.UTF8.GetBytes("n" + text), [new(0, 1, 1, text.Length)]).UInt64("n"u8);

    private static uint Unsigned32(string text) => new TraceArguments(Encoding.UTF8.GetBytes("n" + text), [new(0, 1, 1, text.Length)]).UInt32("n"u8);

    private static int Count(string text) => new TraceArguments(Encoding.UTF8.GetBytes("n" + text), [new(0, 1, 1, text.Length)]).Count32("n"u8);

    private static long Signed(string text) => new TraceArguments(Encoding.UTF8.GetBytes("n" + text), [new(0, 1, 1, text.Length)]).Int64("n"u8);
}
