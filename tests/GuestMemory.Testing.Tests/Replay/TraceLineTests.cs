using System.Text;
using Xunit;

namespace GuestMemory.Testing.Tests.Replay;

public sealed class TraceLineTests
{
    private readonly TraceArgument[] _places = new TraceArgument[TraceLine.MostArguments];

    [Theory]
    [InlineData("""{"i":12,"op":"mmap","args":{"map":"m0","len":8},"out":{"result":"OK"}}""")]
    [InlineData("""{"out":{"result":"OK"},"args":{"map":"m0","len":8},"op":"mmap","i":12}""")]
    [InlineData("""{"i":12,"op":"mmap","args":{"map":"m0","len":8},"out":{"result":"OK"},"stand_in":true,"note":["any",{"json":null}]}""")]
    [InlineData("\t{ \"i\" : 12 , \"op\" : \"mmap\" ,\r\"args\" : {\"map\":\"m0\",\"len\":8} , \"out\" : {\"result\":\"OK\"} } ")]
    public void An_operation_is_found_whatever_the_order_and_the_space(string text)
    {
        var line = Parse(text);

        Assert.Equal(TraceLineKind.Operation, line.Kind);
        Assert.Equal(12, line.Index);
        Assert.Equal("mmap"u8, line.Operation);
        Assert.Equal("m0"u8, line.Arguments.Text("map"u8));
        Assert.Equal(8UL, line.Arguments.UInt64("len"u8));
        Assert.Equal(2, line.Arguments.Count);
        Assert.Equal("""{"map":"m0","len":8}"""u8, line.ArgumentsJson);
        Assert.Equal("""{"result":"OK"}"""u8, line.Json);
    }

    [Theory]
    [InlineData("""{"meta":{"env":"x"}}""", TraceLineKind.Meta, """{"env":"x"}""")]
    [InlineData("""{"case":{}}""", TraceLineKind.Case, "{}")]
    [InlineData("""{"abort":{"status":[1,-2.5e+3,true,false,null,{"a":[]}]}}""", TraceLineKind.Abort, """{"status":[1,-2.5e+3,true,false,null,{"a":[]}]}""")]
    [InlineData("""{"case":{"name":"a \" \\ \/ \b\f\n\r\t \u00e9 \ud800 é"}}""", TraceLineKind.Case, """{"name":"a \" \\ \/ \b\f\n\r\t \u00e9 \ud800 é"}""")]
    public void Other_lines_give_their_object(string text, TraceLineKind kind, string json)
    {
        var line = Parse(text);

        Assert.Equal(kind, line.Kind);
        Assert.Equal(json, Encoding.UTF8.GetString(line.Json));
    }

    [Fact]
    public void Arguments_that_are_no_strings_are_given_as_written()
    {
        var line = Parse("""{"i":0,"op":"a","args":{"list":[1, "x"],"flag":true,"":"empty"},"out":{}}""");

        Assert.Equal("""[1, "x"]"""u8, line.Arguments.Text("list"u8));
        Assert.Equal("true"u8, line.Arguments.Text("flag"u8));
        Assert.Equal("empty"u8, line.Arguments.Text(""u8));
    }

