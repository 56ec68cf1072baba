using System.Text;
using Xunit;

namespace GuestMemory.Testing.Tests.Replay;

public sealed class ReplayRunnerTests
{
    private const string Dropped = "; the rest of this case is not replayed";

    private readonly TotalSystem _system = new();

    [Fact]
    public void Answers_as_recorded_agree()
    {
        var result = Replay(Recording.Meta, Recording.Case, Recording.Add(0, 1, 1), Recording.Operation(1, "look"), Recording.Add(2, 2, 3), Recording.Case, Recording.Add(0, 5, 5));

        Assert.Equal(new ReplayCounts(Cases: 2, Operations: 4, Compared: 3, Agreed: 3, OutsideModel: 0, Skipped: 0), result.Counts);
        Assert.Equal((1, 0), (result.Counts.LeftOut, result.Counts.Differed));
        Assert.Equal("total-1", result.Environment);
        Assert.Empty(result.Differences);
        Assert.Empty(result.Errors);
        Assert.Equal(["add", "look", "add", "add"], _system.Applied);
    }

    [Fact]
    public void The_first_difference_of_a_case_is_told_in_full_and_the_others_are_counted()
    {
        var even = """{"i":1,"op":"add_even","args":{"n":"0x3"},"out":{"result":"OK","total":"0x4"}}""";
        var result = Replay(Recording.Meta, Recording.Case, Recording.Add(0, 1, 1), even, Recording.Add(2, 1, 5), Recording.Add(3, 1, 5), Recording.Case, Recording.Add(0, 1, 1));

        var difference = Assert.Single(result.Differences);
        Assert.Equal(
            new ReplayDifference(
                "r.jsonl",
                4,
                "first",
                "add_even",
                """{"n":"0x3"}""",
                """{"result":"OK","total":"0x4"}""",
                """{"result":"OK","total":"0x3"}""",
                TotalSystem.Rounding,
                "total 1",
                "total 3",
                1),
            difference);
        Assert.Equal(new ReplayCounts(2, 5, 5, 3, 0, 0), result.Counts);
        Assert.Empty(result.Errors);
    }

    [Fact]
    public void A_difference_in_each_case_is_told_without_a_rule_when_none_decided()
    {
        var result = Replay(Recording.Meta, Recording.Case, Recording.Add(0, 1, 2), Recording.Case, Recording.Add(0, 1, 1), Recording.Add(1, 1, 3));

        Assert.Equal([(3, "total 0", "total 1"), (6, "total 1", "total 2")], result.Differences.Select(d => (d.Line, d.StateBefore, d.StateAfter)));
        Assert.All(result.Differences, d => Assert.Null(d.DecidedBy));
        Assert.All(result.Differences, d => Assert.Equal(0, d.FurtherInCase));
    }

    [Fact]
    public void A_malformed_line_drops_its_case_and_no_other()
    {
        var result = Replay(Recording.Meta, Recording.Case, Recording.Add(0, 1, 1), "{\"i\":1,", Recording.Add(2, 1, 9), Recording.Add(3, 1, 9), Recording.Case, Recording.Add(0, 1, 1));

        Assert.Equal([new ReplayError("r.jsonl", 4, "malformed JSON: a key is missing at column 8" + Dropped)], result.Errors);
        Assert.Equal(new ReplayCounts(2, 2, 2, 2, 0, 2), result.Counts);
    }

    [Fact]
    public void A_malformed_line_where_a_case_might_have_started_drops_what_follows()
    {
        var result = Replay(Recording.Meta, "{\"case\":", Recording.Add(0, 1, 1), "}", Recording.Case, Recording.Add(0, 1, 1));

        Assert.Equal([(2L, "malformed JSON: a value is missing at column 9"), (4L, "malformed JSON: an object is missing at column 1")], Errors(result));
        Assert.Equal(new ReplayCounts(1, 1, 1, 1, 0, 1), result.Counts);
    }

