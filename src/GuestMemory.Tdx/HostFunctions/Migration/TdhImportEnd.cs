namespace GuestMemory.Tdx;

/// <summary>TDH.IMPORT.END: ends an import; the TD is as any other. Source: tdx-module, tdh_import_end.c.</summary>
internal static class TdhImportEnd
{
    private const string Name = "TDH.IMPORT.END";

    /// <summary>The function. RCX TD.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.ImportEnd, Name, Commit, MigrationSession.WholeTd(Name))
    {
        TdRegister = TdxOperand.Rcx,
        TdExclusive = true,
    };

    private static void Commit(ref HostCall call)
    {
        if (call.Td is { } td)
        {
            td.OpState = TdxOpState.Runnable;
        }
    }
}
