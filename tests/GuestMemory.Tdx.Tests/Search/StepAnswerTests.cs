using GuestMemory.Testing;
using Xunit;

namespace GuestMemory.Tdx.Tests.Search;

/// <summary>What has to be tried again says so: a search finds circles of such steps.</summary>
public sealed class StepAnswerTests
{
    [Theory]
    [InlineData("run", "read vcpu=0 gfn=0")]
    [InlineData("large", "interrupt", "TDG.MEM.PAGE.ACCEPT vcpu=0.0 gpa=0x200000 level=Pd")]
    [InlineData("large", "interrupt", "TDH.MEM.PAGE.DEMOTE gpa=0x600000 level=1 td=0 page=0")]
    [InlineData("tree", "TDH.MEM.TRACK td=0", "TDH.MEM.TRACK td=0")]
    [InlineData("tree", "TDH.MEM.RANGE.BLOCK gpa=0x0 td=0", "TDH.MEM.PAGE.REMOVE gpa=0x0 td=0")]
    public void A_step_that_came_to_no_end_is_to_be_tried_again(string scenario, params string[] path)
    {
        var system = TdxSystems.Tdx.Create(new() { Scenario = scenario, Guests = 1 });

        Assert.Equal(StepVerdict.Retry, Follow(system, path).Verdict);
    }

    [Theory]
    [InlineData("run", "TDH.MEM.RANGE.BLOCK td=0 gfn=0")]
    [InlineData("tree", "TDH.MEM.PAGE.REMOVE gpa=0x0 td=0")]
    public void A_step_that_a_rule_refused_says_which(string scenario, params string[] path)
    {
        var answer = Follow(TdxSystems.Tdx.Create(new() { Scenario = scenario, Guests = 1 }), path);

        Assert.Equal(StepVerdict.Refused, answer.Verdict);
        Assert.NotNull(answer.Outcome.DecidedBy);
    }

    [Fact]
    public void Steps_belong_to_the_host_or_to_a_vCPU()
    {
        foreach (var scenario in TdxSystems.Tdx.Scenarios)
        {
            var system = (IScheduledSystem)TdxSystems.Tdx.Create(new() { Scenario = scenario });
            var steps = new List<uint>();
            system.FindSteps(steps);

            Assert.All(steps, step => Assert.InRange(system.ActorOf(step), 0, system.Actors.Count - 1));
            Assert.Contains(steps, step => system.ActorOf(step) == 0);
        }
    }

    // The host is midway from a block to what it blocked for.
    [Fact]
    public void A_blocked_page_leaves_the_host_midway()
    {
        var system = (IScheduledSystem)TdxSystems.Tdx.Create(new() { Guests = 1 });
        Assert.False(system.IsMidway(0));

        Follow(system, "TDH.MEM.PAGE.AUG td=0 gfn=0 page=0", "TDH.MEM.RANGE.BLOCK td=0 gfn=0");
        Assert.True(system.IsMidway(0));
        Assert.False(system.IsMidway(1));

        Follow(system, "TDH.MEM.TRACK td=0", "exit vcpu=0", "exit vcpu=1", "TDH.MEM.PAGE.REMOVE td=0 gfn=0");
        Assert.False(system.IsMidway(0));
    }

    // The states are finitely many: epochs start again where nobody can tell.
    [Fact]
    public void One_guest_with_one_page_has_as_many_states_as_this()
    {
        var report = new StateSearch(() => TdxSystems.Tdx.Create(new() { Guests = 1, Pages = 1, Vcpus = 1 })).Run();

        Assert.Null(report.Counterexample);
        Assert.Equal((SearchEnd.Exhausted, 1092L), (report.End, report.States));
        Assert.All(report.Properties, property => Assert.True(property.Holds, property.ToString()));
    }

    // States that differ only in which guest, page, address and vCPU is which count as one: fewer states, the same answer.
    [Fact]
    public void With_and_without_likenesses_the_answer_is_the_same()
    {
        var (reduced, whole) = (Search(symmetric: true), Search(symmetric: false));

        Assert.Null(reduced.Counterexample);
        Assert.Null(whole.Counterexample);
        Assert.InRange(reduced.States, 1, whole.States / 2);
    }

    private static SearchReport Search(bool symmetric) => new StateSearch(
        () => TdxSystems.Tdx.Create(new() { Pages = 2 }), new() { Depth = 4, UsesSymmetry = symmetric }).Run();

    private static StepAnswer Follow(IStepSystem system, params string[] path)
    {
        var (steps, answer) = (new List<uint>(), default(StepAnswer));
        foreach (var text in path)
        {
            steps.Clear();
            system.FindSteps(steps);
            answer = system.Apply(steps.Single(step => system.Describe(step) == text));
        }

        return answer;
    }
}
