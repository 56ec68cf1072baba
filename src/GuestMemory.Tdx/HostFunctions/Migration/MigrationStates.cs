namespace GuestMemory.Tdx;

/// <summary>What becomes of Secure EPT entries in an export. Source: tdx-module, Secure EPT state flags.</summary>
internal static class MigrationStates
{
    private const ulong WriteBit = 2;

    /// <summary>Whether the page was exported and may have been written since.</summary>
    public static bool IsExportedDirty(this SeptEntryState state) => state is
        SeptEntryState.ExportedDirty or SeptEntryState.ExportedDirtyBlockedWrite
        or SeptEntryState.PendingExportedDirty or SeptEntryState.PendingExportedDirtyBlockedWrite;

    /// <summary>An entry that can be written no more.</summary>
    public static SeptEntry WriteBlocked(SeptEntry entry)
    {
        var (exported, pending) = (entry.State.IsExported(), entry.State.IsPending());
        var state = (exported, pending) switch
        {
            (false, false) => SeptEntryState.BlockedWrite,
            (true, false) => SeptEntryState.ExportedDirtyBlockedWrite,
            (false, true) => SeptEntryState.PendingBlockedWrite,
            _ => SeptEntryState.PendingExportedDirtyBlockedWrite,
        };
        return entry.With(state, entry.Rights & ~WriteBit);
    }

    /// <summary>An entry that can be written again; a page that was exported counts as written.</summary>
    public static SeptEntry WriteUnblocked(SeptEntry entry)
    {
        var (exported, pending) = (entry.State.IsExported(), entry.State.IsPending());
        var state = (exported, pending) switch
        {
            (false, false) => SeptEntryState.Mapped,
            (true, false) => SeptEntryState.ExportedDirty,
            (false, true) => SeptEntryState.Pending,
            _ => SeptEntryState.PendingExportedDirty,
        };
        return entry.With(state, pending ? entry.Rights : entry.Rights | WriteBit);
    }

    /// <summary>An entry as if its page had never been exported.</summary>
    public static SeptEntry NotExported(SeptEntry entry) => entry.State.IsPending()
        ? entry.With(SeptEntryState.Pending, entry.Rights)
        : entry.With(SeptEntryState.Mapped, entry.Rights | WriteBit);

    /// <summary>An entry whose page was exported. Its right to write stays as it is, in modules with Q5.</summary>
    public static SeptEntry Exported(SeptEntry entry, TdxModuleVersion version) => entry.With(
        entry.State.IsPending() ? SeptEntryState.PendingExportedBlockedWrite : SeptEntryState.ExportedBlockedWrite,
        version.PausedExportKeepsWrite ? entry.Rights : entry.Rights & ~WriteBit);
}
