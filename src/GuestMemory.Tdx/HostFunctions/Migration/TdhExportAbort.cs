namespace GuestMemory.Tdx;

/// <summary>TDH.EXPORT.ABORT: gives an export up; the TD runs on. Source: tdx-module, tdh_export_abort.c.</summary>
/// <remarks>After the start token the other side's abort token is due in R8; its place is looked at, what it says is taken to be right (MB-70).</remarks>
internal static class TdhExportAbort
{
    private const string Name = "TDH.EXPORT.ABORT";

    /// <summary>The function. RCX TD, R8 bundle, R10 stream.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.ExportAbort, Name, Commit,
    [
        .. MigrationSession.OpState(Name),
        MigrationSession.StreamOnly(Name),
        new(Name + "/bundle", "tdx-module, tdh_export_abort.c", "a TD that runs on here and there", HasWrongBundle, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.R8)),
    ])
    {
        TdRegister = TdxOperand.Rcx,
    };

    private static void Commit(ref HostCall call)
    {
        if (call.Td is { } td)
        {
            td.OpState = TdxOpState.Runnable;
        }
    }

    private static bool HasWrongBundle(ref HostCall call) =>
        call.Td is { OpState: TdxOpState.PostExport } ? MigrationSession.HasNoBundle(ref call) : call.Registers.R8 != 0;
}
