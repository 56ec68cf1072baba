using GuestMemory.Testing;
using Xunit;

namespace GuestMemory.Rmp.Tests.Search;

/// <summary>Each rule of class security switched off: the search finds how something breaks then. Architecture, principle 10.</summary>
public sealed class AblationTests
{
    private const int Depth = 5;
    private const int MostStates = 400;

    // Rules without which nothing breaks, and why.
    private static readonly Dictionary<string, string> s_withoutAttack = new(StringComparer.Ordinal)
    {
        ["ACCESS/private/covered"] = "a page without entry reads as the hypervisor's, which the next check refuses as well",
        ["VMRUN/vmsa-covered"] = "a page without entry reads as the hypervisor's, which the next check refuses as well",
        ["SNP_HOST/leaked"] = "a rule of the host's own; no scenario has the host's page allocator",
        ["SNP_HOST/not-reclaimed"] = "a rule of the host's own; no scenario has the host's page allocator",
    };

    public static TheoryData<string> Scenarios => [.. SnpSystems.Snp.Scenarios];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Nothing_breaks_while_every_rule_is_on(string scenario)
    {
        var report = Search(scenario, RuleSwitches.AllOn);

        Assert.Null(report.Counterexample);
        Assert.True(report.States > 1 || report.RulesSeen.Count > 0);
    }

    [Fact]
    public void Without_a_security_rule_something_breaks()
    {
        var meets = SnpSystems.Snp.Scenarios.Select(scenario => (Scenario: scenario, Rules: Search(scenario, RuleSwitches.AllOn).RulesSeen)).ToArray();

        var missed = SnpSystems.Snp.Rules
            .Where(rule => rule.Class == CheckClass.Security)
            .Where(rule => !meets.Any(met => met.Rules.Contains(rule.Id) && Search(met.Scenario, RuleSwitches.AllOn.Without(rule.Id)).Counterexample is not null));

        Assert.Equal(s_withoutAttack.Keys.Order(StringComparer.Ordinal), missed.Select(rule => rule.Id).Order(StringComparer.Ordinal));
    }

    // A rule that refuses nothing in a scenario has no attack there.
    private static SearchReport Search(string scenario, RuleSwitches rules) =>
        new StateSearch(() => SnpSystems.Snp.Create(new() { Scenario = scenario, Rules = rules }), new() { Depth = Depth, States = MostStates }).Run();
}
