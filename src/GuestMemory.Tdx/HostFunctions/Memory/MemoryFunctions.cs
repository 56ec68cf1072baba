namespace GuestMemory.Tdx;

/// <summary>The functions for a TD's memory.</summary>
internal static class MemoryFunctions
{
    /// <summary>All of them, in the order of their numbers.</summary>
    public static HostFunction[] All { get; } =
    [
        TdhMemPageAdd.Function,
        TdhMemSeptAdd.Function,
        TdhMemPageRelocate.Function,
        TdhMemPageAug.Function,
        TdhMemRangeBlock.Function,
        TdhMemRd.Function,
        TdhMemWr.Function,
        TdhMemPageDemote.Function,
        TdhMemPagePromote.Function,
        TdhMemSeptRd.Function,
        TdhMemPageRemove.Function,
        TdhMemSeptRemove.Function,
        TdhMemTrack.Function,
        TdhMemRangeUnblock.Function,
    ];
}
