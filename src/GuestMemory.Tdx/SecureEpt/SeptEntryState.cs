namespace GuestMemory.Tdx;

/// <summary>The sixteen states of a Secure EPT entry. Source: tdx-module, Secure EPT entry state encoding.</summary>
public enum SeptEntryState : byte
{
    /// <summary>SEPT_FREE: nothing is there.</summary>
    Free,

    /// <summary>REMOVED: a page was taken away while an import is in progress.</summary>
    Removed,

    /// <summary>NL_MAPPED: a table.</summary>
    NonLeafMapped,

    /// <summary>NL_BLOCKED: a table no walk passes.</summary>
    NonLeafBlocked,

    /// <summary>MAPPED: the guest's page.</summary>
    Mapped,

    /// <summary>BLOCKED: no new walk finds it.</summary>
    Blocked,

    /// <summary>BLOCKEDW: blocked for writing, to be exported.</summary>
    BlockedWrite,

    /// <summary>EXPORTED_BLOCKEDW: exported, blocked for writing.</summary>
    ExportedBlockedWrite,

    /// <summary>EXPORTED_DIRTY: exported, written since.</summary>
    ExportedDirty,

    /// <summary>EXPORTED_DIRTY_BLOCKEDW.</summary>
    ExportedDirtyBlockedWrite,

    /// <summary>PENDING: given by the host, not accepted by the guest.</summary>
    Pending,

    /// <summary>PENDING_BLOCKED.</summary>
    PendingBlocked,

    /// <summary>PENDING_BLOCKEDW.</summary>
    PendingBlockedWrite,

    /// <summary>PENDING_EXPORTED_BLOCKEDW.</summary>
    PendingExportedBlockedWrite,

    /// <summary>PENDING_EXPORTED_DIRTY.</summary>
    PendingExportedDirty,

    /// <summary>PENDING_EXPORTED_DIRTY_BLOCKEDW.</summary>
    PendingExportedDirtyBlockedWrite,
}
