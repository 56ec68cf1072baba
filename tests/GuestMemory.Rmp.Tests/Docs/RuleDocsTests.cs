using System.Reflection;
using Xunit;

namespace GuestMemory.Rmp.Tests.Docs;

public sealed class RuleDocsTests
{
    // docs/snp/rules.md
    [Fact]
    public void The_catalogue_of_rules_is_up_to_date() => SnpDocs.Folder.IsUpToDate("rules.md", RuleText.Write(RuleCatalogue.Groups, [.. FirmwareRules.PartialEffects, .. SnpPartialEffects.All]));

    // A table or rule that is added shows here until the catalogue has its line.
    [Fact]
    public void Every_rule_of_the_package_is_in_the_catalogue_once()
    {
        var listed = RuleCatalogue.Groups.SelectMany(group => group.Rows).Select(row => row.Rule.Id).ToList();
        var declared = typeof(SnpPlatform).Assembly.GetTypes()
            .Where(type => !type.ContainsGenericParameters)
            .SelectMany(type => type.GetProperties(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .SelectMany(RulesOf)
            .ToHashSet();

        Assert.Equal(listed.Distinct().Count(), listed.Count);
        Assert.True(declared.Count > 200);
        Assert.Empty(declared.Except(listed));
        Assert.Empty(listed.Except(declared));
    }

    private static IEnumerable<string> RulesOf(PropertyInfo property)
    {
        var isTable = property.PropertyType is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(RuleTable<,>);
        return isTable ? ((IEnumerable<Rule>)property.PropertyType.GetProperty("Checks")!.GetValue(property.GetValue(null))!).Select(rule => rule.Id)
            : typeof(Rule).IsAssignableFrom(property.PropertyType) ? [((Rule)property.GetValue(null)!).Id]
            : [];
    }
}
