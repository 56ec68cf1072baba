namespace GuestMemory.Tdx.Tests.Search;

/// <summary>Looks for an attack on a rule: the rule off, a search from every scenario in which it ever refuses, small searches first.</summary>
internal static class Ablation
{
    private const int Depth = 6;

    private static readonly int[] s_states = [40, 400];

    // Guests are few, so that there are as many as there are kinds of them.
    private static readonly Dictionary<string, StepSystemOptions> s_worlds = new(StringComparer.Ordinal)
    {
        ["run"] = new() { Pages = 2 },
        ["create"] = new() { Pages = 1 },
        ["build"] = new() { Guests = 1, Pages = 1 },
        ["tree"] = new() { Guests = 1, Pages = 1 },
        ["large"] = new() { Guests = 1, Pages = 1 },
        ["merge"] = new() { Pages = 1 },
        ["teardown"] = new() { Guests = 3, Pages = 1 },
        ["export"] = new() { Guests = 3, Pages = 1 },
        ["import"] = new() { Guests = 4, Pages = 1 },
    };

    /// <summary>The scenarios.</summary>
    public static IEnumerable<string> Scenarios => s_worlds.Keys;

    /// <summary>A scenario under some rules.</summary>
    public static IStepSystem Make(string scenario, RuleSwitches rules) => TdxSystems.Tdx.Create(s_worlds[scenario] with { Scenario = scenario, Rules = rules });

    /// <summary>A search with every rule in force.</summary>
    public static BreadthFirst Baseline(string scenario) => new BreadthFirst(Make(scenario, RuleSwitches.AllOn)).Run(Depth, scenario switch
    {
        "run" => 3_000,
        "large" or "merge" => 60,
        _ => 400,
    });

    /// <summary>The first search that breaks something; <see langword="null"/> when none does.</summary>
    public static BreadthFirst? Attack(string rule, IReadOnlyDictionary<string, BreadthFirst> baselines)
    {
        var scenarios = baselines.Where(one => one.Value.Refused.ContainsKey(rule)).OrderBy(one => one.Value.Refused[rule]).Select(one => one.Key).ToArray();
        foreach (var states in s_states)
        {
            foreach (var scenario in scenarios)
            {
                var search = new BreadthFirst(Make(scenario, RuleSwitches.AllOn.Without(rule))).Run(Depth, states);
                if (search.Broken is not null)
                {
                    return search;
                }
            }
        }

        return null;
    }
}
