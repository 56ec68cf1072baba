namespace GuestMemory.Tdx;

/// <summary>What the recordings call things.</summary>
internal static class RecordedNames
{
    public static ReadOnlySpan<byte> Of(TdxStatusCode code) => code switch
    {
        TdxStatusCode.Success => "TDX_SUCCESS"u8,
        TdxStatusCode.InterruptedResumable => "TDX_INTERRUPTED_RESUMABLE"u8,
        TdxStatusCode.InterruptedRestartable => "TDX_INTERRUPTED_RESTARTABLE"u8,
        TdxStatusCode.OperandInvalid => "TDX_OPERAND_INVALID"u8,
        TdxStatusCode.OperandAddressRangeError => "TDX_OPERAND_ADDR_RANGE_ERROR"u8,
        TdxStatusCode.OperandBusy => "TDX_OPERAND_BUSY"u8,
        TdxStatusCode.PreviousTlbEpochBusy => "TDX_PREVIOUS_TLB_EPOCH_BUSY"u8,
        TdxStatusCode.OperandBusyHostPriority => "TDX_OPERAND_BUSY_HOST_PRIORITY"u8,
        TdxStatusCode.PageMetadataIncorrect => "TDX_PAGE_METADATA_INCORRECT"u8,
        TdxStatusCode.HpaRangeNotFree => "TDX_HPA_RANGE_NOT_FREE"u8,
        TdxStatusCode.NoPamtPagePair => "TDX_NO_PAMT_PAGE_PAIR"u8,
        TdxStatusCode.PamtPageNotEmpty => "TDX_PAMT_PAGE_NOT_EMPTY"u8,
        TdxStatusCode.InterruptedPamt => "TDX_INTERRUPTED_PAMT"u8,
        TdxStatusCode.MissingPamtPagePair => "TDX_MISSING_PAMT_PAGE_PAIR"u8,
        TdxStatusCode.TdAssociatedPagesExist => "TDX_TD_ASSOCIATED_PAGES_EXIST"u8,
        TdxStatusCode.TdFatal => "TDX_TD_FATAL"u8,
        TdxStatusCode.TdcsNotAllocated => "TDX_TDCS_NOT_ALLOCATED"u8,
        TdxStatusCode.LifecycleStateIncorrect => "TDX_LIFECYCLE_STATE_INCORRECT"u8,
        TdxStatusCode.OpStateIncorrect => "TDX_OP_STATE_INCORRECT"u8,
        TdxStatusCode.NoVcpus => "TDX_NO_VCPUS"u8,
        TdxStatusCode.TdcxNumberIncorrect => "TDX_TDCX_NUM_INCORRECT"u8,
        TdxStatusCode.VcpuStateIncorrect => "TDX_VCPU_STATE_INCORRECT"u8,
        TdxStatusCode.VcpuAssociated => "TDX_VCPU_ASSOCIATED"u8,
        TdxStatusCode.VcpuNotAssociated => "TDX_VCPU_NOT_ASSOCIATED"u8,
        TdxStatusCode.TdKeysNotConfigured => "TDX_TD_KEYS_NOT_CONFIGURED"u8,
        TdxStatusCode.KeyConfigured => "TDX_KEY_CONFIGURED"u8,
        TdxStatusCode.WbcacheNotComplete => "TDX_WBCACHE_NOT_COMPLETE"u8,
        TdxStatusCode.HkidNotFree => "TDX_HKID_NOT_FREE"u8,
        TdxStatusCode.NoHkidReadyToWbcache => "TDX_NO_HKID_READY_TO_WBCACHE"u8,
        TdxStatusCode.WbcacheResumeError => "TDX_WBCACHE_RESUME_ERROR"u8,
        TdxStatusCode.FlushVpNotDone => "TDX_FLUSHVP_NOT_DONE"u8,
        TdxStatusCode.EptWalkFailed => "TDX_EPT_WALK_FAILED"u8,
        TdxStatusCode.EptEntryNotPresent => "TDX_EPT_ENTRY_NOT_PRESENT"u8,
        TdxStatusCode.GpaRangeNotBlocked => "TDX_GPA_RANGE_NOT_BLOCKED"u8,
        TdxStatusCode.GpaRangeAlreadyBlocked => "TDX_GPA_RANGE_ALREADY_BLOCKED"u8,
        TdxStatusCode.TlbTrackingNotDone => "TDX_TLB_TRACKING_NOT_DONE"u8,
        TdxStatusCode.EptInvalidPromoteConditions => "TDX_EPT_INVALID_PROMOTE_CONDITIONS"u8,
        TdxStatusCode.PageAlreadyAccepted => "TDX_PAGE_ALREADY_ACCEPTED"u8,
        TdxStatusCode.PageSizeMismatch => "TDX_PAGE_SIZE_MISMATCH"u8,
        TdxStatusCode.GpaRangeBlocked => "TDX_GPA_RANGE_BLOCKED"u8,
        TdxStatusCode.EptEntryStateIncorrect => "TDX_EPT_ENTRY_STATE_INCORRECT"u8,
        TdxStatusCode.EptPageNotFree => "TDX_EPT_PAGE_NOT_FREE"u8,
        TdxStatusCode.ExportedDirtyPagesRemain => "TDX_EXPORTED_DIRTY_PAGES_REMAIN"u8,
        TdxStatusCode.ImportMismatch => "TDX_IMPORT_MISMATCH"u8,
        TdxStatusCode.MigratedInCurrentEpoch => "TDX_MIGRATED_IN_CURRENT_EPOCH"u8,
        TdxStatusCode.DisallowedImportOverRemoved => "TDX_DISALLOWED_IMPORT_OVER_REMOVED"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "No recording has a name for it."),
    };

    public static ReadOnlySpan<byte> Of(PageType type) => type switch
    {
        PageType.Nda => "NDA"u8,
        PageType.Rsvd => "RSVD"u8,
        PageType.Reg => "REG"u8,
        PageType.Tdr => "TDR"u8,
        PageType.Tdcx => "TDCX"u8,
        PageType.Tdvpr => "TDVPR"u8,
        PageType.Ept => "EPT"u8,
        _ => "PAMT"u8,
    };

    public static ReadOnlySpan<byte> Of(TdLifecycle lifecycle) => lifecycle switch
    {
        TdLifecycle.HkidAssigned => "HKID_ASSIGNED"u8,
        TdLifecycle.KeysConfigured => "KEYS_CONFIGURED"u8,
        TdLifecycle.Blocked => "BLOCKED"u8,
        _ => "TEARDOWN"u8,
    };

    public static ReadOnlySpan<byte> Of(TdxOpState state) => state switch
    {
        TdxOpState.Uninitialized => "UNINITIALIZED"u8,
        TdxOpState.Initialized => "INITIALIZED"u8,
        TdxOpState.Runnable => "RUNNABLE"u8,
        TdxOpState.LiveExport => "LIVE_EXPORT"u8,
        TdxOpState.PausedExport => "PAUSED_EXPORT"u8,
        TdxOpState.PostExport => "POST_EXPORT"u8,
        TdxOpState.MemoryImport => "MEMORY_IMPORT"u8,
        TdxOpState.StateImport => "STATE_IMPORT"u8,
        TdxOpState.PostImport => "POST_IMPORT"u8,
        TdxOpState.LiveImport => "LIVE_IMPORT"u8,
        _ => "FAILED_IMPORT"u8,
    };

    public static ReadOnlySpan<byte> Of(SeptEntryState state) => state switch
    {
        SeptEntryState.Free => "FREE"u8,
        SeptEntryState.Removed => "REMOVED"u8,
        SeptEntryState.NonLeafMapped => "NL_MAPPED"u8,
        SeptEntryState.NonLeafBlocked => "NL_BLOCKED"u8,
        SeptEntryState.Mapped => "MAPPED"u8,
        SeptEntryState.Blocked => "BLOCKED"u8,
        SeptEntryState.BlockedWrite => "BLOCKEDW"u8,
        SeptEntryState.ExportedBlockedWrite => "EXPORTED_BLOCKEDW"u8,
        SeptEntryState.ExportedDirty => "EXPORTED_DIRTY"u8,
        SeptEntryState.ExportedDirtyBlockedWrite => "EXPORTED_DIRTY_BLOCKEDW"u8,
        SeptEntryState.Pending => "PENDING"u8,
        SeptEntryState.PendingBlocked => "PENDING_BLOCKED"u8,
        SeptEntryState.PendingBlockedWrite => "PENDING_BLOCKEDW"u8,
        SeptEntryState.PendingExportedBlockedWrite => "PENDING_EXPORTED_BLOCKEDW"u8,
        SeptEntryState.PendingExportedDirty => "PENDING_EXPORTED_DIRTY"u8,
        _ => "PENDING_EXPORTED_DIRTY_BLOCKEDW"u8,
    };

    public static ReadOnlySpan<byte> Of(GuestEvent happened) => happened switch
    {
        GuestEvent.Ok => "OK"u8,
        GuestEvent.TdExit => "TDEXIT_EPT_VIOLATION"u8,
        GuestEvent.VirtualizationException => "VE_INJECTED"u8,
        GuestEvent.NotRunning => "NOT_RUNNING"u8,
        GuestEvent.MachineCheck => "MACHINE_CHECK"u8,
        _ => "PAGE_FAULT"u8,
    };
}
