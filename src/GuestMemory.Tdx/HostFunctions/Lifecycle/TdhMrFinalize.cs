namespace GuestMemory.Tdx;

/// <summary>TDH.MR.FINALIZE: ends the measured build; the TD can run. Source: tdx-module, tdh_mr_finalize.c.</summary>
internal static class TdhMrFinalize
{
    private const string Name = "TDH.MR.FINALIZE";

    /// <summary>The function. RCX TD.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.MrFinalize, Name, Commit,
    [
        TdChecks.Version(Name),
        .. TdChecks.Operand(Name, TdxOperand.Rcx),
        .. TdChecks.Alive(Name),
        TdChecks.OpStateAllowed(Name),
        new(Name + "/vcpus", "tdx-module, tdh_mr_finalize.c", "a TD that can never run", HasNoVcpus, TdxAnswer.Of(TdxStatusCode.NoVcpus), CheckClass.Integrity),
    ])
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

    private static bool HasNoVcpus(ref HostCall call) => call.Td is { InitializedVcpus: 0 };
}
