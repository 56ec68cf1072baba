using GuestMemory.Docs;
using Xunit;

namespace GuestMemory.Rmp.Tests.Rules;

public sealed class SourceKeyTests
{
    // docs/sources.md: the first column of its first table.
    [Fact]
    public void Every_rule_invariant_and_partial_effect_names_a_source_that_the_documentation_lists()
    {
        var keys = SourceKeys.Read();
        var sources = Docs.RuleCatalogue.Groups.SelectMany(group => group.Rows).Select(row => row.Rule.Source)
            .Concat(RmpInvariants.All.Select(invariant => invariant.Source))
            .Concat(DirectMapPolicies.All.Select(policy => policy.Source))
            .Concat(FirmwareRules.PartialEffects.Concat(SnpPartialEffects.All).Select(effect => effect.Source))
            .ToList();

        Assert.True(sources.Count > 250);
        Assert.Empty(SourceKeys.Of(sources).Except(keys));
    }
}
