namespace GuestMemory.Tdx;

/// <summary>TDH.EXPORT.STATE.IMMUTABLE: opens an export session. Source: tdx-module, tdh_export_state_immutable.c.</summary>
/// <remarks>
/// The TD is taken to be migratable, its streams and key to be there and R9's pages to suffice; RDX, which counts them, stays 0. It is
/// never interrupted here, so that to resume it is outside the model (MB-70).
/// </remarks>
internal static class TdhExportStateImmutable
{
    private const string Name = "TDH.EXPORT.STATE.IMMUTABLE";
    private const string Source = "tdx-module, tdh_export_state_immutable.c";
    private const uint MostExports = 0x7fff_ffff;

    /// <summary>The function. RCX TD, R8 bundle, R10 stream and command.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.ExportStateImmutable, Name, Commit,
    [
        .. MigrationSession.OpState(Name),
        new(Name + "/restored", Source, "a session that begins with pages of the last one", HasExportedPages, TdxAnswer.Of(TdxStatusCode.PreviousExportCleanupIncomplete), CheckClass.Integrity),
        MigrationSession.BundleHead(Name),
        MigrationSession.StreamAndCommand(Name),
        new(Name + "/count", Source, "two sessions of one number", HasExportedTooOften, TdxAnswer.Of(TdxStatusCode.MaxExportsExceeded), CheckClass.Integrity),
    ])
    {
        TdRegister = TdxOperand.Rcx,
    };

    private static void Commit(ref HostCall call)
    {
        if (call.Td is { } td)
        {
            (td.MigrationEpoch, td.DirtyCount) = (0, 0);
            td.ExportCount++;
            td.OpState = TdxOpState.LiveExport;
        }
    }

    private static bool HasExportedPages(ref HostCall call) => call.Td is { MigratedCount: not 0 };

    private static bool HasExportedTooOften(ref HostCall call)
    {
        if (MigrationSession.IsCommandSet(call))
        {
            throw new OutsideModelException("MB-70", Name + " resumed");
        }

        return call.Td is { ExportCount: >= MostExports };
    }
}
