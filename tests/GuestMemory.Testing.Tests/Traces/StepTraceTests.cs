using System.Text;
using GuestMemory.Testing.Tests.Search;
using Xunit;

namespace GuestMemory.Testing.Tests.Traces;

public sealed class StepTraceTests
{
    private static readonly StepSystemOptions Broken = new() { Pages = 2, Rules = RuleSwitches.AllOn.Without("LEND/mapped") };

    [Fact]
    public void A_counterexample_is_a_recording()
    {
        Assert.Equal(
            """
            {"meta":{"format":1,"env":"model-lending","guests":2,"pages":2,"vcpus":2,"off":"LEND/mapped"}}
            {"case":{"name":"bad_take"}}
            {"i":0,"op":"lend","args":{"page":"0","guest":"0"},"out":{"answer":"Done"}}
            {"i":1,"op":"go-on","args":{"page":"0"},"out":{"answer":"Done"}}
            {"i":2,"op":"take","args":{"page":"0"},"out":{"answer":"breaks lent"}}

            """,
            Trace());
    }

    [Fact]
    public void The_recording_replays_and_breaks_the_same()
    {
        var result = Replay(Trace());

        Assert.Equal((3, 3), (result.Counts.Compared, result.Counts.Agreed));
        Assert.Empty(result.Errors);
    }

    [Theory]
    [InlineData("breaks lent", "breaks nothing")]
    [InlineData(",\"off\":\"LEND/mapped\"", "")]
    public void Another_answer_is_a_difference(string text, string other)
    {
        var result = Replay(Trace().Replace(text, other, StringComparison.Ordinal));

        Assert.Single(result.Differences);
    }

    [Theory]
    [InlineData("\"guests\":2", "\"guests\":\"x\"", "meta.guests")]
    [InlineData("\"page\":\"0\",\"guest\":\"0\"", "\"page\":\"7\",\"guest\":\"0\"", "lend")]
    [InlineData("\"vcpus\":2", "\"vcpus\":2,\"scenario\":\"none\"", "none")]
    public void What_the_system_does_not_offer_is_an_error_that_names_it(string text, string other, string named)
    {
        var result = Replay(Trace().Replace(text, other, StringComparison.Ordinal));

        Assert.Contains(result.Errors, error => error.ToString().Contains(named, StringComparison.Ordinal));
    }

    [Fact]
    public void Actors_are_part_of_a_step()
    {
        var steps = StepTrace.Follow(() => new CounterSystem(1), ["left: read", "right: read", "right: write value=1", "left: write value=1", "left: read"]);
        using var text = new StringWriter();
        StepTrace.Write(text, "bad", "counter", new(), steps);

        Assert.Equal(4, steps.Count);
        Assert.Contains("""{"i":3,"op":"write","args":{"actor":"left","value":"1"},"out":{"answer":"breaks counted"}}""", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_counterexample_pastes_into_a_test()
    {
        var found = new StateSearch(() => LendingSource.Instance.Create(Broken)).Run().Counterexample!;

        Assert.Equal(
            """
            [Fact]
            public void Lending_breaks_lent_in_3_steps()
            {
                var found = Counterexample.Walk(
                    () => LendingSource.Instance.Create(new() { Guests = 2, Pages = 2, Vcpus = 2, Rules = RuleSwitches.AllOn.Without("LEND/mapped") }),
                    [
                        "lend page=0 guest=0",
                        "go-on page=0",
                        "take page=0",
                    ]);

                Assert.Equal("lent", found?.Breaks);
            }

            """,
            CounterexampleCode.Write(found, "LendingSource.Instance", Broken));
    }

    // What the test above prints.
    [Fact]
    public void Lending_breaks_lent_in_3_steps()
    {
        var found = Counterexample.Walk(
            () => LendingSource.Instance.Create(new() { Guests = 2, Pages = 2, Vcpus = 2, Rules = RuleSwitches.AllOn.Without("LEND/mapped") }),
            [
                "lend page=0 guest=0",
                "go-on page=0",
                "take page=0",
            ]);

        Assert.Equal("lent", found?.Breaks);
    }

    [Fact]
    public void A_step_that_is_not_offered_is_named_with_those_that_are()
    {
        var wrong = Assert.Throws<ArgumentException>(() => Counterexample.Walk(() => new LendingSystem(1, 1), ["lend page=0 guest=0", "lend page=0 guest=0"]));

        Assert.Contains("Step 2, \"lend page=0 guest=0\", is not offered there; these are: take page=0; go-on page=0.", wrong.Message, StringComparison.Ordinal);
    }

    private static string Trace()
    {
        var found = new StateSearch(() => LendingSource.Instance.Create(Broken)).Run().Counterexample!;
        using var text = new StringWriter();
        StepTrace.Write(text, "bad_take", "lending", Broken, found.Steps);
        return text.ToString();
    }

    private static ReplayResult Replay(string trace)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(trace));
        return new ReplayRunner(new StepReplay(LendingSource.Instance)).Replay(stream, "trace");
    }
}
