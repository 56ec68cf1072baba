using static GuestMemory.Tdx.SeptEntryState;

namespace GuestMemory.Tdx;

/// <summary>Which states of a Secure EPT entry a function accepts: one table for all of them. Source: tdx-module, Secure EPT state tables.</summary>
public static class SeptTransitions
{
    private const int States = 16;

    private static readonly SeptEntryState[] s_leaves =
    [
        Mapped, Blocked, BlockedWrite, ExportedBlockedWrite, ExportedDirty, ExportedDirtyBlockedWrite, Pending, PendingBlocked,
        PendingBlockedWrite, PendingExportedBlockedWrite, PendingExportedDirty, PendingExportedDirtyBlockedWrite,
    ];

    private static readonly SeptEntryState[] s_exported =
    [
        ExportedBlockedWrite, ExportedDirty, ExportedDirtyBlockedWrite,
        PendingExportedBlockedWrite, PendingExportedDirty, PendingExportedDirtyBlockedWrite,
    ];

    private static readonly (TdxFunction Function, SeptEntryState[] From)[] s_rows =
    [
        (TdxFunction.MemPageAdd, [Free]),
        (TdxFunction.MemSeptAdd, [Free, NonLeafMapped]),
        (TdxFunction.MemPageRelocate, s_leaves),
        (TdxFunction.MemPageAug, [Free, Removed]),
        (TdxFunction.MemRangeBlock, [NonLeafMapped, Mapped, BlockedWrite, Pending, PendingBlockedWrite]),
        (TdxFunction.MemRd, [Mapped, BlockedWrite, ExportedBlockedWrite, ExportedDirty, ExportedDirtyBlockedWrite]),
        (TdxFunction.MemWr, [Mapped, ExportedDirty]),
        (TdxFunction.MemPageDemote, [Mapped, Blocked, Pending, PendingBlocked]),
        (TdxFunction.MrExtend, [Mapped]),
        (TdxFunction.MemPagePromote, [NonLeafMapped, NonLeafBlocked]),
        (TdxFunction.MemSeptRd, Enum.GetValues<SeptEntryState>()),
        (TdxFunction.MemPageRemove, [Mapped, Blocked, BlockedWrite, Pending, PendingBlocked, PendingBlockedWrite]),
        (TdxFunction.MemSeptRemove, [NonLeafMapped, NonLeafBlocked]),
        (TdxFunction.MemRangeUnblock, [NonLeafBlocked, Blocked, PendingBlocked]),
        (TdxFunction.ExportBlockw, [Mapped, ExportedDirty, Pending, PendingExportedDirty]),
        (TdxFunction.ExportRestore, s_exported),
        (TdxFunction.ExportMem, [Mapped, BlockedWrite, Pending, PendingBlockedWrite, .. s_exported]),
        (TdxFunction.ExportUnblockw,
            [BlockedWrite, ExportedBlockedWrite, ExportedDirtyBlockedWrite, PendingBlockedWrite, PendingExportedBlockedWrite, PendingExportedDirtyBlockedWrite]),
        (TdxFunction.ImportMem, [Free, Removed, Mapped, Pending]),
        (TdxFunction.GuestPageAccept, [Pending, PendingExportedDirty]),
        (TdxFunction.GuestPageAttrRd, [Mapped, BlockedWrite, Pending, PendingBlockedWrite, .. s_exported]),
        (TdxFunction.GuestPageAttrWr, [Mapped, ExportedDirty, Pending, PendingExportedDirty]),
    ];

    private static readonly ushort[] s_host = Masks(guest: false);
    private static readonly ushort[] s_guest = Masks(guest: true);

    /// <summary>The functions the table speaks of, in the order of their numbers.</summary>
    public static IEnumerable<TdxFunction> Functions => Array.ConvertAll(s_rows, static row => row.Function);

    /// <summary>Whether a function accepts a state. Functions the table does not speak of accept none.</summary>
    /// <param name="function">The function.</param>
    /// <param name="state">The state.</param>
    public static bool Allows(TdxFunction function, SeptEntryState state)
    {
        var masks = ((int)function >> States) == 0 ? s_host : s_guest;
        var number = (int)function & 0xffff;
        return number < masks.Length && (masks[number] & (1 << (int)state)) != 0;
    }

    private static ushort[] Masks(bool guest)
    {
        var masks = new ushort[128];
        foreach (var (function, from) in s_rows)
        {
            foreach (var state in from)
            {
                masks[(int)function & 0xffff] |= ((int)function >> States != 0) == guest ? (ushort)(1 << (int)state) : (ushort)0;
            }
        }

        return masks;
    }
}
