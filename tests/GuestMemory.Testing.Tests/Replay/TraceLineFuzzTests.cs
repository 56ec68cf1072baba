using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Xunit;

namespace GuestMemory.Testing.Tests.Replay;

/// <summary>Real lines with a few bytes changed, judged also by System.Text.Json.</summary>
public sealed class TraceLineFuzzTests
{
    private static readonly byte[] Interesting = "{}[]:,\"\\/0123456789.eE+-truefalsn \t\r\n\0\u0001\u007f"u8.ToArray();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void What_is_taken_is_Json_and_what_is_called_malformed_is_not(int seed)
    {
        var random = new Random(seed);
        var lines = Lines();
        var places = new TraceArgument[TraceLine.MostArguments];
        var (taken, malformed, unsupported) = (0, 0, 0);
        for (var round = 0; round < 50_000; round++)
        {
            var text = Mutate(lines[random.Next(lines.Length)], lines[random.Next(lines.Length)], random);

            var accepted = TraceLine.TryParse(text, places, out var line, out var error);

            var json = IsJson(text);
            Assert.True(json || !accepted, Encoding.UTF8.GetString(text));
            Assert.True(accepted || !error.IsMalformed || !json, $"{error}: {Encoding.UTF8.GetString(text)}");
            if (accepted)
            {
                Assert.True(IsJson(line.Json), Encoding.UTF8.GetString(text));
            }

            taken += accepted ? 1 : 0;
            malformed += !accepted && error.IsMalformed ? 1 : 0;
            unsupported += !accepted && !error.IsMalformed ? 1 : 0;
        }

        Assert.True(taken > 1000 && malformed > 1000 && unsupported > 1000, $"{taken}, {malformed}, {unsupported}");
    }

    [Fact]
    public void Every_beginning_of_a_line_is_malformed()
    {
        var places = new TraceArgument[TraceLine.MostArguments];
        foreach (var line in Lines())
        {
            for (var length = 0; length < line.Length; length++)
            {
                Assert.False(TraceLine.TryParse(line.AsSpan(0, length), places, out _, out var error));
                Assert.True(error.IsMalformed);
            }
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text);
            while (reader.Read())
            {
            }

            return Utf8.IsValid(text);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static byte[] Mutate(byte[] line, byte[] other, Random random)
    {
        var text = line.ToList();
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            var at = random.Next(text.Count);
            switch (random.Next(7))
            {
                case 0:
                    text[at] = Interesting[random.Next(Interesting.Length)];
                    break;
                case 1:
                    text.Insert(at, Interesting[random.Next(Interesting.Length)]);
                    break;
                case 2 when text.Count > 1:
                    text.RemoveAt(at);
                    break;
                case 3:
                    text[at] = (byte)random.Next(256);
                    break;
                case 4:
                    text.Insert(at, (byte)' ');
                    break;
                case 5:
                    var piece = random.Next(other.Length);
                    text.InsertRange(at, other.AsSpan(piece, random.Next(1, Math.Min(12, other.Length - piece + 1))).ToArray());
                    break;
                default:
                    text.RemoveRange(at, random.Next(0, Math.Min(8, text.Count - at)));
                    break;
            }
        }

        return [.. text];
    }

    private static byte[][] Lines()
    {
        var real = File.ReadAllBytes(Recording.Kernel("qemu-7.3", "p12_emulated_access.jsonl"));
        return
        [
            .. Encoding.UTF8.GetString(real).Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(60).Select(Encoding.UTF8.GetBytes),
            Encoding.UTF8.GetBytes("""{"abort":{"status":-1.5e3,"words":[true,false,null,"\u00e9\n é"]}}"""),
            Encoding.UTF8.GetBytes("""{ "i" : 3 , "op" : "a" , "args" : { "x" : [ 1 , 2 ] } , "out" : { } , "stand_in" : true , "note" : "n" }"""),
        ];
    }
}
