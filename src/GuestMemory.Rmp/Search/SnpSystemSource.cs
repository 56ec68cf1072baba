namespace GuestMemory.Rmp;

/// <summary>Makes systems of SEV-SNP.</summary>
internal sealed class SnpSystemSource : IStepSystemSource
{
    private static readonly IReadOnlyList<SnpScene> s_scenes = [.. PageScenes.All, .. GuestScenes.All, .. SwapScenes.All, .. ConductScenes.All];

    public string Name => "snp";

    public string Says =>
        "Guests that accept pages, a host that gives and takes them and leads guest addresses where it likes, and the firmware. "
        + "The scenarios after the first are small worlds of two guests whose numbers are fixed.";

    public IReadOnlyList<string> Scenarios { get; } = ["run", .. s_scenes.Select(scene => scene.Name)];

    public IReadOnlyList<Rule> Rules => RmpRules.All;

    public IReadOnlyList<KnownBug> Bugs => SnpBugs.All;

    public IStepSystem Create(StepSystemOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var name = options.Scenario ?? Scenarios[0];
        if (name == Scenarios[0])
        {
            StepNumbers.Validate(options);
            return new SnpRunSystem(options);
        }

        var scene = s_scenes.FirstOrDefault(scene => scene.Name == name)
            ?? throw new ArgumentException($"There is no scenario \"{name}\"; there are {string.Join(", ", Scenarios)}.", nameof(options));
        return new SnpSceneSystem(scene, options.Rules);
    }
}
