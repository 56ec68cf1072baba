namespace GuestMemory.Tdx;

/// <summary>The functions for exporting and importing a TD's memory.</summary>
internal static class MigrationFunctions
{
    /// <summary>All of them, in the order of their numbers.</summary>
    public static HostFunction[] All { get; } =
    [
        TdhExportAbort.Function,
        TdhExportBlockw.Function,
        TdhExportRestore.Function,
        TdhExportMem.Function,
        TdhExportPause.Function,
        TdhExportTrack.Function,
        TdhExportStateImmutable.Function,
        TdhExportUnblockw.Function,
        TdhImportAbort.Function,
        TdhImportEnd.Function,
        TdhImportCommit.Function,
        TdhImportMem.Function,
        TdhImportTrack.Function,
        TdhImportStateImmutable.Function,
    ];
}
