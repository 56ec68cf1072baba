namespace GuestMemory.Tdx;

/// <summary>TDX as a kind of system that can be searched.</summary>
internal sealed class TdxSystemSource : IStepSystemSource
{
    private const int MostGuests = 4;
    private const int Most = ThingOrder.Most;

    /// <inheritdoc/>
    public string Name => "tdx";

    /// <inheritdoc/>
    public string Says =>
        "Intel's TDX module with a few TDs, and a host that calls its functions in any order: pages are given, accepted, blocked, tracked and taken, TDs are built, "
        + "resized, migrated and taken apart. vCPUs enter, leave, read, write and remember translations; the host reads and writes what it likes. "
        + "How many guests, pages and vCPUs there are is for the first scenario to choose; each of the others has those its story needs.";

    /// <inheritdoc/>
    public IReadOnlyList<string> Scenarios => TdxScenarios.Names;

    /// <inheritdoc/>
    public IReadOnlyList<Rule> Rules => TdxRules.All;

    /// <inheritdoc/>
    public IReadOnlyList<KnownBug> Bugs => [];

    /// <inheritdoc/>
    public IStepSystem Create(StepSystemOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Require(options.Guests, MostGuests, nameof(options.Guests));
        Require(options.Pages, Most, nameof(options.Pages));
        Require(options.Vcpus, Most, nameof(options.Vcpus));
        var scenario = options.Scenario ?? Scenarios[0];
        return Scenarios.Contains(scenario)
            ? TdxScenarios.Make(scenario, options)
            : throw new ArgumentException($"There is no scenario {scenario}; there are {string.Join(", ", Scenarios)}.", nameof(options));
    }

    private static void Require(int value, int most, string name)
    {
        if (value < 1 || value > most)
        {
            throw new ArgumentException($"{name} is {value}; it must be 1 to {most}.", nameof(value));
        }
    }
}
