using Xunit;

namespace GuestMemory.Testing.Tests.Replay;

public sealed class ReplayReportTests
{
    [Fact]
    public void A_report_names_differences_then_boundaries_then_errors()
    {
        var result = new ReplayRunner(new TotalSystem()).Replay(
            Recording.Of(
                Recording.Meta,
                Recording.Case,
                """{"i":0,"op":"add_even","args":{"n":"0x3"},"out":{"result":"OK"}}""",
                Recording.Add(1, 1, 9),
                Recording.Case,
                Recording.Operation(0, "leave"),
                Recording.Case,
                Recording.Operation(0, "fly")),
            "r.jsonl");

        Assert.Equal(
            """
            r.jsonl:3: case first differs
              operation  add_even {"n":"0x3"}
              expected   {"result":"OK"}
              actual     {"result":"OK","total":"0x2"}
              rule       ADD/rounding (A source, section 1)
              state before
                total 0
              state after
                total 2
              further    1 later operations of this case differ
            r.jsonl:6: outside the model in case first, leave: leaving (docs/model-boundary.md, MB-7)
            error: r.jsonl:8: unknown operation "fly"; the rest of this case is not replayed

            """,
            Written(report => report.Write(result)),
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void A_difference_that_no_rule_decided_says_so()
    {
        var difference = new ReplayDifference("f", 1, "c", "o", "{}", "{}", "{\"a\":1}", null, "one\ntwo\n", "", 0);

        Assert.Equal(
            "f:1: case c differs\n  operation  o {}\n  expected   {}\n  actual     {\"a\":1}\n  rule       none\n  state before\n    one\n    two\n  state after\n",
            Written(report => report.Write(difference)),
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void The_last_line_is_the_summary()
    {
        var summary = new ReplaySummary();
        summary.Add(Result("b", new ReplayCounts(2, 10, 8, 7, 3, 4)) with { OutsideModel = [Stop("MB-9"), Stop("MB-7"), Stop("MB-9")] });
        summary.Add(Result("a", new ReplayCounts(1, 5, 5, 5, 0, 0)));
        summary.Add(Result("b", new ReplayCounts(1, 1, 1, 1, 0, 0)));

        Assert.Equal(
            """
            a: 5 of 5 outcomes agree in 1 cases
            b: 8 of 9 outcomes agree in 3 cases
            not compared: 2 that the system leaves out, 3 outside the model (MB-7: 1, MB-9: 2), 4 not replayed
            13 of 14 outcomes agree in 4 cases (32 events/s)

            """,
            Written(report => report.Write(summary, TimeSpan.FromSeconds(0.5))),
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void A_replay_that_compared_everything_has_only_the_agreement_lines()
    {
        var summary = new ReplaySummary();
        summary.Add(Result("a", new ReplayCounts(1, 5, 5, 5, 0, 0)));

        Assert.Null(summary.NotComparedLine());
        Assert.Equal("5 of 5 outcomes agree in 1 cases (0 events/s)", summary.Line(TimeSpan.Zero));
    }

    [Fact]
    public void The_exit_code_prefers_unusable_input_to_a_difference()
    {
        var summary = new ReplaySummary();
        summary.Add(Result("a", new ReplayCounts(1, 5, 5, 5, 0, 0)));
        Assert.Equal(0, summary.ExitCode);

        summary.Add(Result("a", new ReplayCounts(1, 5, 5, 4, 0, 0)));
        Assert.Equal(1, summary.ExitCode);

        summary.Add(new ReplayError("x", 0, "there is no such file"));
        Assert.Equal(2, summary.ExitCode);
        Assert.Equal(1, summary.Errors);
    }

    private static ReplayResult Result(string environment, ReplayCounts counts) => new("f", environment, counts, [], [], []);

    private static OutsideModelStop Stop(string entry) => new("f", 1, "c", "o", entry, "m");

    private static string Written(Action<ReplayReport> write)
    {
        using var writer = new StringWriter();
        write(new ReplayReport(writer));
        return writer.ToString();
    }
}
