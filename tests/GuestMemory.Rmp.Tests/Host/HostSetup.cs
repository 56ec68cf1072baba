namespace GuestMemory.Rmp.Tests.Host;

/// <summary>How the machine and the host of a sequence are built.</summary>
internal sealed record HostSetup(
    int Order, ReclaimFailure Failure = ReclaimFailure.Leak, Enforcement Enforcement = Enforcement.Enforce, bool Caches = false, int Choice = 0, CheckScope Scope = CheckScope.Touched, bool Unmaps = false)
{
    /// <summary>Every choice with every store size, in a few machines.</summary>
    public static IReadOnlyList<HostSetup> All { get; } =
    [
        new(0), new(9, Caches: true),
        new(0, ReclaimFailure.Linux, Enforcement.Observe, true, 1), new(9, ReclaimFailure.Linux, Enforcement.Enforce, false, 1, Unmaps: true),
        new(0, ReclaimFailure.Leak, Enforcement.Observe, true, 2, CheckScope.Everything, true), new(9, ReclaimFailure.Leak, Enforcement.Observe, false, 2),
        new(0, ReclaimFailure.Leak, Enforcement.Enforce, true, 1, Unmaps: true), new(9, ReclaimFailure.Leak, Enforcement.Enforce, true, 1),
        new(0, ReclaimFailure.Linux, Enforcement.Enforce, false, 2, CheckScope.Everything), new(9, ReclaimFailure.Linux, Enforcement.Observe, true, 0),
    ];

    public IFrameChoice FrameChoice => Choice switch
    {
        0 => LowestFirst.Instance,
        1 => Adversarial.Instance,
        _ => new BufferPool(new(new(512), 512), FramePurpose.Firmware),
    };

    public SnpHostOptions Options => new()
    {
        ReclaimFailure = Failure, DirectMapPolicy = Unmaps ? DirectMapPolicies.UnmapOnAssign : DirectMapPolicies.SplitOnSmallUpdate,
    };
}
