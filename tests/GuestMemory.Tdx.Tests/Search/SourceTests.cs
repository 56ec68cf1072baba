using GuestMemory.Tdx.Tests.Rules;
using Xunit;

namespace GuestMemory.Tdx.Tests.Search;

public sealed class SourceTests
{
    public static TheoryData<string> Scenarios => [.. TdxSystems.Tdx.Scenarios];

    [Fact]
    public void The_source_lists_every_rule_of_the_assembly() =>
        Assert.Equal(RuleCatalogue.All.Select(rule => rule.Id).Order(StringComparer.Ordinal), TdxSystems.Tdx.Rules.Select(rule => rule.Id).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Every_scenario_starts_with_every_number_of_guests(string scenario)
    {
        for (var guests = 1; guests <= 4; guests++)
        {
            var system = TdxSystems.Tdx.Create(new() { Scenario = scenario, Guests = guests, Pages = 2, Vcpus = guests });
            var steps = new List<uint>();
            system.FindSteps(steps);

            Assert.NotEmpty(steps);
            Assert.Equal(steps.Count, steps.Select(system.Describe).Distinct(StringComparer.Ordinal).Count());
        }
    }

    [Theory]
    [InlineData(0, 1, 1, "run")]
    [InlineData(5, 1, 1, "run")]
    [InlineData(1, 0, 1, "run")]
    [InlineData(1, 9, 1, "run")]
    [InlineData(1, 1, 0, "run")]
    [InlineData(1, 1, 9, "run")]
    [InlineData(1, 1, 1, "nowhere")]
    public void Numbers_out_of_range_and_unknown_names_are_refused(int guests, int pages, int vcpus, string scenario) =>
        Assert.Throws<ArgumentException>(() => TdxSystems.Tdx.Create(new() { Guests = guests, Pages = pages, Vcpus = vcpus, Scenario = scenario }));

    [Fact]
    public void The_default_is_the_first_scenario() => Assert.IsType<RunSystem>(TdxSystems.Tdx.Create(new()));
}
