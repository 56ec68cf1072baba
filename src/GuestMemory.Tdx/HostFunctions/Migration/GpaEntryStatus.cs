namespace GuestMemory.Tdx;

/// <summary>What became of one entry of a GPA list. Source: tdx-module, tdx_api_defs.h.</summary>
public enum GpaEntryStatus : byte
{
    /// <summary>SUCCESS.</summary>
    Success,

    /// <summary>SKIPPED: there was nothing to do; no problem.</summary>
    Skipped,

    /// <summary>SEPT_WALK_FAILED: no 4K entry there.</summary>
    WalkFailed,

    /// <summary>SEPT_ENTRY_BUSY_HOST_PRIORITY: the entry's lock is held.</summary>
    EntryBusy,

    /// <summary>SEPT_ENTRY_STATE_INCORRECT.</summary>
    EntryStateIncorrect,

    /// <summary>TLB_TRACKING_NOT_DONE: a vCPU may still write.</summary>
    TlbTrackingNotDone,

    /// <summary>OP_STATE_INCORRECT: not in this phase.</summary>
    OpStateIncorrect,

    /// <summary>MIGRATED_IN_CURRENT_EPOCH: imported once in this migration epoch.</summary>
    MigratedInCurrentEpoch,

    /// <summary>MIG_BUFFER_NOT_AVAILABLE.</summary>
    BufferNotAvailable,

    /// <summary>NEW_PAGE_NOT_AVAILABLE.</summary>
    NewPageNotAvailable,

    /// <summary>INVALID_PAGE_MAC; never here, the model has no MACs (MB-70).</summary>
    InvalidPageMac,

    /// <summary>DISALLOWED_IMPORT_OVER_REMOVED: removed in this migration epoch or later.</summary>
    DisallowedImportOverRemoved,

    /// <summary>TD_PAGE_BUSY_HOST_PRIORITY: the page's PAMT lock is held.</summary>
    PageBusy,

    /// <summary>L2_SEPT_WALK_FAILED; never here, the model has no L2 VMs.</summary>
    L2WalkFailed,

    /// <summary>ATTR_LIST_ENTRY_INVALID; never here, the model has no L2 VMs.</summary>
    AttributesInvalid,

    /// <summary>GPA_LIST_ENTRY_INVALID: reserved bits, or no private address; it ends the whole call.</summary>
    EntryInvalid,
}
