using GuestMemory.Testing;
using Xunit;

namespace GuestMemory.Rmp.Tests.Search;

/// <summary>Without the table: what breaks is shown, and what holds is held.</summary>
public sealed class SevSystemTests
{
    private static readonly StepSystemOptions s_small = new() { Guests = 1, Pages = 2, Vcpus = 1 };

    [Theory]
    [InlineData("sev", new[] { "SEV-WRITE-UNSEEN", "SEV-REMAP-UNSEEN", "SEV-REPLAY-UNSEEN", "SEV-REGISTERS-READ", "SEV-REGISTERS-SET" })]
    [InlineData("sev-es", new[] { "SEV-WRITE-UNSEEN", "SEV-REMAP-UNSEEN", "SEV-REPLAY-UNSEEN" })]
    public void A_search_shows_what_the_host_can_do_unseen(string scenario, string[] shown)
    {
        var seen = new HashSet<string>();
        foreach (var name in Create(scenario).Properties.Where(property => property.Kind != PropertyKind.Always).Select(property => property.Name))
        {
            seen.UnionWith(Reaches(scenario, name) ? [name] : []);
        }

        Assert.Equal(shown.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
        Assert.Null(new StateSearch(() => Create(scenario), new() { Depth = 5, States = 20_000 }).Run().Counterexample);
    }

    [Theory]
    [InlineData("sev")]
    [InlineData("sev-es")]
    public void Every_part_that_a_step_changes_is_named_as_touched_and_comes_back(string scenario)
    {
        var system = (SevSystem)SnpSystems.Sev.Create(new() { Scenario = scenario });
        var (other, random, steps) = ((SevSystem)SnpSystems.Sev.Create(new() { Scenario = scenario }), new Random(1), new List<uint>());
        for (var made = 0; made < 3000; made++)
        {
            steps.Clear();
            system.FindSteps(steps);
            var before = StepParts.Of(system);
            var answer = system.Apply(steps[random.Next(steps.Count)]);
            var after = StepParts.Of(system);
            StepParts.Read(other, after);

            Assert.Equal(after.SelectMany(part => part), StepParts.Of(other).SelectMany(part => part));
            Assert.All(Enumerable.Range(0, before.Length), part =>
                Assert.True((answer.Touched & (1UL << part)) != 0 || before[part].SequenceEqual(after[part])));
        }
    }

    [Fact]
    public void An_unknown_scenario_is_an_argument_error() =>
        Assert.Contains("sev-es", Assert.Throws<ArgumentException>(() => SnpSystems.Sev.Create(new() { Scenario = "snp" })).Message, StringComparison.Ordinal);

    private static IStepSystem Create(string scenario) => SnpSystems.Sev.Create(s_small with { Scenario = scenario });

    // By a property that denies it.
    private static bool Reaches(string scenario, string name)
    {
        StateProperty Denial(IStepSystem system)
        {
            var property = system.Properties.Single(property => property.Name == name);
            return new("denied", "It is never so.", PropertyKind.Never, property.Holds);
        }

        return new StateSearch(() => Create(scenario), new() { Depth = 6, States = 60_000, Properties = [Denial] }).Run().Counterexample is not null;
    }
}
