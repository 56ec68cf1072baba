namespace GuestMemory.Tdx;

/// <summary>TDH.EXPORT.PAUSE: stops the TD that is exported. Its epoch moves on, so that every vCPU forgets its translations should the export be given up. Source: tdx-module, tdh_export_pause.c.</summary>
internal static class TdhExportPause
{
    private const string Name = "TDH.EXPORT.PAUSE";

    /// <summary>The function. RCX TD.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.ExportPause, Name, Commit, MigrationSession.WholeTd(Name))
    {
        TdRegister = TdxOperand.Rcx,
        TdExclusive = true,
    };

    private static void Commit(ref HostCall call)
    {
        if (call.Td is { } td)
        {
            td.Epoch++;
            td.OpState = TdxOpState.PausedExport;
        }
    }
}
