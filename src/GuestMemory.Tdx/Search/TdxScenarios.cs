namespace GuestMemory.Tdx;

/// <summary>Where a search of TDX can start from.</summary>
internal static class TdxScenarios
{
    /// <summary>The first: TDs that run.</summary>
    public const string Run = "run";

    // All others by name, with the guests their story needs: so many kinds of them there are.
    private static readonly (string Name, int Guests, Func<StepSystemOptions, TdxScenario> Make)[] s_listed =
    [
        ("create", 2, CreateScenario.Make),
        ("build", 1, BuildScenario.Make),
        ("tree", 1, TreeScenario.Make),
        ("large", 1, LargeScenario.Make),
        ("merge", 2, MergeScenario.Make),
        ("teardown", 3, TeardownScenario.Make),
        ("export", 3, ExportScenario.Make),
        ("import", 4, ImportScenario.Make),
    ];

    /// <summary>Their names, the default first.</summary>
    public static IReadOnlyList<string> Names { get; } = [Run, .. s_listed.Select(static scenario => scenario.Name)];

    /// <summary>Makes a system; its name was looked up before. The numbers are those of <see cref="Run"/>: the others need no more guests, and one free page.</summary>
    public static IStepSystem Make(string name, StepSystemOptions options)
    {
        if (name == Run)
        {
            return new RunSystem(options);
        }

        var (_, guests, make) = s_listed.First(scenario => scenario.Name == name);
        return new ScenarioSystem(make(options with { Guests = guests, Pages = 1 }));
    }
}
