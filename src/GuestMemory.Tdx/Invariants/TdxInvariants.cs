namespace GuestMemory.Tdx;

/// <summary>What always holds of PAMT, Secure EPTs, epochs and keys, and of what operations do to them.</summary>
/// <remarks>Each is one named predicate. Exceptions that a module's version makes are read from <see cref="TdxModuleVersion"/>.</remarks>
public static partial class TdxInvariants
{
    /// <summary>All of them, in the order of their numbers.</summary>
    public static IReadOnlyList<TdxInvariant> All { get; } =
    [
        new("INV-TDX-1", "For every 4K of memory at most one of its three PAMT entries is used, and inside a large page none is reserved.", "tdx-module, PAMT hierarchy", ScanHierarchy),
        new("INV-TDX-2", "PAMT entries of 2M and 1G are free or a private page's.", "tdx-module, PAMT hierarchy", ScanLargeTypes),
        new("INV-TDX-3", "A private page is behind one leaf, of its owner's tree and of its size, and a leaf leads to such a page.", "tdx-module, PAMT and Secure EPT", ScanLeaves),
        new("INV-TDX-4", "A page of a Secure EPT is behind one table entry of its owner's tree, and the root is a control page.", "tdx-module, PAMT and Secure EPT", ScanTables),
        new("INV-TDX-5", "No page belongs to two TDs.", "tdx-module, PAMT owner", ScanOwners),
        new("INV-TDX-6", "A TD's count of pages is what the PAMT says it owns, and nothing is owned by a TD that is gone.", "tdx-module, CHLDCNT", ScanCounts, CheckGone),
        new("INV-TDX-7", "Free and removed entries lead nowhere; leaves have PS set and tables have not.", "tdx-module, Secure EPT entry", ScanEntries),
        new("INV-TDX-8", "While a TD may run, a page leaves its tree or changes size only after it was blocked and no vCPU can use it any more.", "tdx-module, TLB tracking", step: CheckTracking),
        new("INV-TDX-9", "A TD's epoch never falls, and vCPUs inside entered in it or in the one before.", "tdx-module, TLB tracking", ScanEpochs, CheckEpochs),
        new("INV-TDX-10", "A page becomes readable for a guest by PAGE.ADD of a TD being built, by ACCEPT as zeroes, by RELOCATE as it was, or by IMPORT; what it reads then it wrote itself.", "tdx-module, Secure EPT state tables", ScanRights, CheckReadable),
        new("INV-TDX-11", "A pending page is accepted by its guest's own ACCEPT alone.", "tdx-module, tdg_mem_page_accept.c", step: CheckAccepted),
        new("INV-TDX-12", "DEMOTE and PROMOTE change neither what is behind a guest frame nor whether it is accepted.", "tdx-module, tdh_mem_page_demote.c and tdh_mem_page_promote.c", step: CheckResized),
        new("INV-TDX-13", "A call that fails changes nothing but a host's priority, bytes of a page still free, and where a write-back was interrupted.", "tdx-module, the functions' order", step: CheckRefused),
        new("INV-TDX-14", "A TD runs under a private key identifier of its own, and that is free only when no TD uses it and every package wrote its caches back after the last vCPU was flushed.", "tdx-module, key ownership table", ScanKeys, CheckKeys),
        new("INV-TDX-15", "Functions for a TD's memory and vCPUs work only while its key is configured; pages are reclaimed only from one taken apart.", "tdx-module, TD life cycle", step: CheckLifecycle),
        new("INV-TDX-16", "Reserved entries of the PAMT never change.", "tdx-module, tdh_sys_tdmr_init.c", ScanReserved),
        new("INV-TDX-17", "A page blocked for writing stays so until UNBLOCKW, CANCEL or RESTORE.", "tdx-module, tdh_export_blockw.c", ScanWriteBlocks, CheckWriteBlocks),
    ];

    /// <summary>An invariant by its id.</summary>
    /// <param name="id">The id, "INV-TDX-8".</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static TdxInvariant Get(string id) => All.FirstOrDefault(invariant => invariant.Id == id)
        ?? throw new ArgumentException($"{id} is no invariant; they are INV-TDX-1 to INV-TDX-{All.Count}.", nameof(id));

    /// <summary>Sweeps a module as it is now: every invariant of states.</summary>
    /// <param name="module">The module.</param>
    /// <returns>The first breach of each that does not hold; empty when all do.</returns>
    public static IReadOnlyList<TdxBreach> Check(TdxModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        var scan = TdxScan.Of(module);
        return [.. All.Select(invariant => invariant.Find(scan)).OfType<TdxBreach>()];
    }
}