    [Fact]
    public void An_unknown_operation_is_an_error()
    {
        var result = Replay(Recording.Meta, Recording.Case, Recording.Operation(0, "fly"), Recording.Add(1, 1, 1));

        Assert.Equal([(3L, "unknown operation \"fly\"" + Dropped)], Errors(result));
        Assert.Equal(new ReplayCounts(1, 0, 0, 0, 0, 2), result.Counts);
    }

    [Fact]
    public void A_missing_operation_is_an_error()
    {
        var result = Replay(Recording.Meta, Recording.Case, Recording.Add(0, 1, 1), Recording.Add(2, 1, 2));

        Assert.Equal([(4L, "operation 2 stands where 1 is expected" + Dropped)], Errors(result));
    }

    [Fact]
    public void An_argument_that_is_missing_or_of_another_form_is_an_error()
    {
        var result = Replay(
            Recording.Meta,
            Recording.Case,
            Recording.Operation(0, "add"),
            Recording.Case,
            """{"i":0,"op":"add","args":{"n":"many"},"out":{}}""");

        Assert.Equal(
            [(3L, "operation \"add\": argument \"n\" is missing" + Dropped), (5L, "operation \"add\": argument \"n\" is \"many\", not a number of the size it must have" + Dropped)],
            Errors(result));
        Assert.Equal(2, result.Counts.Skipped);
    }

    [Fact]
    public void An_exception_of_the_system_is_an_error_on_one_line()
    {
        var result = Replay(Recording.Meta, Recording.Case, Recording.Operation(0, "break"), Recording.Case, Recording.Add(0, 1, 1));

        Assert.Equal([(3L, "operation \"break\": System.InvalidOperationException: two lines" + Dropped)], Errors(result));
        Assert.Equal(1, result.Counts.Agreed);
    }

    [Fact]
    public void An_operation_outside_the_model_ends_its_case_and_is_no_error()
    {
        var result = Replay(Recording.Meta, Recording.Case, Recording.Operation(0, "leave"), Recording.Add(1, 1, 1), Recording.Case, Recording.Add(0, 1, 1));

        Assert.Equal([new OutsideModelStop("r.jsonl", 3, "first", "leave", "MB-7", "leaving (docs/model-boundary.md, MB-7)")], result.OutsideModel);
        Assert.Empty(result.Errors);
        Assert.Equal(new ReplayCounts(2, 1, 1, 1, 1, 1), result.Counts);
    }

    [Fact]
    public void An_abort_is_an_error()
    {
        var result = Replay(Recording.Meta, Recording.Case, Recording.Add(0, 1, 1), """{"abort":{"status":139}}""", Recording.Case, Recording.Add(0, 1, 1));

        Assert.Equal([(4L, "the recorded process died here, {\"status\":139}" + Dropped)], Errors(result));
        Assert.Equal(2, result.Counts.Agreed);
    }

    [Fact]
    public void An_operation_before_the_first_case_is_one_error()
    {
        var result = Replay(Recording.Meta, Recording.Add(0, 1, 1), Recording.Add(1, 1, 2), Recording.Case, Recording.Add(0, 1, 1));

        Assert.Equal([(2L, "an operation before the first case; nothing before that case is replayed")], Errors(result));
        Assert.Equal(new ReplayCounts(1, 1, 1, 1, 0, 2), result.Counts);
    }

    [Fact]
    public void Lines_before_the_meta_line_are_one_error()
    {
        Assert.Equal(
            [(1L, "an operation before the meta line; nothing before that line is replayed")],
            Errors(Replay(Recording.Add(0, 1, 1), Recording.Case, Recording.Add(0, 1, 1), Recording.Meta, Recording.Case, Recording.Add(0, 1, 1))));
        var result = Replay(Recording.Case, Recording.Add(0, 1, 1), Recording.Meta, Recording.Case, Recording.Add(0, 1, 1));

        Assert.Equal([(1L, "a case before the meta line; nothing before that line is replayed")], Errors(result));
        Assert.Equal(new ReplayCounts(1, 1, 1, 1, 0, 1), result.Counts);
    }

