namespace GuestMemory.Tdx.Tests.Sequences;

/// <summary>Rules that the pinned seeds may not come to, and why. Each has a case of its own in the tests of its function.</summary>
internal static class Undecided
{
    public static IReadOnlyDictionary<string, string[]> ByReason { get; } = new SortedDictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["modules and pages of Dynamic PAMT, of which few seeds are"] =
        [
            "TDH.MEM.PAGE.ADD/page-pair", "TDH.MEM.PAGE.AUG/page-pair", "TDH.MEM.PAGE.DEMOTE/page-pair", "TDH.MEM.PAGE.RELOCATE/page-pair",
            "TDH.MNG.ADDCX/page-pair", "TDH.PHYMEM.PAMT.ADD/first-busy", "TDH.PHYMEM.PAMT.ADD/first-free", "TDH.PHYMEM.PAMT.ADD/first-range",
            "TDH.PHYMEM.PAMT.ADD/range-busy", "TDH.PHYMEM.PAMT.ADD/range-range", "TDH.PHYMEM.PAMT.ADD/second-busy", "TDH.PHYMEM.PAMT.ADD/second-form",
            "TDH.PHYMEM.PAMT.ADD/second-free", "TDH.PHYMEM.PAMT.ADD/second-range", "TDH.PHYMEM.PAMT.REMOVE/range-busy", "TDH.PHYMEM.PAMT.REMOVE/range-range",
            "TDH.PHYMEM.PAMT.REMOVE/second-empty", "TDH.VP.ADDCX/page-pair", "TDH.VP.CREATE/page-pair",
        ],
        ["entries of lists: a session has to be in the right phase"] =
        [
            "TDH.EXPORT.BLOCKW/entry-busy", "TDH.EXPORT.BLOCKW/entry-private", "TDH.EXPORT.BLOCKW/entry-skipped", "TDH.EXPORT.BLOCKW/list-shared",
            "TDH.EXPORT.MEM/entry-busy", "TDH.EXPORT.MEM/entry-cancel-phase", "TDH.EXPORT.MEM/entry-cancel-state", "TDH.EXPORT.MEM/entry-clean",
            "TDH.EXPORT.MEM/entry-skipped", "TDH.EXPORT.MEM/entry-tracked", "TDH.EXPORT.MEM/list-shared", "TDH.EXPORT.MEM/list-start",
            "TDH.EXPORT.RESTORE/entry-busy", "TDH.EXPORT.RESTORE/entry-skipped", "TDH.EXPORT.RESTORE/list-shared", "TDH.EXPORT.STATE.IMMUTABLE/count",
            "TDH.EXPORT.TRACK/dirty", "TDH.EXPORT.TRACK/epoch", "TDH.EXPORT.TRACK/stream", "TDH.EXPORT.UNBLOCKW/gpa-private", "TDH.IMPORT.MEM/entry-buffer",
            "TDH.IMPORT.MEM/entry-busy", "TDH.IMPORT.MEM/entry-epoch", "TDH.IMPORT.MEM/entry-form", "TDH.IMPORT.MEM/entry-imported",
            "TDH.IMPORT.MEM/entry-page-busy", "TDH.IMPORT.MEM/entry-pending", "TDH.IMPORT.MEM/entry-place", "TDH.IMPORT.MEM/entry-private",
            "TDH.IMPORT.MEM/entry-removed", "TDH.IMPORT.MEM/entry-skipped", "TDH.IMPORT.MEM/entry-state", "TDH.IMPORT.MEM/list-form",
            "TDH.IMPORT.MEM/list-start", "TDH.IMPORT.MEM/new-page-form", "TDH.IMPORT.MEM/new-pages", "TDH.IMPORT.MEM/page-busy", "TDH.IMPORT.MEM/page-form",
            "TDH.IMPORT.MEM/page-free", "TDH.IMPORT.MEM/page-range", "TDH.IMPORT.MEM/tree-busy", "TDH.IMPORT.STATE.IMMUTABLE/bundle", "TDH.IMPORT.TRACK/epoch",
        ],
        ["two processors at one entry or page at the right moment"] =
        [
            "TDH.MEM.PAGE.DEMOTE/entry-busy", "TDH.MEM.PAGE.DEMOTE/large-busy", "TDH.MEM.PAGE.DEMOTE/page-busy", "TDH.MEM.PAGE.PROMOTE/child-busy",
            "TDH.MEM.PAGE.PROMOTE/entry-busy", "TDH.MEM.PAGE.PROMOTE/large-busy", "TDH.MEM.PAGE.RELOCATE/entry-busy", "TDH.MEM.RD/entry-busy",
            "TDH.MEM.WR/entry-busy", "TDH.PHYMEM.PAGE.WBINVD/page-busy", "TDH.SYS.TDMR.INIT/busy", "TDH.VP.ADDCX/page-busy", "TDH.VP.CREATE/page-busy",
        ],
        ["operands or states that chance rarely makes"] =
        [
            "TD.ACCESS/private/line", "TD.ACCESS/shared/line", "TDG.MEM.PAGE.ACCEPT/interrupted", "TDG.MEM.PAGE.ACCEPT/larger-accepted",
            "TDG.MEM.PAGE.ATTR.RD/walk", "TDG.MEM.PAGE.ATTR.WR/gpa-form", "TDG.MEM.PAGE.ATTR.WR/mask", "TDG.MEM.PAGE.ATTR.WR/size", "TDG.MEM.PAGE.ATTR.WR/state",
            "TDH.MEM.PAGE.ADD/page-free", "TDH.MEM.PAGE.ADD/page-range", "TDH.MEM.PAGE.DEMOTE/page-form", "TDH.MEM.PAGE.DEMOTE/page-free",
            "TDH.MEM.PAGE.DEMOTE/page-range", "TDH.MEM.PAGE.PROMOTE/interrupted", "TDH.MEM.PAGE.PROMOTE/interrupted-kept", "TDH.MEM.PAGE.RELOCATE/page-form",
            "TDH.MEM.PAGE.RELOCATE/page-range", "TDH.MEM.RANGE.UNBLOCK/tracked-rcx", "TDH.MEM.SEPT.ADD/l2-1", "TDH.MEM.SEPT.ADD/l2-2", "TDH.MEM.SEPT.ADD/l2-3",
            "TDH.MEM.SEPT.ADD/state", "TDH.MEM.SEPT.ADD/table-missing", "TDH.MEM.SEPT.RD/debug", "TDH.MEM.WR/state", "TDH.MNG.ADDCX/number",
            "TDH.MNG.INIT/params-form", "TDH.MNG.INIT/params-shared", "TDH.MNG.KEY.CONFIG/package", "TDH.MR.EXTEND/state", "TDH.SYS.TDMR.INIT/form",
            "TDH.VP.ADDCX/number", "TDH.VP.ADDCX/page-form", "TDH.VP.ADDCX/page-free", "TDH.VP.ADDCX/page-range", "TDH.VP.ADDCX/tdcs", "TDH.VP.CREATE/page-form",
            "TDH.VP.CREATE/page-range", "TDH.VP.ENTER/hint", "TDH.VP.ENTER/resume-l1", "TDH.VP.ENTER/tdcs", "TDH.VP.ENTER/vcpu-state", "TDH.VP.INIT/number",
            "TDH.VP.INIT/tdcs",
        ],
    };

    /// <summary>Functions the pinned seeds may not get through: for a debug TD, for a page blocked for writing, and for memory that is initialised from the start.</summary>
    public static IReadOnlyList<string> Undone { get; } = ["MemRd", "MemWr", "ExportUnblockw", "SysTdmrInit"];

    /// <summary>Whether a rule may stay undecided. A fatal TD needs memory that breaks, and then every function on it.</summary>
    public static bool Allows(string id) => id.EndsWith("/fatal", StringComparison.Ordinal) || ByReason.Values.Any(ids => ids.Contains(id));
}
