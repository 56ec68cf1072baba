namespace GuestMemory.Tdx;

/// <summary>TDH.IMPORT.STATE.IMMUTABLE: opens an import session in a TD that has nothing but its pages. Source: tdx-module, tdh_import_state_immutable.c.</summary>
/// <remarks>
/// What the TD is like comes in the stream. Here it is a TD with 48 bits of address, four levels and SEPT_VE_DISABLE, its export count that of
/// a new TD; streams and key are taken to be there, R9's pages to be right. To resume it is outside the model (MB-70).
/// </remarks>
internal static class TdhImportStateImmutable
{
    private const string Name = "TDH.IMPORT.STATE.IMMUTABLE";

    /// <summary>The function. RCX TD, R8 bundle, R10 stream and command.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.ImportStateImmutable, Name, Commit,
    [
        .. MigrationSession.WholeTd(Name, CheckClass.Security),
        MigrationSession.StreamAndCommand(Name),
    ])
    {
        TdRegister = TdxOperand.Rcx,
        TdExclusive = true,
        LateChecks = new(new Check<HostCall, TdxAnswer>(Name + "/bundle", "tdx-module, tdh_import_state_immutable.c", "a session from private memory", HasNoBundle,
            new(MigrationSession.Fatal(TdxStatus.Of(TdxStatusCode.OperandInvalid, TdxOperand.R8))))),
    };

    private static void Commit(ref HostCall call)
    {
        if (call.Td is not { ControlPages.Count: >= Td.FewestControlPages } td)
        {
            return;
        }

        call.Stopped = call.Function.LateChecks.Decide(ref call, call.State.Rules);
        (td.MigrationEpoch, td.OpState) = (0, TdxOpState.FailedImport);
        if (call.Stopped is null)
        {
            td.Sept = new(td.ControlPages[Td.SeptRootPage], SeptLevel.Pml4);
            (td.Epoch, td.IsWide, td.DisablesPendingVe) = (1, false, true);
            td.OpState = TdxOpState.MemoryImport;
        }
    }

    private static bool HasNoBundle(ref HostCall call)
    {
        if (MigrationSession.IsCommandSet(call))
        {
            throw new OutsideModelException("MB-70", Name + " resumed");
        }

        return MigrationSession.HasNoBundle(ref call);
    }
}