    [Fact]
    public void A_second_meta_line_is_an_error()
    {
        var result = Replay(Recording.Meta, Recording.Case, Recording.Add(0, 1, 1), Recording.Meta, Recording.Case, Recording.Add(0, 1, 1));

        Assert.Equal([(4L, "a second meta line; the rest of this recording is not replayed")], Errors(result));
        Assert.Equal(new ReplayCounts(1, 1, 1, 1, 0, 1), result.Counts);
    }

    [Theory]
    [InlineData("""{"meta":{"format":1,"env":"zx81"}}""", "no system understands the environment \"zx81\"")]
    [InlineData("""{"meta":{"format":1}}""", "the meta line names no environment")]
    [InlineData("""{"meta":{"format":1,"env":["total-1"]}}""", "the meta line names no environment")]
    [InlineData("""{"meta":{"env":"\u001b[0m\ud800","format":1}}""", "no system understands the environment \"\\u001b[0m\\ud800\"")]
    [InlineData("""{"meta":{"\ud800":1,"format":1,"env":"zx81"}}""", "no system understands the environment \"zx81\"")]
    [InlineData("""{"meta":{"env":"total-1"}}""", "the meta line's format is not named, not 1")]
    [InlineData("""{"meta":{"format":2,"env":"total-1"}}""", "the meta line's format is 2, not 1")]
    [InlineData("""{"meta":{"format":1,"env":"total-1","broken":1}}""", "environment \"total-1\": the meta line says it is broken")]
    public void A_recording_of_an_unknown_system_is_not_replayed(string meta, string problem)
    {
        var result = Replay(meta, Recording.Case, Recording.Add(0, 1, 1));

        Assert.Equal([(1L, problem + "; nothing of this recording is replayed")], Errors(result));
        Assert.Equal(new ReplayCounts(0, 0, 0, 0, 0, 1), result.Counts);
        Assert.Null(result.Environment);
    }

    [Fact]
    public void A_recording_without_lines_is_an_error()
    {
        Assert.Equal([(0L, "the file is empty")], Errors(Replay()));
        Assert.Equal([(0L, "there is no meta line")], Errors(Replay("", "")));
        Assert.Equal([(1L, "malformed JSON: an object is missing at column 1")], Errors(Replay("garbage")));
    }

