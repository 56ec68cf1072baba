using System.Buffers;
using System.Text;
using System.Text.Json;
using Xunit;

namespace GuestMemory.Tests;

/// <summary>What the address types' own tests do not reach: text in pieces, the longest text, and what a refusal says.</summary>
public sealed class HexJsonConverterTests
{
    [Fact]
    public void What_is_no_string_is_told_what_it_should_be()
    {
        var refused = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Gpa>("16"));

        Assert.Contains("is a string: \"0x\" and hexadecimal digits", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_character_of_the_longest_number_may_be_escaped()
    {
        var escaped = string.Concat($"0x{new string('f', 16)}".Select(letter => $"\\u00{(int)letter:x2}"));

        Assert.Equal(new(ulong.MaxValue), JsonSerializer.Deserialize<Gpa>($"\"{escaped}\""));
    }

    [Fact]
    public void Text_in_two_pieces_is_one_text() => Assert.Equal(new Gpa(0x1abc), Read("\"0x1", "abc\""));

    [Fact]
    public void Text_in_two_pieces_is_refused_when_it_is_too_long() =>
        Assert.Throws<JsonException>(() => Read($"\"0x{new string('0', 100)}", $"{new string('0', 100)}\""));

    private static Gpa Read(string first, string second)
    {
        var start = new Piece(Encoding.UTF8.GetBytes(first));
        var end = start.Append(Encoding.UTF8.GetBytes(second));
        var reader = new Utf8JsonReader(new ReadOnlySequence<byte>(start, 0, end, end.Memory.Length));
        reader.Read();
        return new HexJsonConverter<Gpa>().Read(ref reader, typeof(Gpa), JsonSerializerOptions.Default);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes) => Memory = bytes;

        public Piece Append(byte[] bytes)
        {
            var next = new Piece(bytes) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
