namespace GuestMemory.Tdx;

/// <summary>What the op states say, and in which of them a function runs. Source: tdx-module, op state tables.</summary>
public static class OpStates
{
    /// <summary>Whether a page must be blocked and tracked before it leaves the tree: the TD may be running.</summary>
    /// <param name="state">The op state.</param>
    public static bool RequiresTracking(this TdxOpState state) => state is TdxOpState.Runnable or TdxOpState.LiveExport or TdxOpState.LiveImport;

    /// <summary>Whether an import is in progress: what is removed then is remembered as removed.</summary>
    /// <param name="state">The op state.</param>
    public static bool ImportInProgress(this TdxOpState state) => state is >= TdxOpState.MemoryImport and <= TdxOpState.LiveImport;

    /// <summary>Whether a migration session is open or failed.</summary>
    /// <param name="state">The op state.</param>
    public static bool IsMigration(this TdxOpState state) => state >= TdxOpState.LiveExport;

    /// <summary>Whether a function runs in an op state. Functions that ask for none run in all.</summary>
    /// <param name="function">The function.</param>
    /// <param name="state">The op state.</param>
    public static bool Allows(TdxFunction function, TdxOpState state) => (Allowed(function) & (1 << (int)state)) != 0;

    // One bit for each op state.
    internal static ushort Allowed(TdxFunction function) => function switch
    {
        TdxFunction.VpEnter => Mask(2, 3, 9),
        TdxFunction.MngAddcx or TdxFunction.MngInit => Mask(0),
        TdxFunction.MemPageAdd or TdxFunction.MrExtend or TdxFunction.MrFinalize or TdxFunction.VpInit => Mask(1),
        TdxFunction.MemSeptAdd => Mask(1, 2, 3, 6, 7, 8, 9),
        TdxFunction.VpCreate or TdxFunction.VpAddcx => Mask(1, 7),
        TdxFunction.MemPageRelocate or TdxFunction.MemRangeBlock or TdxFunction.MemRangeUnblock
            or TdxFunction.MemPageDemote or TdxFunction.MemPagePromote => Mask(1, 2, 3, 4, 5, 8, 9),
        TdxFunction.MemPageAug => Mask(1, 2, 3, 9),
        TdxFunction.MemPageRemove => Mask(1, 2, 3, 4, 5, 8, 9, 10),
        TdxFunction.MemSeptRemove or TdxFunction.MemSeptRd or TdxFunction.MemRd => Mask(1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
        TdxFunction.MemWr => Mask(1, 2, 3, 6, 7, 8, 9, 10),
        TdxFunction.MemTrack => Mask(1, 2, 3, 4, 5, 6, 7, 8, 9),
        TdxFunction.ExportAbort => Mask(3, 4, 5),
        TdxFunction.ExportBlockw => Mask(3),
        TdxFunction.ExportRestore => Mask(2),
        TdxFunction.ExportMem => Mask(3, 4, 5),
        TdxFunction.ExportPause => Mask(3),
        TdxFunction.ExportTrack => Mask(3, 4),
        TdxFunction.ExportStateImmutable => Mask(2, 9),
        TdxFunction.ExportUnblockw => Mask(2, 3, 4, 5),
        TdxFunction.ImportAbort => Mask(6, 7, 8, 10),
        TdxFunction.ImportEnd => Mask(8, 9),
        TdxFunction.ImportCommit => Mask(8),
        TdxFunction.ImportMem => Mask(6, 7, 8, 9),
        TdxFunction.ImportTrack => Mask(6, 7),
        TdxFunction.ImportStateImmutable => Mask(0),
        _ => ushort.MaxValue,
    };

    private static ushort Mask(params ReadOnlySpan<int> states)
    {
        var mask = 0;
        foreach (var state in states)
        {
            mask |= 1 << state;
        }

        return (ushort)mask;
    }
}