    [Fact]
    public void A_missing_file_is_an_error()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "nothing.jsonl");

        Assert.Equal([new ReplayError(path, 0, "there is no such file")], new ReplayRunner(_system).Replay(path).Errors);
        Assert.StartsWith("the file cannot be opened: ", new ReplayRunner(_system).Replay(AppContext.BaseDirectory).Errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Carriage_returns_empty_lines_and_a_missing_last_line_feed_make_no_difference()
    {
        var text = string.Join("\r\n", Recording.Meta, "", Recording.Case, Recording.Add(0, 1, 1), Recording.Add(1, 1, 3));
        var result = new ReplayRunner(_system).Replay(new MemoryStream(Encoding.UTF8.GetBytes(text)), "r.jsonl");

        Assert.Empty(result.Errors);
        Assert.Equal(5, Assert.Single(result.Differences).Line);
        Assert.Equal("total 1", result.Differences[0].StateBefore);
    }

    [Fact]
    public void A_compressed_recording_that_is_cut_off_is_replayed_up_to_there_and_is_one_error()
    {
        string[] lines = [Recording.Meta, Recording.Case, .. Enumerable.Range(0, 30_000).Select(i => Recording.Add(i, i % 7, Total(i)))];
        var compressed = Recording.Compress(Recording.Of(lines).ToArray());
        for (var length = 1000; length < compressed.Length; length += 1000)
        {
            var result = new ReplayRunner(_system).Replay(new MemoryStream(compressed[..length]), "r.jsonl.gz");

            var error = Assert.Single(result.Errors);
            Assert.Equal($"the compressed data are cut off or damaged after line {error.Line}; what came before was replayed", error.Message);
            Assert.Equal(error.Line - 2, result.Counts.Agreed);
            Assert.Equal(result.Counts.Operations, result.Counts.Agreed);
        }

        Assert.Equal([(0L, "the compressed data are cut off or damaged before the first line ends")], Errors(new ReplayRunner(_system).Replay(new MemoryStream(compressed[..12]), "r.jsonl.gz")));

        static int Total(int last) => ((last + 1) / 7 * 21) + ((last + 1) % 7 * ((last + 1) % 7 - 1) / 2);
    }

    [Fact]
    public void The_system_that_understands_the_environment_is_the_one_used()
    {
        var result = new ReplayRunner(new OtherSystem(), _system).Replay(Recording.Of(Recording.Meta, Recording.Case, Recording.Add(0, 1, 1)), "r.jsonl");

        Assert.Equal(1, result.Counts.Agreed);
        Assert.Single(new ReplayRunner().Replay(Recording.Of(Recording.Meta), "r.jsonl").Errors);
    }

    [Fact]
    public void A_system_that_fails_elsewhere_than_in_an_operation_makes_errors_too()
    {
        var meta = """{"meta":{"format":1,"env":"other"}}""";
        var difference = new ReplayRunner(new OtherSystem()).Replay(Recording.Of(meta, Recording.Case, Recording.Operation(0, "differ"), Recording.Operation(1, "differ")), "r.jsonl");
        var start = new ReplayRunner(new OtherSystem { FailsToStart = true }).Replay(Recording.Of(meta, Recording.Case, Recording.Operation(0, "differ")), "r.jsonl");

        Assert.Equal([(3L, "describing the state: System.InvalidOperationException: no words" + Dropped)], Errors(difference));
        Assert.Equal(new ReplayCounts(1, 1, 1, 0, 0, 1), difference.Counts);
        Assert.Equal(("(not known)", "(not known)"), difference.Differences.Select(d => (d.StateBefore, d.StateAfter)).Single());
        Assert.Equal([(2L, "starting the case: System.InvalidOperationException: no machine" + Dropped)], Errors(start));
    }

    [Fact]
    public void Replaying_agreeing_operations_allocates_nothing_for_each()
    {
        string[] lines = [Recording.Meta, .. Enumerable.Range(0, 2000).SelectMany(_ => new[] { Recording.Case, """{"i":0,"op":"any","args":{"a":"b"},"out":{}}""" })];
        var stream = Recording.Of(lines);
        var runner = new ReplayRunner(new OtherSystem { Agrees = true, Environment = "total-1" });
        runner.Replay(stream, "warm");
        stream.Position = 0;

        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = runner.Replay(stream, "measured");
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(2000, result.Counts.Agreed);
        Assert.True(allocated < 4096, $"{allocated} bytes");
    }

    private ReplayResult Replay(params string[] lines) => new ReplayRunner(_system).Replay(Recording.Of(lines), "r.jsonl");

    private static IEnumerable<(long Line, string Message)> Errors(ReplayResult result) => result.Errors.Select(error => (error.Line, error.Message));

    private sealed class OtherSystem : IReplaySystem
    {
        public bool FailsToStart { get; init; }

        public bool Agrees { get; init; }

        public string Environment { get; init; } = "other";

        public bool Understands(ReadOnlySpan<byte> environment) => Encoding.UTF8.GetString(environment) == Environment;

        public void Configure(ReadOnlySpan<byte> meta)
        {
        }

        public void StartCase()
        {
            if (FailsToStart)
            {
                throw new InvalidOperationException("no machine");
            }
        }

        public bool TryApply(ReadOnlySpan<byte> operation, in TraceArguments arguments, ref TraceOutcome outcome)
        {
            if (!Agrees)
            {
                outcome.Flag("differs"u8, true);
            }

            return true;
        }

        public string DescribeState() => throw new InvalidOperationException("no words");
    }
}
