namespace GuestMemory.Tdx;

/// <summary>TDH.IMPORT.COMMIT: lets the imported TD run while the rest of its pages comes. Source: tdx-module, tdh_import_commit.c.</summary>
internal static class TdhImportCommit
{
    private const string Name = "TDH.IMPORT.COMMIT";

    /// <summary>The function. RCX TD.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.ImportCommit, Name, Commit, MigrationSession.WholeTd(Name))
    {
        TdRegister = TdxOperand.Rcx,
        TdExclusive = true,
    };

    private static void Commit(ref HostCall call)
    {
        if (call.Td is { } td)
        {
            td.OpState = TdxOpState.LiveImport;
        }
    }
}
