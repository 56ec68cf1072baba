namespace GuestMemory.Tdx;

/// <summary>Bits 63:32 of a completion status. Source: tdx-module, error codes.</summary>
/// <remarks>Bit 31 (63 of the status) marks an error; codes without it are success with something to say.</remarks>
public enum TdxStatusCode : uint
{
    /// <summary>TDX_SUCCESS.</summary>
    Success = 0,

    /// <summary>TDX_INTERRUPTED_RESUMABLE: call again; what was done stays.</summary>
    InterruptedResumable = 0x8000_0003,

    /// <summary>TDX_INTERRUPTED_RESTARTABLE: call again; nothing was done.</summary>
    InterruptedRestartable = 0x8000_0004,

    /// <summary>TDX_OPERAND_INVALID.</summary>
    OperandInvalid = 0xc000_0100,

    /// <summary>TDX_OPERAND_ADDR_RANGE_ERROR: not in an initialised block of a TDMR.</summary>
    OperandAddressRangeError = 0xc000_0101,

    /// <summary>TDX_OPERAND_BUSY: a lock is held.</summary>
    OperandBusy = 0x8000_0200,

    /// <summary>TDX_PREVIOUS_TLB_EPOCH_BUSY: a vCPU still runs in the epoch before.</summary>
    PreviousTlbEpochBusy = 0x8000_0201,

    /// <summary>TDX_OPERAND_BUSY_HOST_PRIORITY: the host waits for the lock.</summary>
    OperandBusyHostPriority = 0x8000_0204,

    /// <summary>TDX_PAGE_METADATA_INCORRECT: the PAMT says otherwise.</summary>
    PageMetadataIncorrect = 0xc000_0300,

    /// <summary>TDX_PAGE_NOT_FREE (modules with Dynamic PAMT).</summary>
    PageNotFree = 0xc000_0303,

    /// <summary>TDX_HPA_RANGE_NOT_FREE (modules with Dynamic PAMT).</summary>
    HpaRangeNotFree = 0xc000_0304,

    /// <summary>TDX_NO_PAMT_PAGE_PAIR (modules with Dynamic PAMT).</summary>
    NoPamtPagePair = 0xc000_0305,

    /// <summary>TDX_PAMT_PAGE_NOT_EMPTY (modules with Dynamic PAMT).</summary>
    PamtPageNotEmpty = 0xc000_0306,

    /// <summary>TDX_INTERRUPTED_PAMT (modules with Dynamic PAMT).</summary>
    InterruptedPamt = 0x8000_0307,

    /// <summary>TDX_MISSING_PAMT_PAGE_PAIR (modules with Dynamic PAMT).</summary>
    MissingPamtPagePair = 0x8000_0308,

    /// <summary>TDX_TD_ASSOCIATED_PAGES_EXIST.</summary>
    TdAssociatedPagesExist = 0xc000_0400,

    /// <summary>TDX_TD_FATAL.</summary>
    TdFatal = 0xe000_0604,

    /// <summary>TDX_TD_NON_DEBUG: the host may not look into this TD.</summary>
    TdNonDebug = 0xc000_0605,

    /// <summary>TDX_TDCS_NOT_ALLOCATED: fewer than six TDCX pages.</summary>
    TdcsNotAllocated = 0xc000_0606,

    /// <summary>TDX_LIFECYCLE_STATE_INCORRECT.</summary>
    LifecycleStateIncorrect = 0xc000_0607,

    /// <summary>TDX_OP_STATE_INCORRECT.</summary>
    OpStateIncorrect = 0xc000_0608,

    /// <summary>TDX_NO_VCPUS.</summary>
    NoVcpus = 0xc000_0609,

    /// <summary>TDX_TDCX_NUM_INCORRECT.</summary>
    TdcxNumberIncorrect = 0xc000_0610,

    /// <summary>TDX_VCPU_STATE_INCORRECT.</summary>
    VcpuStateIncorrect = 0xc000_0700,

    /// <summary>TDX_VCPU_ASSOCIATED: with another logical processor.</summary>
    VcpuAssociated = 0x8000_0701,

    /// <summary>TDX_VCPU_NOT_ASSOCIATED: not with this logical processor.</summary>
    VcpuNotAssociated = 0x8000_0702,

