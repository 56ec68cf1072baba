namespace GuestMemory.Tdx;

/// <summary>What the states say by themselves. Source: tdx-module, Secure EPT entry states.</summary>
public static class SeptStates
{
    // The number a host is told in RDX 15:8, in the order of the states.
    private static readonly byte[] s_public = [0, 5, 132, 129, 4, 1, 8, 9, 11, 12, 2, 3, 16, 17, 19, 20];

    /// <summary>The state's number as hosts are told it.</summary>
    /// <param name="state">The state.</param>
    public static byte PublicNumber(this SeptEntryState state) => s_public[(int)state];

    /// <summary>Whether the entry maps a page, accepted or not, accessible or not.</summary>
    /// <param name="state">The state.</param>
    public static bool IsLeaf(this SeptEntryState state) => state >= SeptEntryState.Mapped;

    /// <summary>Whether the entry is a table.</summary>
    /// <param name="state">The state.</param>
    public static bool IsTable(this SeptEntryState state) => state is SeptEntryState.NonLeafMapped or SeptEntryState.NonLeafBlocked;

    /// <summary>Whether RANGE.BLOCK has stopped walks here.</summary>
    /// <param name="state">The state.</param>
    public static bool IsBlocked(this SeptEntryState state) =>
        state is SeptEntryState.NonLeafBlocked or SeptEntryState.Blocked or SeptEntryState.PendingBlocked;

    /// <summary>Whether writes are blocked for an export.</summary>
    /// <param name="state">The state.</param>
    public static bool IsWriteBlocked(this SeptEntryState state) => state is
        SeptEntryState.BlockedWrite or SeptEntryState.ExportedBlockedWrite or SeptEntryState.ExportedDirtyBlockedWrite
        or SeptEntryState.PendingBlockedWrite or SeptEntryState.PendingExportedBlockedWrite or SeptEntryState.PendingExportedDirtyBlockedWrite;

    /// <summary>Whether the guest has not accepted the page.</summary>
    /// <param name="state">The state.</param>
    public static bool IsPending(this SeptEntryState state) => state >= SeptEntryState.Pending;

    /// <summary>Whether the page was exported.</summary>
    /// <param name="state">The state.</param>
    public static bool IsExported(this SeptEntryState state) => state is
        SeptEntryState.ExportedBlockedWrite or SeptEntryState.ExportedDirty or SeptEntryState.ExportedDirtyBlockedWrite
        or SeptEntryState.PendingExportedBlockedWrite or SeptEntryState.PendingExportedDirty or SeptEntryState.PendingExportedDirtyBlockedWrite;

    /// <summary>Whether a guest can read the page through the entry.</summary>
    /// <param name="state">The state.</param>
    public static bool IsGuestAccessible(this SeptEntryState state) => state is
        SeptEntryState.Mapped or SeptEntryState.BlockedWrite or SeptEntryState.ExportedBlockedWrite
        or SeptEntryState.ExportedDirty or SeptEntryState.ExportedDirtyBlockedWrite;

    /// <summary>Whether the page must be blocked and tracked before it leaves the tree, while the TD may run.</summary>
    /// <param name="state">The state.</param>
    /// <param name="version">The module; in 1.5.01 an exported, write-blocked page need not be (Q4).</param>
    public static bool RequiresTracking(this SeptEntryState state, TdxModuleVersion version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return state switch
        {
            SeptEntryState.Free or SeptEntryState.Removed => false,
            SeptEntryState.ExportedBlockedWrite or SeptEntryState.PendingExportedBlockedWrite => !version.RelocatesExportedUntracked,
            _ => true,
        };
    }

    /// <summary>The state after a block is taken back.</summary>
    /// <param name="state">A state; one that is not blocked stays.</param>
    public static SeptEntryState Unblocked(this SeptEntryState state) => state switch
    {
        SeptEntryState.NonLeafBlocked => SeptEntryState.NonLeafMapped,
        SeptEntryState.Blocked => SeptEntryState.Mapped,
        SeptEntryState.PendingBlocked => SeptEntryState.Pending,
        _ => state,
    };

    /// <summary>The state after RANGE.BLOCK.</summary>
    /// <param name="state">A state that may be blocked; write-blocked pages forget that they were.</param>
    public static SeptEntryState BlockedFrom(this SeptEntryState state) =>
        state.IsTable() ? SeptEntryState.NonLeafBlocked : state.IsPending() ? SeptEntryState.PendingBlocked : SeptEntryState.Blocked;
}
