namespace GuestMemory.Tdx.Tests.Host;

/// <summary>How the machine and the host of a sequence are built.</summary>
internal sealed record TdxHostSetup(
    int Order, ulong Frames = 1 << 13, bool IsHypothetical = false, bool Caches = false, ulong Attributes = KvmTdx.VeDisable,
    MemoryIntegrity Integrity = MemoryIntegrity.Logical, CheckScope Scope = CheckScope.Touched, int Packages = 1)
{
    /// <summary>Linux and a host with every policy, with room and nearly full, with guests that take #VE and that do not.</summary>
    public static IReadOnlyList<TdxHostSetup> All { get; } =
    [
        new(0, Scope: CheckScope.Everything), new(0, Attributes: 0, Caches: true), new(9, Attributes: 0),
        new(9, IsHypothetical: true, Attributes: 0, Integrity: MemoryIntegrity.Cryptographic), new(9, IsHypothetical: true, Caches: true, Packages: 2),
        new(0, Frames: 48, Attributes: 0), new(0, Frames: 48, IsHypothetical: true, Attributes: 0, Integrity: MemoryIntegrity.None, Scope: CheckScope.Everything),
    ];

    public TdxHostOptions Options => new()
    {
        Platform = new TdxPlatform(new Tdmr(default, 1UL << 30) { ReservedAreas = [PfnRange.FromBounds(new(Frames - 4), new(1 << 18))] })
        {
            Integrity = Integrity, Packages = Packages,
        },
        Hypothetical = IsHypothetical ? new() { MapsLargePages = true, Promotes = true, Relocates = true } : HypotheticalHost.None,
    };

    public override string ToString() => $"order {Order}, {Frames} frames{(IsHypothetical ? ", hypothetical" : "")}{(Caches ? ", caching" : "")}, attributes 0x{Attributes:x}, {Integrity}";
}
