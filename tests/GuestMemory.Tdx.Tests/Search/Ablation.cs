using GuestMemory.Testing;

namespace GuestMemory.Tdx.Tests.Search;

/// <summary>Looks for an attack on a rule: the rule off, a search from every scenario in which it ever refuses, small searches first.</summary>
internal static class Ablation
{
    private const int Depth = 6;
    private const int Baseline = 400;

    private static readonly int[] s_states = [40, Baseline];

    /// <summary>A search with every rule in force: which refuse, and whether anything breaks.</summary>
    public static SearchReport BaselineOf(string scenario) => Search(scenario, RuleSwitches.AllOn, Baseline);

    /// <summary>The first search that breaks something; <see langword="null"/> when none does.</summary>
    public static Counterexample? Attack(string rule, IReadOnlyDictionary<string, SearchReport> baselines)
    {
        var scenarios = TdxSystems.Tdx.Scenarios.Where(scenario => baselines[scenario].RulesSeen.Contains(rule)).ToArray();
        return s_states
            .SelectMany(_ => scenarios, (states, scenario) => Search(scenario, RuleSwitches.AllOn.Without(rule), states).Counterexample)
            .FirstOrDefault(static found => found is not null);
    }

    private static SearchReport Search(string scenario, RuleSwitches rules, int states) =>
        new StateSearch(() => TdxSystems.Tdx.Create(new() { Scenario = scenario, Rules = rules }), new() { Depth = Depth, States = states }).Run();
}
