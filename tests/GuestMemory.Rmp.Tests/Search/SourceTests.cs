using System.Reflection;
using Xunit;

namespace GuestMemory.Rmp.Tests.Search;

/// <summary>What the sources of systems say of themselves.</summary>
public sealed class SourceTests
{
    [Fact]
    public void Every_rule_of_the_assembly_is_listed_once()
    {
        var kept = typeof(SnpPlatform).Assembly.GetTypes().Where(type => !type.ContainsGenericParameters).SelectMany(RulesOf).Distinct();

        Assert.Equal(Ids(kept), Ids(SnpSystems.Snp.Rules));
    }

    [Fact]
    public void An_unknown_scenario_is_an_argument_error_that_names_those_there_are()
    {
        var error = Assert.Throws<ArgumentException>(() => SnpSystems.Snp.Create(new() { Scenario = "nowhere" }));

        Assert.All(SnpSystems.Snp.Scenarios, scenario => Assert.Contains(scenario, error.Message, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Ids(IEnumerable<Rule> rules) => rules.Select(rule => rule.Id).Order(StringComparer.Ordinal);

    private static IEnumerable<Rule> RulesOf(Type type)
    {
        foreach (var field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        {
            if (field.GetValue(null) is Rule rule)
            {
                yield return rule;
            }
            else if (field.FieldType is { IsGenericType: true } kind && kind.GetGenericTypeDefinition() == typeof(RuleTable<,>))
            {
                foreach (var check in (IEnumerable<Rule>)kind.GetProperty("Checks")!.GetValue(field.GetValue(null))!)
                {
                    yield return check;
                }
            }
        }
    }
}
