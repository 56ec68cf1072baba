namespace GuestMemory.Tdx;

/// <summary>Where a search of TDX can start from.</summary>
internal static class TdxScenarios
{
    /// <summary>The first: TDs that run.</summary>
    public const string Run = "run";

    /// <summary>All others by name.</summary>
    private static readonly (string Name, Func<StepSystemOptions, TdxScenario> Make)[] s_listed =
    [
        ("create", CreateScenario.Make),
        ("build", BuildScenario.Make),
        ("tree", TreeScenario.Make),
        ("large", LargeScenario.Make),
        ("merge", MergeScenario.Make),
        ("teardown", TeardownScenario.Make),
        ("export", ExportScenario.Make),
        ("import", ImportScenario.Make),
    ];

    /// <summary>Their names, the default first.</summary>
    public static IReadOnlyList<string> Names { get; } = [Run, .. s_listed.Select(static scenario => scenario.Name)];

    /// <summary>Makes a system; its name was looked up before.</summary>
    public static IStepSystem Make(string name, StepSystemOptions options) =>
        name == Run ? new RunSystem(options) : new ScenarioSystem(s_listed.First(scenario => scenario.Name == name).Make(options));
}
