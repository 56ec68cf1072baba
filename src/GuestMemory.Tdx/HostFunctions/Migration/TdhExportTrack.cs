namespace GuestMemory.Tdx;

/// <summary>TDH.EXPORT.TRACK: begins the next migration epoch, or with R10 bit 63 the last, unordered phase. Source: tdx-module, tdh_export_track.c.</summary>
/// <remarks>No token is written (MB-70).</remarks>
internal static class TdhExportTrack
{
    private const string Name = "TDH.EXPORT.TRACK";
    private const string Source = "tdx-module, tdh_export_track.c";

    /// <summary>The function. RCX TD, R8 bundle, R10 stream and command.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.ExportTrack, Name, Commit,
    [
        .. MigrationSession.OpState(Name),
        MigrationSession.StreamAndCommand(Name),
        MigrationSession.BundleHead(Name),
        new(Name + "/epoch", Source, "a migration epoch that begins anew", HasNoEpochLeft, TdxAnswer.Of(TdxStatusCode.MigrationEpochOverflow), CheckClass.Integrity),
        new(Name + "/paused", Source, "a TD that runs here while it starts there", StartsUnpaused, TdxAnswer.Of(TdxStatusCode.OpStateIncorrect), CheckClass.Integrity),
        new(Name + "/dirty", Source, "a TD that starts there from older bytes", HasDirtyPages, TdxAnswer.Of(TdxStatusCode.ExportedDirtyPagesRemain), CheckClass.Integrity),
    ])
    {
        TdRegister = TdxOperand.Rcx,
    };

    private static void Commit(ref HostCall call)
    {
        if (call.Td is not { } td)
        {
            return;
        }

        if (!MigrationSession.IsCommandSet(call))
        {
            td.MigrationEpoch = unchecked(td.MigrationEpoch + 1);
            return;
        }

        td.MigrationEpoch = MigrationSession.OutOfOrder;
        td.OpState = TdxOpState.PostExport;
    }

    private static bool HasNoEpochLeft(ref HostCall call) => !MigrationSession.IsCommandSet(call) && call.Td is { MigrationEpoch: MigrationSession.OutOfOrder - 1 };

    private static bool StartsUnpaused(ref HostCall call) => MigrationSession.IsCommandSet(call) && call.Td is { OpState: not TdxOpState.PausedExport };

    private static bool HasDirtyPages(ref HostCall call) => MigrationSession.IsCommandSet(call) && call.Td is { DirtyCount: not 0 };
}
