using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace GuestMemory.Tests;

/// <summary>What every address and frame number promises.</summary>
public abstract class AddressContract<T>
    where T : struct, IComparable<T>, IComparisonOperators<T, T, bool>, ISpanFormattable, IUtf8SpanFormattable,
        ISpanParsable<T>, IUtf8SpanParsable<T>
{
    private static readonly ulong[] Interesting =
        [0, 1, 9, 0xa, 0xf, 0x10, 0xfff, 0x1000, ulong.MaxValue - 1, ulong.MaxValue];

    protected abstract string Unit { get; }

    protected abstract T Make(ulong value);

    protected abstract ulong NumberOf(T value);

    protected abstract T Add(T start, ulong count);

    protected abstract ulong Subtract(T later, T start);

    [Fact]
    public void The_default_is_number_0() => Assert.Equal(Make(0), default);

    [Fact]
    public void Text_without_a_format_names_the_unit()
    {
        Assert.Equal($"{Unit} 0x1abc", Make(0x1abc).ToString());
        Assert.Equal($"{Unit} 0x1abc", Make(0x1abc).ToString(null, null));
        Assert.Equal($"at {Unit} 0x0", $"at {Make(0)}");
        Assert.Equal($"{Unit} 0xffffffffffffffff", Make(ulong.MaxValue).ToString());
    }

    [Fact]
    public void Format_x_leaves_the_unit_out()
    {
        Assert.Equal("0x1abc", $"{Make(0x1abc):x}");
        Assert.Equal("0x0", Make(0).ToString("x", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Another_format_is_refused() =>
        Assert.Throws<FormatException>(() => Make(1).ToString("N0", null));

    [Fact]
    public void A_destination_takes_exactly_the_text_and_nothing_shorter()
    {
        var text = Make(0x1abc).ToString(null, null);
        Span<char> characters = stackalloc char[text.Length];
        Span<byte> bytes = stackalloc byte[text.Length];

        Assert.True(Make(0x1abc).TryFormat(characters, out var charsWritten, default, null));
        Assert.True(Make(0x1abc).TryFormat(bytes, out var bytesWritten, default, null));

        Assert.Equal(text, characters[..charsWritten].ToString());
        Assert.Equal(text, Encoding.UTF8.GetString(bytes[..bytesWritten]));
        Assert.False(Make(0x1abc).TryFormat(characters[1..], out charsWritten, default, null));
        Assert.False(Make(0x1abc).TryFormat(bytes[1..], out bytesWritten, default, null));
        Assert.Equal(0, charsWritten + bytesWritten);
    }

    [Fact]
    public void What_format_x_writes_parses_back() => Prop.ForAll<ulong>(number =>
    {
        var text = Make(number).ToString("x", null);
        return FromString<T>(text).Equals(Make(number))
            && T.Parse((ReadOnlySpan<char>)text, null).Equals(Make(number))
            && T.Parse((ReadOnlySpan<byte>)Encoding.UTF8.GetBytes(text), null).Equals(Make(number));
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("0x0", 0UL)]
    [InlineData("0x0000000000000010", 0x10UL)]
    [InlineData("0xDEADbeef", 0xdeadbeefUL)]
    [InlineData("0xffffffffffffffff", ulong.MaxValue)]
    public void A_prefix_and_1_to_16_digits_parse(string text, ulong number)
    {
        Assert.Equal(Make(number), FromString<T>(text));
        Assert.True(T.TryParse(text, null, out var parsed));
        Assert.Equal(Make(number), parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0x")]
    [InlineData("10")]
    [InlineData("1x0")]
    [InlineData("0X10")]
    [InlineData("0x10 ")]
    [InlineData(" 0x10")]
    [InlineData("0x-1")]
    [InlineData("0x1g")]
    [InlineData("0x1\u0130")]
    [InlineData("0x00000000000000000")]
    public void Anything_else_does_not_parse(string text)
    {
        Assert.False(T.TryParse(text, null, out var parsed));
        Assert.Equal(default, parsed);
        Assert.False(T.TryParse(text.AsSpan(), null, out _));
        Assert.False(T.TryParse(Encoding.UTF8.GetBytes(text), null, out _));
        Assert.False(TryFromString<T>(text));
        Assert.Throws<FormatException>(() => FromString<T>(text));
        Assert.Throws<FormatException>(() => T.Parse((ReadOnlySpan<byte>)Encoding.UTF8.GetBytes(text), null));
    }

    [Fact]
    public void No_text_at_all_is_no_number()
    {
        Assert.False(TryFromString<T>(null));
        Assert.Throws<ArgumentNullException>(() => FromString<T>(null!));
    }

    [Fact]
    public void Json_is_a_string_of_hexadecimal_digits()
    {
        Assert.Equal("\"0x1abc\"", JsonSerializer.Serialize(Make(0x1abc)));
        Assert.All(Interesting, number =>
            Assert.Equal(Make(number), JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(Make(number)))));
        Assert.Equal(Make(0x10), JsonSerializer.Deserialize<T>("\"\\u0030x10\""));
    }

    [Fact]
    public void Json_keys_round_trip()
    {
        var map = new Dictionary<T, int> { [Make(0x10)] = 1, [Make(ulong.MaxValue)] = 2 };

        var json = JsonSerializer.Serialize(map);

        Assert.Equal("{\"0x10\":1,\"0xffffffffffffffff\":2}", json);
        Assert.Equal(map, JsonSerializer.Deserialize<Dictionary<T, int>>(json));
    }

    [Theory]
    [InlineData("16")]
    [InlineData("null")]
    [InlineData("\"16\"")]
    [InlineData("\"0x00000000000000000\"")]
    public void Other_json_is_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<T>(json));

    [Fact]
    public void A_json_string_of_any_length_is_refused_the_same_way() =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<T>($"\"0x{new string('0', 1000)}\""));

    [Fact]
    public void Order_is_the_order_of_the_numbers()
    {
        foreach (var left in Interesting)
        {
            foreach (var right in Interesting)
            {
                Assert.Equal(left < right, Make(left) < Make(right));
                Assert.Equal(left > right, Make(left) > Make(right));
                Assert.Equal(left <= right, Make(left) <= Make(right));
                Assert.Equal(left >= right, Make(left) >= Make(right));
                Assert.Equal(left == right, Make(left) == Make(right));
                Assert.Equal(left.CompareTo(right), Make(left).CompareTo(Make(right)));
            }
        }
    }

    [Fact]
    public void Adding_a_count_and_subtracting_the_start_gives_the_count()
    {
        var end = Add(Make(0x10), 5);

        Assert.Equal(0x15UL, NumberOf(end));
        Assert.Equal(5UL, Subtract(end, Make(0x10)));
    }

    [Fact]
    public void Arithmetic_reaches_the_last_number_and_not_past_it()
    {
        Assert.Equal(Make(ulong.MaxValue), Add(Make(ulong.MaxValue), 0));
        Assert.Throws<OverflowException>(() => Add(Make(ulong.MaxValue), 1));
        Assert.Equal(0UL, Subtract(Make(3), Make(3)));
        Assert.Throws<OverflowException>(() => Subtract(Make(3), Make(4)));
    }

    // On T itself the overloads for spans would hide those for strings.
    private static TParsable FromString<TParsable>(string text)
        where TParsable : IParsable<TParsable> => TParsable.Parse(text, null);

    private static bool TryFromString<TParsable>(string? text)
        where TParsable : IParsable<TParsable> => TParsable.TryParse(text, null, out _);
}