    /// <summary>TDX_MAX_VCPUS_EXCEEDED.</summary>
    MaxVcpusExceeded = 0xc000_0705,

    /// <summary>TDX_TD_KEYS_NOT_CONFIGURED.</summary>
    TdKeysNotConfigured = 0x8000_0810,

    /// <summary>TDX_KEY_CONFIGURED: this package did it already.</summary>
    KeyConfigured = 0x0000_0815,

    /// <summary>TDX_WBCACHE_NOT_COMPLETE.</summary>
    WbcacheNotComplete = 0x8000_0817,

    /// <summary>TDX_HKID_NOT_FREE.</summary>
    HkidNotFree = 0xc000_0820,

    /// <summary>TDX_NO_HKID_READY_TO_WBCACHE.</summary>
    NoHkidReadyToWbcache = 0x0000_0821,

    /// <summary>TDX_WBCACHE_RESUME_ERROR.</summary>
    WbcacheResumeError = 0xc000_0823,

    /// <summary>TDX_FLUSHVP_NOT_DONE: a vCPU is still associated.</summary>
    FlushVpNotDone = 0x8000_0824,

    /// <summary>TDX_TDMR_ALREADY_INITIALIZED.</summary>
    TdmrAlreadyInitialized = 0x0000_0a03,

    /// <summary>TDX_EPT_WALK_FAILED: the walk did not reach the level asked for.</summary>
    EptWalkFailed = 0xc000_0b00,

    /// <summary>TDX_EPT_ENTRY_NOT_PRESENT.</summary>
    EptEntryNotPresent = 0xc000_0b03,

    /// <summary>TDX_GPA_RANGE_NOT_BLOCKED.</summary>
    GpaRangeNotBlocked = 0xc000_0b06,

    /// <summary>TDX_GPA_RANGE_ALREADY_BLOCKED.</summary>
    GpaRangeAlreadyBlocked = 0x0000_0b07,

    /// <summary>TDX_TLB_TRACKING_NOT_DONE.</summary>
    TlbTrackingNotDone = 0xc000_0b08,

    /// <summary>TDX_EPT_INVALID_PROMOTE_CONDITIONS.</summary>
    EptInvalidPromoteConditions = 0xc000_0b09,

    /// <summary>TDX_PAGE_ALREADY_ACCEPTED.</summary>
    PageAlreadyAccepted = 0x0000_0b0a,

    /// <summary>TDX_PAGE_SIZE_MISMATCH.</summary>
    PageSizeMismatch = 0xc000_0b0b,

    /// <summary>TDX_GPA_RANGE_BLOCKED; no memory function of 1.5.01 answers it.</summary>
    GpaRangeBlocked = 0xc000_0b0c,

    /// <summary>TDX_EPT_ENTRY_STATE_INCORRECT.</summary>
    EptEntryStateIncorrect = 0xc000_0b0d,

    /// <summary>TDX_EPT_PAGE_NOT_FREE.</summary>
    EptPageNotFree = 0xc000_0b0e,

    /// <summary>TDX_INVALID_MBMD: a migration bundle's head is wrong.</summary>
    InvalidMbmd = 0xc000_0e00,

    /// <summary>TDX_EXPORTED_DIRTY_PAGES_REMAIN.</summary>
    ExportedDirtyPagesRemain = 0xc000_0e07,

    /// <summary>TDX_PREVIOUS_EXPORT_CLEANUP_INCOMPLETE: pages of the last export are not restored.</summary>
    PreviousExportCleanupIncomplete = 0xc000_0e0a,

    /// <summary>TDX_IMPORT_MISMATCH.</summary>
    ImportMismatch = 0xc000_0e0c,

    /// <summary>TDX_MIGRATION_EPOCH_OVERFLOW.</summary>
    MigrationEpochOverflow = 0xc000_0e0d,

    /// <summary>TDX_MAX_EXPORTS_EXCEEDED.</summary>
    MaxExportsExceeded = 0xc000_0e0e,

    /// <summary>TDX_MIGRATED_IN_CURRENT_EPOCH.</summary>
    MigratedInCurrentEpoch = 0xc000_0e10,

    /// <summary>TDX_DISALLOWED_IMPORT_OVER_REMOVED.</summary>
    DisallowedImportOverRemoved = 0xc000_0e11,
}
