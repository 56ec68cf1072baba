namespace GuestMemory.Kvm;

/// <summary>Bugs that guest_memfd, KVM or a VMM really had.</summary>
internal static class SoftwareBugs
{
    /// <summary>On the newest kernel: each by the rule that its authors had not thought of.</summary>
    public static IReadOnlyList<KnownBug> OfTheRules { get; } =
    [
        new("unbind-race",
            "Deleting a slot left the binding of a file whose last reference was gone; the release of the file then wrote to the freed slot.",
            "guest-memfd, release", Off(SoftwareScenarios.Threads, CoreRules.UnbindDyingFile), "lifetime"),
        new("bind-leaks-file",
            "An early draft of binding refused a bad offset without giving back the reference to the file.",
            "guest-memfd, binding", Off(SoftwareScenarios.LetGo, KvmHost.PutsFile), "references-are-given-back"),
        new("sample-after-kind",
            "A fault took its sample of the invalidation sequence after it had read the attribute, so that a conversion between the two went unseen.",
            "linux-kvm-mmu, page faults", Off(SoftwareScenarios.Threads, CoreRules.SampleBeforeKind), "I1-address"),
        new("slot-changes-with-file",
            "A slot with private memory could be moved, while its file went on naming the old guest frames.",
            "kvm-recordings, p05 immutable", Off(SoftwareScenarios.Regions, MemoryRegionRules.Immutable), "I6"),
        new("file-per-region-leak",
            "A VMM opened a file for each region and closed none, so that its VM was never destroyed.",
            "kata-containers, issue 13066", Off(SoftwareScenarios.LetGo, VmmRules.ClosesRegionFiles), "let-go-is-destroyed"),
    ];

    private static StepSystemOptions Off(string scenario, Rule rule) => Small(scenario) with { Rules = RuleSwitches.AllOn.Without(rule.Id) };

    private static StepSystemOptions Small(string scenario) => new() { Guests = 1, Pages = 1, Vcpus = 1, Scenario = scenario };
}
