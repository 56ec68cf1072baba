namespace GuestMemory.Testing.Tests.Search;

/// <summary>Lending systems whose one rule can be switched off; one scenario refuses nothing.</summary>
internal sealed class LendingSource : IStepSystemSource
{
    public static LendingSource Instance { get; } = new();

    public static Rule Unused { get; } = new("LEND/unused", "lending", "nothing");

    public string Name => "lending";

    public string Says => "Pages lent to guests.";

    public IReadOnlyList<string> Scenarios { get; } = ["free", "single"];

    public IReadOnlyList<Rule> Rules { get; } = [LendingSystem.TakeMapped, Unused];

    public IReadOnlyList<KnownBug> Bugs { get; } = [new("takes-mapped", "Mapped pages are taken.", "lending", new() { Rules = RuleSwitches.AllOn.Without("LEND/mapped") }, "lent")];

    public IStepSystem Create(StepSystemOptions options)
    {
        var scenario = options.Scenario ?? Scenarios[0];
        return Scenarios.Contains(scenario)
            ? new LendingSystem(options.Guests, scenario == "single" ? 1 : options.Pages, !options.Rules.IsOff(LendingSystem.TakeMapped))
            : throw new ArgumentException($"There is no scenario {scenario}; there are {string.Join(", ", Scenarios)}.", nameof(options));
    }
}
