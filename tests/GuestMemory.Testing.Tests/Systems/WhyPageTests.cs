using Xunit;

namespace GuestMemory.Testing.Tests.Systems;

public sealed class WhyPageTests
{
    private static readonly Lazy<IReadOnlyDictionary<string, WhyRow[]>> s_rows = new(ReadOrSearch);

    public static TheoryData<string> Packages => [.. WhyPage.Packages];

    [Fact]
    public void The_page_is_what_it_says_it_is() => Assert.Equal(WhyPage.Text(s_rows.Value), File.ReadAllText(WhyPage.Path));

    [Theory]
    [MemberData(nameof(Packages))]
    public void Every_rule_has_its_row(string package)
    {
        Assert.Equal(
            WhyPage.RulesOf(package).Select(rule => (rule.Id, WhyRow.ClassOf(rule), rule.Stops)),
            s_rows.Value[package].Select(row => (row.Rule, row.Class, row.Stops)));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Every_attack_breaks_what_it_says_without_its_rule_and_nothing_with_it(string package)
    {
        foreach (var row in s_rows.Value[package].Where(row => row.HasAttack))
        {
            var parts = row.Where.Split('/');
            var options = AttackBounds.System with { Scenario = parts[1] };
            var source = SearchableSystems.Find(parts[0]);

            var found = Counterexample.Walk(() => source.Create(options with { Rules = RuleSwitches.AllOn.Without(row.Rule) }), row.Steps);
            Assert.Equal((row.Rule, row.Breaks), (row.Rule, found?.Breaks));

            var last = StepTrace.Follow(() => source.Create(options), row.Steps);
            Assert.DoesNotContain("breaks", last[^1].Answer, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Of_the_security_rules_nine_in_ten_have_an_attack_and_the_rest_a_reason(string package)
    {
        var security = s_rows.Value[package].Where(row => row.Class == "security").ToArray();

        Assert.True(10 * security.Count(row => row.HasAttack) >= 9 * security.Length, $"without an attack: {string.Join(", ", security.Where(row => !row.HasAttack).Select(row => row.Rule))}");
        Assert.All(s_rows.Value[package], row => Assert.NotEmpty(row.Breaks));
    }

    private static IReadOnlyDictionary<string, WhyRow[]> ReadOrSearch()
    {
        if (Environment.GetEnvironmentVariable("GUESTMEMORY_APPROVE") == "1")
        {
            File.WriteAllText(WhyPage.Path, WhyPage.Search());
        }

        return WhyPage.Read(File.ReadAllText(WhyPage.Path));
    }
}
