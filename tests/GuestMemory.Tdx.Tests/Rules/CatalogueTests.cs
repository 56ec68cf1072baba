using System.Text.RegularExpressions;
using Xunit;

namespace GuestMemory.Tdx.Tests.Rules;

public sealed partial class CatalogueTests
{
    private static readonly HashSet<string> s_keys = new(StringComparer.Ordinal)
    {
        "tdx-module", "tdx-module-2", "tdx-abi", "tdx-recordings", "tdx-model", "linux-kvm-tdx", "linux-tdx-host", "linux-tdx-docs", "tdx-huge-pages", "tdx-dynamic-pamt",
    };

    [Fact]
    public void Ids_are_unique_and_a_call_and_a_point()
    {
        Assert.Empty(RuleCatalogue.All.GroupBy(rule => rule.Id).Where(group => group.Count() > 1).Select(group => group.Key));
        Assert.All(RuleCatalogue.All, rule => Assert.Matches(IdForm(), rule.Id));
    }

    // The key stands before the first comma, the place behind it. Several sources are parted by semicolons.
    [Fact]
    public void Every_source_has_a_known_key_and_a_place() => Assert.All(RuleCatalogue.All, rule => Assert.All(rule.Source.Split("; "), source =>
    {
        var parts = source.Split(", ", 2);
        Assert.Contains(parts[0], s_keys);
        Assert.Equal(2, parts.Length);
    }));

    [Fact]
    public void Every_rule_says_what_it_stops() => Assert.All(RuleCatalogue.All, rule => Assert.False(string.IsNullOrWhiteSpace(rule.Stops)));

    // A rule belongs to the function whose name its id begins with.
    [Fact]
    public void A_functions_rules_carry_its_name() => Assert.All(
        HostFunctionTable.All, function => Assert.All(function.Checks.Checks, check => Assert.StartsWith(function.Name + "/", check.Id, StringComparison.Ordinal)));

    [GeneratedRegex("^[A-Z][A-Z0-9._-]+/([a-z]+/)?[a-z0-9-]+$")]
    private static partial Regex IdForm();
}
