namespace GuestMemory.Kvm;

/// <summary>Guests without hardware on one Linux host, to be searched: as the newest kernel answers, or as guest_memfd was first merged.</summary>
/// <remarks>Thread-safe: it holds nothing that changes. Source of what a kernel did when: docs/model-boundary.md, MB-2.</remarks>
public sealed class SoftwareSystems : IStepSystemSource
{
    private readonly KernelProfile _profile;

    private SoftwareSystems(string name, string says, KernelProfile profile, IReadOnlyList<string> scenarios, IReadOnlyList<KnownBug> bugs)
    {
        Name = name;
        Says = says;
        _profile = profile;
        Scenarios = scenarios;
        Bugs = bugs;
    }

    /// <summary>"software": the newest kernel.</summary>
    public static SoftwareSystems Software { get; } = new(
        "software",
        "Software-protected VMs on one host of few frames: vCPUs load and store, the VMM converts, punches, allocates, maps, closes and deletes.",
        KernelProfile.Linux7Dot3,
        SoftwareScenarios.Names,
        SoftwareBugs.OfTheRules);

    /// <summary>"first-merged": guest_memfd as first merged, where unbinding takes a reference that a dying file does not give. Its first scenario is "threads", in which that breaks something with every rule on.</summary>
    public static SoftwareSystems FirstMerged { get; } = new(
        "first-merged",
        "The same on Linux 6.8, whose guest_memfd needs a reference to the file in order to unbind a slot from it.",
        KernelProfile.Linux6Dot8,
        [SoftwareScenarios.Threads, .. SoftwareScenarios.Names.Where(static name => name != SoftwareScenarios.Threads)],
        []);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Says { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Scenarios { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Rule> Rules => KvmRules.All;

    /// <inheritdoc/>
    public IReadOnlyList<KnownBug> Bugs { get; }

    /// <inheritdoc/>
    public IStepSystem Create(StepSystemOptions options) => SoftwareScenarios.Create(Name, SearchLimits.Checked(options) with { Scenario = options?.Scenario ?? Scenarios[0] }, _profile);

    /// <summary>Its name.</summary>
    public override string ToString() => Name;
}
