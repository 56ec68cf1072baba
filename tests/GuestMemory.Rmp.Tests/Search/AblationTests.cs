using Xunit;

namespace GuestMemory.Rmp.Tests.Search;

/// <summary>Each rule of class security switched off: the search finds how something breaks then. Architecture, principle 10.</summary>
public sealed class AblationTests
{
    private const int Depth = 5;
    private const int MostTransitions = 5000;

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
        var found = BreadthFirst.Search(SnpSystems.Snp.Create(new() { Scenario = scenario }), Depth, MostTransitions);

        Assert.Empty(found.Steps);
        Assert.Null(found.Broken);
        Assert.NotEmpty(found.Refusals);
    }

    [Fact]
    public void Without_a_security_rule_something_breaks()
    {
        var meets = Meetings();
        var missed = SnpSystems.Snp.Rules
            .Where(rule => rule.Class == CheckClass.Security && !meets.GetValueOrDefault(rule, []).Any(scenario => Breaks(rule, scenario)));

        Assert.Equal(s_withoutAttack.Keys.Order(StringComparer.Ordinal), missed.Select(rule => rule.Id).Order(StringComparer.Ordinal));
    }

    // A rule that refuses nothing in a scenario has no attack there.
    private static Dictionary<Rule, List<string>> Meetings()
    {
        var meets = new Dictionary<Rule, List<string>>();
        foreach (var scenario in SnpSystems.Snp.Scenarios)
        {
            foreach (var rule in BreadthFirst.Search(SnpSystems.Snp.Create(new() { Scenario = scenario }), Depth, MostTransitions).Refusals)
            {
                (meets.TryGetValue(rule, out var scenarios) ? scenarios : meets[rule] = []).Add(scenario);
            }
        }

        return meets;
    }

    private static bool Breaks(Rule rule, string scenario) =>
        BreadthFirst.Search(SnpSystems.Snp.Create(new() { Scenario = scenario, Rules = RuleSwitches.AllOn.Without(rule.Id) }), Depth, MostTransitions).Broken is not null;
}
