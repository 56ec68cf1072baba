namespace GuestMemory.Tdx;

/// <summary>TDH.IMPORT.ABORT: gives an import up for good. Success with the bit that says the TD can only be torn down. Source: tdx-module, tdh_import_abort.c.</summary>
/// <remarks>No abort token is written (MB-70).</remarks>
internal static class TdhImportAbort
{
    private const string Name = "TDH.IMPORT.ABORT";

    /// <summary>The function. RCX TD, R8 bundle, R10 stream.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.ImportAbort, Name, Commit,
    [
        .. MigrationSession.WholeTd(Name),
        MigrationSession.StreamOnly(Name),
        MigrationSession.BundleHead(Name),
    ])
    {
        TdRegister = TdxOperand.Rcx,
        TdExclusive = true,
    };

    private static void Commit(ref HostCall call)
    {
        if (call.Td is { } td)
        {
            td.OpState = TdxOpState.FailedImport;
            call.Result = new(MigrationSession.Fatal(TdxStatus.Success));
        }
    }
}
