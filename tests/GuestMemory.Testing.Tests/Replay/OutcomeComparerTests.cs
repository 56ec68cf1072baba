using System.Text;
using Xunit;

namespace GuestMemory.Testing.Tests.Replay;

public sealed class OutcomeComparerTests
{
    [Theory]
    [InlineData("""{"result":"OK","value":"0x1"}""", """{"result":"OK","value":"0x1"}""")]
    [InlineData("""{"result":"OK","value":"0x1"}""", """{"value":"0x1","result":"OK"}""")]
    [InlineData("""{"result":"OK","value":"0x1"}""", " { \"result\" :\t\"OK\" , \"value\" : \"0x1\" } ")]
    [InlineData("""{"a":{"b":1,"c":[{"d":1,"e":2}]}}""", """{"a":{"c":[{"e":2,"d":1}],"b":1}}""")]
    [InlineData("""{"a":10}""", """{"a":1e1}""")]
    [InlineData("""{"a":1.50}""", """{"a":1.5}""")]
    [InlineData("""{"a":"A"}""", """{"\u0061":"\u0041"}""")]
    [InlineData("""{"a":true,"b":null}""", """{"b":null,"a":true}""")]
    [InlineData("{}", "{ }")]
    public void The_same_content_agrees_in_any_spelling(string expected, string actual)
    {
        Assert.True(Agree(expected, actual));
        Assert.True(Agree(actual, expected));
    }

    [Theory]
    [InlineData("""{"result":"OK"}""", """{"result":"EIO"}""")]
    [InlineData("""{"result":"OK"}""", """{"result":"OK","value":"0x1"}""")]
    [InlineData("""{"result":"OK"}""", "{}")]
    [InlineData("""{"a":1}""", """{"b":1}""")]
    [InlineData("""{"a":1,"b":2}""", """{"b":1,"a":2}""")]
    [InlineData("""{"a":1}""", """{"a":"1"}""")]
    [InlineData("""{"a":true}""", """{"a":false}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":[2,1]}""")]
    [InlineData("""{"a":[1]}""", """{"a":[1,2]}""")]
    [InlineData("""{"a":[]}""", """{"a":{}}""")]
    [InlineData("""{"a":"0x1"}""", """{"a":"0x01"}""")]
    [InlineData("""{"a":1e400}""", """{"a":1e401}""")]
    [InlineData("""{"a":1,"a":1,"b":2}""", """{"a":1,"b":2,"c":3}""")]
    [InlineData("""{"a":1,"a":1}""", """{"a":1}""")]
    [InlineData("""{"a":"\ud800"}""", """{"a":"\ud801"}""")]
    [InlineData("""{"a":1}""", """{"a":1}}""")]
    [InlineData("""{"a":1}""", """{"a":1""")]
    [InlineData("""{"a":1}""", "")]
    public void Other_content_differs(string expected, string actual)
    {
        Assert.False(Agree(expected, actual));
        Assert.False(Agree(actual, expected));
    }

    [Fact]
    public void Every_answer_that_was_recorded_agrees_with_itself_reversed_and_spaced()
    {
        var places = new TraceArgument[TraceLine.MostArguments];
        foreach (var text in File.ReadLines(Recording.Kernel("qemu-7.3", "p09_guest_access.jsonl")))
        {
            Assert.True(TraceLine.TryParse(Encoding.UTF8.GetBytes(text), places, out var line, out _));
            var answer = Encoding.UTF8.GetString(line.Json);
            var fields = System.Text.Json.JsonDocument.Parse(answer).RootElement.EnumerateObject().Reverse().Select(field => $"\"{field.Name}\" : {field.Value.GetRawText()}");

            Assert.True(Agree(answer, $"{{ {string.Join(" , ", fields)} }}"));
        }
    }

    private static bool Agree(string expected, string actual) => OutcomeComparer.Agree(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(actual));
}
