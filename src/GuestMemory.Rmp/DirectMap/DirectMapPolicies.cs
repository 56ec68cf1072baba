namespace GuestMemory.Rmp;

/// <summary>The answers that were given to: what becomes of the kernel's own mapping of a page that a guest gets?</summary>
public static class DirectMapPolicies
{
    /// <summary>Split to 4K before every RMPUPDATE, whatever its size; never merged.</summary>
    public static DirectMapPolicy SplitOnAssign { get; } =
        new("split on assign", "physmap-split, the patch of 2021") { Splits = DirectMapSplitting.EveryUpdate };

    /// <summary>Split to 4K before an RMPUPDATE of 4K, nothing before one of 2M; never merged.</summary>
    public static DirectMapPolicy SplitOnSmallUpdate { get; } =
        new("split on 4K update", "linux-sev-host, adjust_direct_map") { Splits = DirectMapSplitting.SmallUpdates };

    /// <summary>Assigned pages are not in the direct map; never merged.</summary>
    public static DirectMapPolicy UnmapOnAssign { get; } =
        new("unmap on assign", "physmap-split, the answers of A. Lutomirski and D. Hansen") { UnmapsAssigned = true };

    /// <summary>The direct map has the table's page sizes at all times.</summary>
    public static DirectMapPolicy InSync { get; } =
        new("in sync", "physmap-split, the answer of B. Petkov; snp-model, merging again") { Splits = DirectMapSplitting.SmallUpdates, FollowsTable = true };

    /// <summary>Nothing until a write faults; then the fault's handler splits.</summary>
    public static DirectMapPolicy SplitOnFault { get; } =
        new("split on fault", "physmap-split, the objections to it") { RepairsFaults = true };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<DirectMapPolicy> All { get; } = [SplitOnAssign, SplitOnSmallUpdate, UnmapOnAssign, InSync, SplitOnFault];
}
