namespace GuestMemory.Rmp;

/// <summary>Makes systems of SEV and SEV-ES.</summary>
internal sealed class SevSystemSource : IStepSystemSource
{
    public string Name => "sev";

    public string Says =>
        "Guests whose memory is encrypted and not owned: the host writes it, leads addresses elsewhere and puts old bytes back, and no guest notices. "
        + "Under SEV-ES their registers are encrypted as well.";

    public IReadOnlyList<string> Scenarios { get; } = ["sev", "sev-es"];

    // No rule stands between the host and the guests' memory here.
    public IReadOnlyList<Rule> Rules => [];

    public IReadOnlyList<KnownBug> Bugs => [];

    public IStepSystem Create(StepSystemOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        StepNumbers.Validate(options);
        return (options.Scenario ?? Scenarios[0]) switch
        {
            "sev" => new SevSystem(options, SevProfile.Sev),
            "sev-es" => new SevSystem(options, SevProfile.SevEs),
            var name => throw new ArgumentException($"There is no scenario \"{name}\"; there are {string.Join(", ", Scenarios)}.", nameof(options)),
        };
    }
}
