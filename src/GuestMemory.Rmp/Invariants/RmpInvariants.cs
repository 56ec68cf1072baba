namespace GuestMemory.Rmp;

/// <summary>What always holds of the table, of what operations do, and of what a careful host and guest do.</summary>
/// <remarks>
/// They speak of entries read through their head; 7 and 9 of entries as stored. Each is one named predicate. Those of policy are
/// the host's (13, 14, 23) or the guest's (17, 18): hardware lets them be broken.
/// </remarks>
public static partial class RmpInvariants
{
    /// <summary>All of them, in the order of their numbers.</summary>
    public static IReadOnlyList<RmpInvariant> All { get; } =
    [
        new("INV-SNP-1", "Every covered page is in exactly one state, and a page without an entry has none.", "snp-abi, 5.3", IsInAState),
        new("INV-SNP-2", "A page of a guest's has one owner at one address, whoever asks.", "snp-abi, 5.1", HasOneOwner),
        new("INV-SNP-3", "Only a page of a guest's is validated.", "snp-abi, 5.3 table 11; apm3, PVALIDATE", IsValidatedAsAGuests),
        new("INV-SNP-4", "A page nobody was given has no owner's fields.", "apm3, RMPUPDATE", IsBlankWhenUnassigned),
        new("INV-SNP-5", "A page with an ASID is assigned.", "snp-abi, 5.3 table 11; apm3, RMPUPDATE", IsAssignedWhenOwned),
        new("INV-SNP-6", "Only a guest's page and a context page have the VMSA bit.", "snp-abi, 5.3 table 11", HasVmsaRightly),
        new("INV-SNP-7", "A 2M entry lies at a 2M page of both address spaces, and the 511 entries behind it are Assigned and nothing else.", "apm3, RMPUPDATE", IsWellFormedLarge),
        new("INV-SNP-8", "No page inside a live 2M page has an owner of its own.", "apm3, RMPUPDATE", HasNoOwnerInsideLarge),
        new("INV-SNP-9", "The count of a block's assigned pages is right.", "snp-model, the count of assigned pages", ScanBlockCounts),
        new("INV-SNP-10", "The count of an ASID's pages is right, and an ASID is bound only while no page carries it.", "snp-abi, 8.10", ScanAsidCounts, CheckAsidCounts),
        new("INV-SNP-11", "Only the firmware changes an immutable entry.", "apm2, 15.36.5; snp-abi, 5.3.2", step: CheckImmutable),
        new("INV-SNP-12", "No write but its owner's reaches an assigned page, and no other operation of a processor changes a byte.", "apm2, 15.36.10", step: CheckBytes),
        new("INV-SNP-13", "No writable host mapping of 2M or more covers assigned and unassigned pages of one block.", "linux-sev-host, the direct map", ScanMixedMappings, isPolicy: true),
        new("INV-SNP-14", "The host maps no assigned page.", "physmap-split", ScanMappedPages, isPolicy: true),
        new("INV-SNP-15", "A private nested mapping has its entry's size, address and owner, or lets nothing through.", "apm2, 15.36.10", ScanNestedMappings, CheckMappingSize),
        new("INV-SNP-16", "A private access that succeeds finds a validated, mutable page of its guest at its address; a guest's instruction changes its own pages.", "apm2, 15.36.10; apm3, PVALIDATE", step: CheckPrivateAccess),
        new("INV-SNP-17", "A guest has one validated page at an address.", "snp-white-paper, pages 10 and 11", ScanDoubleValidation, CheckDoubleValidation, isPolicy: true),
        new("INV-SNP-18", "A private read gives what the guest wrote there last since it accepted the page.", "snp-white-paper, pages 10 and 11", step: CheckLastWrite, isPolicy: true),
        new("INV-SNP-19", "A level's rights come from a higher level that has them, and nobody passes beyond its rights; write without read is none.", "apm2, 15.36.7; apm3, RMPADJUST", step: CheckRights),
        new("INV-SNP-20", "Neither host nor firmware changes the entry of a page in use by a running vCPU.", "apm2, 15.36.12", step: CheckInUse),
        new("INV-SNP-21", "A metadata page names a page that is its guest's context, until that guest is decommissioned.", "snp-abi, 8.21", ScanMetadata, CheckMetadata),
        new("INV-SNP-22", "A swapped page comes back once, at its own address, to its own guest.", "snp-abi, 8.23", step: CheckSwappedIn),
        new("INV-SNP-23", "The host hands out no page of the firmware's and none that waits to be reclaimed.", "linux-sev-host, leaked pages; linux-ccp, firmware pages", ScanFreePages, isPolicy: true),
        new("INV-SNP-24", "Splitting and joining large pages changes nothing but sizes.", "apm3, PSMASH; snp-abi, 8.25", step: CheckSplit),
        new("INV-SNP-25", "An operation that fails, or only looks, changes no entry.", "apm3, the instructions; snp-abi, 8.17 and 8.29", step: CheckRefused),
        new("INV-SNP-26", "The table's own pages are the firmware's.", "snp-abi, 8.8", ScanOwnPages),
        new("INV-SNP-27", "A guest's bytes come out in plain only where its policy allows debugging.", "snp-abi, 4.3 and 8.27", step: CheckPlainBytes),
    ];

    /// <summary>The first invariant of states that a platform breaks.</summary>
    /// <param name="platform">The platform.</param>
    /// <param name="views">What the host knows; <see langword="null"/> for nothing.</param>
    /// <returns>The breach; <see langword="null"/> for none.</returns>
    public static RmpBreach? FindBreach(SnpPlatform platform, RmpViews? views = null) => FindBreaches(platform, views).FirstOrDefault();

    /// <summary>Every invariant of states that a platform breaks, each with its first breach, in order.</summary>
    /// <param name="platform">The platform.</param>
    /// <param name="views">What the host knows; <see langword="null"/> for nothing.</param>
    public static IEnumerable<RmpBreach> FindBreaches(SnpPlatform platform, RmpViews? views = null)
    {
        ArgumentNullException.ThrowIfNull(platform);
        return Find(new RmpScan(platform, views ?? RmpViews.None));
    }

    internal static IEnumerable<RmpBreach> Find(RmpScan scan)
    {
        foreach (var invariant in All)
        {
            if (invariant.Find(scan) is { } breach)
            {
                yield return new(invariant, breach);
            }
        }
    }
}
