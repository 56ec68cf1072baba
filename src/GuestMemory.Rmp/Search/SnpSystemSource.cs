namespace GuestMemory.Rmp;

/// <summary>Makes systems of SEV-SNP.</summary>
internal sealed class SnpSystemSource : IStepSystemSource
{
    private static readonly IReadOnlyList<SnpScene> s_scenes = [.. PageScenes.All, .. GuestScenes.All, .. SwapScenes.All];

    public string Name => "snp";

    public string Says =>
        "Guests that accept pages, a host that gives and takes them and leads guest addresses where it likes, and the firmware. "
        + "The scenarios after the first are small worlds of two guests whose numbers are fixed.";

    public IReadOnlyList<string> Scenarios { get; } = ["run", .. s_scenes.Select(scene => scene.Name)];

    public IReadOnlyList<Rule> Rules => RmpRules.All;

    public IReadOnlyList<KnownBug> Bugs => [];

    public IStepSystem Create(StepSystemOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var name = options.Scenario ?? Scenarios[0];
        if (name == Scenarios[0])
        {
            return new SnpRunSystem(Validated(options));
        }

        var scene = s_scenes.FirstOrDefault(scene => scene.Name == name)
            ?? throw new ArgumentException($"There is no scenario \"{name}\"; there are {string.Join(", ", Scenarios)}.", nameof(options));
        return new SnpSceneSystem(scene, options.Rules);
    }

    private static StepSystemOptions Validated(StepSystemOptions options)
    {
        Require(options.Guests, nameof(options.Guests));
        Require(options.Pages, nameof(options.Pages));
        Require(options.Vcpus, nameof(options.Vcpus));
        return options;
    }

    private static void Require(int number, string name)
    {
        if (number is < 1 or > RunGuest.Most)
        {
            throw new ArgumentException($"{name} is {number}; it is 1 to {RunGuest.Most}.");
        }
    }
}
