using GuestMemory.Docs;
using GuestMemory.Tdx.Tests.Rules;
using Xunit;

namespace GuestMemory.Tdx.Tests.Docs;

public sealed class RuleDocsTests
{
    // docs/tdx/rules.md
    [Fact]
    public void The_rules_are_up_to_date() => TdxDocs.Folder.IsUpToDate("rules.md", RuleText.Write());

    // A table or rule that is added shows here until it has its line.
    [Fact]
    public void Every_rule_of_the_package_has_one_line()
    {
        var listed = RuleGroups.All.SelectMany(group => group.Rows).Select(row => row.Rule.Id).ToList();

        Assert.Equal(listed.Distinct().Count(), listed.Count);
        Assert.Empty(RuleCatalogue.All.Select(rule => rule.Id).Except(listed));
        Assert.Empty(listed.Except(RuleCatalogue.All.Select(rule => rule.Id)));
    }

    // docs/sources.md: the first column of its first table.
    [Fact]
    public void Every_rule_and_invariant_names_a_source_that_the_documentation_lists()
    {
        var keys = SourceKeys.Read();
        var sources = RuleCatalogue.All.Select(rule => rule.Source).Concat(TdxInvariants.All.Select(invariant => invariant.Source)).ToList();

        Assert.True(sources.Count > 500, $"{sources.Count} sources");
        Assert.Empty(SourceKeys.Of(sources).Except(keys));
    }
}
