namespace GuestMemory.Tdx;

/// <summary>TDH.IMPORT.TRACK: takes an epoch token: the next migration epoch, or with a start token the last, unordered phase. Source: tdx-module, tdh_import_track.c.</summary>
/// <remarks>Of the token only its epoch is looked at; the rest of it, and that all vCPUs were imported, is taken to be right (MB-70).</remarks>
internal static class TdhImportTrack
{
    private const string Name = "TDH.IMPORT.TRACK";

    /// <summary>The function. RCX TD, R8 bundle, R10 stream.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.ImportTrack, Name, Commit,
    [
        .. MigrationSession.WholeTd(Name),
        MigrationSession.StreamOnly(Name),
        MigrationSession.BundleHead(Name),
    ])
    {
        TdRegister = TdxOperand.Rcx,
        TdExclusive = true,
        LateChecks = new(new Check<HostCall, TdxAnswer>(Name + "/epoch", "tdx-module, tdh_import_track.c", "pages of an older epoch over newer ones", IsNoLaterEpoch,
            new(MigrationSession.Fatal(TdxStatus.Of(TdxStatusCode.InvalidMbmd))), CheckClass.Integrity)),
    };

    private static void Commit(ref HostCall call)
    {
        if (call.Td is not { } td)
        {
            return;
        }

        call.Stopped = call.Function.LateChecks.Decide(ref call, call.State.Rules);
        if (call.Stopped is not null)
        {
            td.OpState = TdxOpState.FailedImport;
            return;
        }

        td.MigrationEpoch = MigrationSession.EpochOfBundle(call);
        td.OpState = td.MigrationEpoch == MigrationSession.OutOfOrder ? TdxOpState.PostImport : td.OpState;
    }

    private static bool IsNoLaterEpoch(ref HostCall call) => MigrationSession.EpochOfBundle(call) <= call.Td!.MigrationEpoch;
}
