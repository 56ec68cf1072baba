using GuestMemory.Testing;
using Xunit;

namespace GuestMemory.Rmp.Tests.Search;

/// <summary>Bugs that someone had: found by search where the rule is off that was not thought of, and not where it is on.</summary>
public sealed class BugTests
{
    public static TheoryData<string> Bugs => [.. SnpSystems.Snp.Bugs.Select(bug => bug.Id)];

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_bug_is_found_and_its_correction_has_none(string id)
    {
        var bug = SnpSystems.Snp.Bugs.Single(bug => bug.Id == id);

        Assert.Equal(bug.Breaks, Search(bug.Options).Counterexample?.Breaks);
        Assert.Null(Search(bug.Options with { Rules = RuleSwitches.AllOn }).Counterexample);
    }

    // The guest waits for a page that nobody was asked for; a page that was split is never mapped anew.
    [Theory]
    [InlineData("psc-guest-again", "SNP_GUEST/send")]
    [InlineData("fault", "SNP_HOST/map-anew")]
    public void A_fault_that_is_taken_again_and_again_is_a_lasso(string scenario, string rule)
    {
        var options = new StepSystemOptions { Scenario = scenario };

        Assert.Null(Search(options, findsLassos: true).Lasso);
        Assert.NotEmpty(Search(options with { Rules = options.Rules.Without(rule) }, findsLassos: true).Lasso!.Circle);
    }

    // Who is not disturbed makes no mistake.
    [Fact]
    public void The_save_area_race_needs_one_preemption()
    {
        var options = SnpSystems.Snp.Bugs.Single(bug => bug.Id == "vmsa-sync-race").Options;

        Assert.Null(Schedule(options, preemptions: 0).Counterexample);
        Assert.Equal("SNP-HOST-NEVER-FAULTS", Schedule(options, preemptions: 1).Counterexample?.Breaks);
        Assert.Null(Schedule(options with { Rules = RuleSwitches.AllOn }, preemptions: 3).Counterexample);
    }

    private static SearchReport Search(StepSystemOptions options, bool findsLassos = false) =>
        new StateSearch(() => SnpSystems.Snp.Create(options), new() { Depth = 7, States = 400, FindsLassos = findsLassos }).Run();

    private static SearchReport Schedule(StepSystemOptions options, int preemptions) =>
        new StateSearch(() => SnpSystems.Snp.Create(options), new() { Depth = 9, States = 2000, Preemptions = preemptions }).Run();
}
