namespace GuestMemory.Tdx.Tests.Sequences;

/// <summary>The platforms sequences run on, and what none of them decides.</summary>
internal static class Platforms
{
    private static readonly TdxModuleVersion s_plain = new("plain")
    {
        KeepsStaleOwner = false,
        ShowsAcceptCounter = false,
        AcceptOverRemovedIsMismatch = false,
        RelocatesExportedUntracked = false,
        PausedExportKeepsWrite = false,
        UnblockNamesTree = false,
        AcceptOverBlockedTableIsMismatch = false,
        ChecksArchitecturalWidth = false,
    };

    /// <summary>Two packages, memory that tells the owner of a line.</summary>
    public static TdxPlatform Tagged { get; } = TdxWorld.Recorded with { Integrity = MemoryIntegrity.Cryptographic, Packages = 2, ProcessorsPerPackage = 2 };

    public static TdxPlatform Plain { get; } = TdxWorld.Recorded with { Version = s_plain, MostVcpus = 2 };

    public static TdxPlatform Later { get; } = TdxWorld.Recorded with { Version = TdxModuleVersion.V1Dot5Dot28 };

    public static TdxPlatform Dynamic { get; } = TdxWorld.Recorded with { Version = new("dynamic") { HasDynamicPamt = true } };

    public static IEnumerable<(TdxPlatform Platform, ulong Seed)> Runs { get; } =
    [
        .. Seeds(TdxWorld.Recorded, 1, 8), .. Seeds(Tagged, 20, 4), .. Seeds(Plain, 30, 4), .. Seeds(Later, 40, 2), .. Seeds(Dynamic, 50, 4),
    ];

    /// <summary>Rules whose refusal cannot be made again: an interrupt is gone once seen, a list's entry is written back, an import failed, a TD is dead.</summary>
    public static bool IsNotRepeated(string id) => id.EndsWith("/interrupted", StringComparison.Ordinal) || id.Contains("/entry-", StringComparison.Ordinal)
        || id is "TDH.IMPORT.STATE.IMMUTABLE/bundle" or "TDH.IMPORT.TRACK/epoch" or "TD.ACCESS/private/line" or "TDH.IMPORT.MEM/new-page-form" or "TDH.IMPORT.MEM/page-form"
            or "TDH.IMPORT.MEM/page-range" or "TDH.IMPORT.MEM/page-busy" or "TDH.IMPORT.MEM/page-free";

    /// <summary>Rules whose misformed operands, as chance makes them, a later rule refuses in the same words.</summary>
    public static bool IsCovered(string id) => id is "TDH.IMPORT.MEM/list-form" or "TDH.SYS.TDMR.INIT/form" or "TDH.MNG.INIT/params-form" or "TDG.MEM.PAGE.ATTR.WR/gpa-form";

    private static IEnumerable<(TdxPlatform Platform, ulong Seed)> Seeds(TdxPlatform platform, ulong first, int count) =>
        Enumerable.Range(0, count).Select(index => (platform, first + (ulong)index));
}
