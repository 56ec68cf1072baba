using System.Text.RegularExpressions;
using Xunit;

namespace GuestMemory.Rmp.Tests.Rules;

public sealed partial class RuleTests
{
    private static readonly HashSet<string> s_keys = new(StringComparer.Ordinal)
    {
        "apm2", "apm2-later", "apm3", "snp-abi", "sev-api", "snp-white-paper", "ghcb", "linux-sev-host", "linux-kvm-sev", "linux-ccp",
        "physmap-split", "rmp-intrinsics", "coconut-svsm", "snp-model",
    };

    public static TheoryData<string> Cases => [.. RuleCases.All.Keys];

    // Exemplar 16. A rule more or fewer announces itself here.
    [Fact]
    public void The_lists_for_a_catalogue_hold_every_rule()
    {
        Assert.Equal(101, RuleCatalogue.All.Count);
        Assert.Equal(Ids(RuleCatalogue.All), Ids(InstructionRules.All.Concat(AccessRules.All)));
        Assert.Equal(85, InstructionRules.All.Count);
    }

    [Fact]
    public void Ids_are_unique_and_a_call_and_a_point()
    {
        Assert.Equal(RuleCatalogue.All.Count, RuleCatalogue.All.Select(rule => rule.Id).Distinct().Count());
        Assert.All(RuleCatalogue.All, rule => Assert.Matches(IdForm(), rule.Id));
    }

    // The key of a source is what stands before the first comma; the place in it follows. Several are parted by semicolons.
    [Fact]
    public void Every_source_has_a_known_key_and_a_place() => Assert.All(RuleCatalogue.All, rule => Assert.All(rule.Source.Split("; "), source =>
    {
        var parts = source.Split(", ", 2);
        Assert.Contains(parts[0], s_keys);
        Assert.Equal(2, parts.Length);
    }));

    [Fact]
    public void Every_rule_has_a_case() => Assert.Equal(Ids(RuleCatalogue.All), RuleCases.All.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_rule_decides_its_case(string id) => Assert.Equal(id, RuleCases.All[id].With(RuleSwitches.AllOn).DecidedBy);

    // Architecture, principle 10: without the rule the caller is told something else. A rule that another one covers would fail here.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Without_a_rule_its_case_is_answered_otherwise(string id)
    {
        var on = RuleCases.All[id].With(RuleSwitches.AllOn);
        var off = RuleCases.All[id].With(RuleSwitches.AllOn.Without(id));

        Assert.Equal(RuleCatalogue.Switchable.Any(rule => rule.Id == id), on.Words != off.Words);
        Assert.Equal(id == Pvalidate.Unchanged.Id, off.DecidedBy == id);
    }

    // Every other rule is as it was: switching one off changes no case that another decides.
    [Fact]
    public void Switching_a_rule_off_leaves_every_other_case_alone()
    {
        foreach (var off in RuleCatalogue.Switchable)
        {
            var rules = RuleSwitches.AllOn.Without(off.Id);
            foreach (var (id, one) in RuleCases.All.Where(pair => pair.Key != off.Id))
            {
                Assert.True(id == one.With(rules).DecidedBy, $"without {off.Id} the case of {id} is decided by {one.With(rules).DecidedBy}");
            }
        }
    }

    private static IEnumerable<string> Ids(IEnumerable<Rule> rules) => rules.Select(rule => rule.Id).Order(StringComparer.Ordinal);

    [GeneratedRegex("^[A-Z]+/([a-z]+/)?[a-z0-9-]+$")]
    private static partial Regex IdForm();
}
