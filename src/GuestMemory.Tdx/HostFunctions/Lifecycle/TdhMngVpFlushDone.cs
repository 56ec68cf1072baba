namespace GuestMemory.Tdx;

/// <summary>TDH.MNG.VPFLUSHDONE: ends a TD's running for good. Source: tdx-module, tdh_mng_vpflushdone.c.</summary>
internal static class TdhMngVpFlushDone
{
    private const string Name = "TDH.MNG.VPFLUSHDONE";
    private const string Source = "tdx-module, tdh_mng_vpflushdone.c";

    /// <summary>The function. RCX TD.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.MngVpFlushDone, Name, Commit,
    [
        TdChecks.Version(Name),
        .. TdChecks.Operand(Name, TdxOperand.Rcx),
        KeyChecks.Lock(Name),
        new(Name + "/lifecycle", Source, "a TD that ends twice", IsLifecycleWrong, TdxAnswer.Of(TdxStatusCode.LifecycleStateIncorrect), CheckClass.Integrity),
        new(Name + "/associated", Source, "a key taken from under a vCPU's translations", HasAssociated, TdxAnswer.Of(TdxStatusCode.FlushVpNotDone), CheckClass.Security),
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

        td.Lifecycle = TdLifecycle.Blocked;
        call.State.Keys[td.Hkid] = HkidState.Flushed;
        call.State.Keys.SetPending(td.Hkid, (uint)((1UL << call.State.Platform.Packages) - 1));
    }

    private static bool IsLifecycleWrong(ref HostCall call) => call.Td is { Lifecycle: not (TdLifecycle.KeysConfigured or TdLifecycle.HkidAssigned) };

    private static bool HasAssociated(ref HostCall call) => call.Td is { AssociatedVcpus: not 0 };
}
