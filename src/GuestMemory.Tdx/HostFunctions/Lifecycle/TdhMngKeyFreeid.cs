namespace GuestMemory.Tdx;

/// <summary>TDH.MNG.KEY.FREEID: gives a TD's key identifier back. Source: tdx-module, tdh_mng_key_freeid.c.</summary>
internal static class TdhMngKeyFreeid
{
    private const string Name = "TDH.MNG.KEY.FREEID";
    private const string Source = "tdx-module, tdh_mng_key_freeid.c";

    /// <summary>The function. RCX TD.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.MngKeyFreeid, Name, Commit,
    [
        TdChecks.Version(Name),
        .. TdChecks.Operand(Name, TdxOperand.Rcx),
        new(Name + "/lifecycle", Source, "the key of a TD that runs given to another", IsLifecycleWrong, TdxAnswer.Of(TdxStatusCode.LifecycleStateIncorrect), CheckClass.Security),
        KeyChecks.Lock(Name),
        new(Name + "/written-back", Source, "lines in caches that the next TD of the key reads", IsPending, TdxAnswer.Of(TdxStatusCode.WbcacheNotComplete), CheckClass.Security),
    ])
    {
        TdRegister = TdxOperand.Rcx,
        TdExclusive = true,
    };

    private static void Commit(ref HostCall call)
    {
        if (call.Td is not { } td)
        {
            return;
        }

        ControlSteps.WriteBack(ref call);
        call.State.Keys[td.Hkid] = HkidState.Free;
        td.Lifecycle = TdLifecycle.Teardown;
    }

    private static bool IsLifecycleWrong(ref HostCall call) => call.Td is { Lifecycle: not TdLifecycle.Blocked };

    private static bool IsPending(ref HostCall call) => call.Td is { } td && call.State.Keys.PendingWriteBacks(td.Hkid) != 0;
}