    [Theory]
    [InlineData("", "malformed JSON: an object is missing at column 1")]
    [InlineData("[]", "malformed JSON: an object is missing at column 1")]
    [InlineData("{", "malformed JSON: a key is missing at column 2")]
    [InlineData("{}x", "malformed JSON: something follows the object at column 3")]
    [InlineData("""{"case":{}""", "malformed JSON: a comma or a closing brace is missing at column 11")]
    [InlineData("""{"case":{},}""", "malformed JSON: a key is missing at column 12")]
    [InlineData("""{"case" {}}""", "malformed JSON: a colon is missing at column 9")]
    [InlineData("""{"case":}""", "malformed JSON: a value is missing at column 9")]
    [InlineData("""{"case":{"a":[1 2]}}""", "malformed JSON: a comma or a closing bracket is missing at column 17")]
    [InlineData("""{"case":{"a":[1,]}}""", "malformed JSON: a value is missing at column 17")]
    [InlineData("""{"case":{"a":01}}""", "malformed JSON: a number starts with 0 at column 14")]
    [InlineData("""{"case":{"a":-}}""", "malformed JSON: a digit is missing at column 15")]
    [InlineData("""{"case":{"a":1.}}""", "malformed JSON: a digit is missing at column 16")]
    [InlineData("""{"case":{"a":1e+}}""", "malformed JSON: a digit is missing at column 17")]
    [InlineData("""{"case":{"a":nul}}""", "malformed JSON: a value is missing at column 14")]
    [InlineData("""{"case":{"a":"b""", "malformed JSON: a string does not end at column 16")]
    [InlineData("{\"case\":{\"a\":\"\t\"}}", "malformed JSON: a control character stands in a string at column 15")]
    [InlineData("""{"case":{"a":"\x"}}""", "malformed JSON: there is no such escape at column 15")]
    [InlineData("""{"case":{"a":"\u12g4"}}""", "malformed JSON: there is no such escape at column 15")]
    public void Malformed_lines_say_what_is_missing(string text, string message) => Assert.Equal(message, Refused(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("{}", "not a line of a recording: \"meta\", \"case\", \"abort\" or \"op\" is missing at column 1")]
    [InlineData("""{"op":"a","args":{},"out":{}}""", "not a line of a recording: \"i\" is missing at column 1")]
    [InlineData("""{"i":1,"args":{},"out":{}}""", "not a line of a recording: \"op\" is missing at column 1")]
    [InlineData("""{"i":1,"op":"a","out":{}}""", "not a line of a recording: \"args\" is missing at column 1")]
    [InlineData("""{"i":1,"op":"a","args":{}}""", "not a line of a recording: \"out\" is missing at column 1")]
    [InlineData("""{"i":1,"case":{}}""", "not a line of a recording: keys of different kinds of line at column 1")]
    [InlineData("""{"meta":{},"case":{}}""", "not a line of a recording: keys of different kinds of line at column 1")]
    [InlineData("""{"case":{},"colour":1}""", "not a line of a recording: unknown key \"colour\" at column 13")]
    [InlineData("""{"case":{},"case":{}}""", "not a line of a recording: the key \"case\" stands there twice at column 13")]
    [InlineData("""{"c\u0061se":{}}""", "not a line of a recording: unknown key \"c\\u0061se\" at column 3")]
    [InlineData("""{"case":3}""", "not a line of a recording: an object is expected at column 9")]
    [InlineData("""{"i":-1}""", "not a line of a recording: \"i\" is not a number of at most nine digits at column 6")]
    [InlineData("""{"i":1234567890}""", "not a line of a recording: \"i\" is not a number of at most nine digits at column 6")]
    [InlineData("""{"i":"1"}""", "not a line of a recording: \"i\" is not a number of at most nine digits at column 6")]
    [InlineData("""{"op":1}""", "not a line of a recording: \"op\" is not a string at column 7")]
    [InlineData("""{"op":"\n"}""", "not a line of a recording: an escape in the operation's name at column 8")]
    [InlineData("""{"args":[]}""", "not a line of a recording: \"args\" is not an object at column 9")]
    [InlineData("""{"args":{"a":"b\n"}}""", "not a line of a recording: an escape in an argument at column 15")]
    [InlineData("""{"args":{"\u0061":"b"}}""", "not a line of a recording: an escape in an argument's key at column 11")]
    [InlineData("""{"args":{"a":"b","c":"d","a":"b"}}""", "not a line of a recording: the key \"a\" stands there twice at column 27")]
    public void Json_of_another_form_is_told_apart(string text, string message) => Assert.Equal(message, Refused(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Keys_with_the_same_small_hash_are_still_two_keys() =>
        Assert.Equal(2, Parse("""{"i":0,"op":"a","args":{"ab":1,"ac":2},"out":{}}""").Arguments.Count);

    [Fact]
    public void Bytes_that_are_not_Utf8_are_malformed() =>
        Assert.Equal("malformed JSON: it is not UTF-8 at column 1", Refused([.. "{\"case\":{\"name\":\""u8, 0xff, .. "\"}}"u8]));

    [Fact]
    public void Sixty_four_arguments_fit_and_one_more_does_not()
    {
        Assert.Equal(64, Parse(With(64)).Arguments.Count);
        Assert.StartsWith("not a line of a recording: too many arguments", Refused(Encoding.UTF8.GetBytes(With(65))), StringComparison.Ordinal);

        static string With(int count) => "{\"i\":0,\"op\":\"a\",\"args\":{" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"k{i}\":{i}")) + "},\"out\":{}}";
    }

    [Fact]
    public void Sixty_four_levels_fit_and_one_more_does_not()
    {
        Assert.Equal(TraceLineKind.Case, Parse(Nested(62)).Kind);
        Assert.StartsWith("malformed JSON: it is nested more than 64 deep", Refused(Encoding.UTF8.GetBytes(Nested(63))), StringComparison.Ordinal);

        static string Nested(int lists) => "{\"case\":{\"a\":" + new string('[', lists) + new string(']', lists) + "}}";
    }

    [Fact]
    public void Every_line_of_every_recording_is_read()
    {
        var operations = 0;
        foreach (var file in RecordingFiles.Find(Recording.Folder).Files)
        {
            using var stream = File.OpenRead(file);
            using var reader = new TraceReader(stream);
            while (reader.TryReadLine(out var text))
            {
                Assert.True(TraceLine.TryParse(text, _places, out var line, out var error), error.ToString());
                operations += line.Kind == TraceLineKind.Operation ? 1 : 0;
            }

            Assert.Null(reader.Failure);
        }

        Assert.True(operations >= 142_364, $"only {operations} operations");
    }

    private TraceLine Parse(string text)
    {
        Assert.True(TraceLine.TryParse(Encoding.UTF8.GetBytes(text), _places, out var line, out var error), error.ToString());
        return line;
    }

    private string Refused(byte[] text)
    {
        Assert.False(TraceLine.TryParse(text, _places, out _, out var error));
        return error.ToString();
    }
}
