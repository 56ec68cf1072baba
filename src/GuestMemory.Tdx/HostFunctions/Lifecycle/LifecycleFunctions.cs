namespace GuestMemory.Tdx;

/// <summary>The functions for TDs, vCPUs, keys and physical pages.</summary>
internal static class LifecycleFunctions
{
    /// <summary>All of them, in the order of their numbers.</summary>
    public static HostFunction[] All { get; } =
    [
        TdhVpEnter.Function,
        TdhMngAddcx.Function,
        TdhVpAddcx.Function,
        TdhMngKeyConfig.Function,
        TdhMngCreate.Function,
        TdhVpCreate.Function,
        TdhMrExtend.Function,
        TdhMrFinalize.Function,
        TdhVpFlush.Function,
        TdhMngVpFlushDone.Function,
        TdhMngKeyFreeid.Function,
        TdhMngInit.Function,
        TdhVpInit.Function,
        TdhPhymemPageRdmd.Function,
        TdhMngKeyReclaimid.Function,
        TdhPhymemPageReclaim.Function,
        TdhSysTdmrInit.Function,
        TdhPhymemCacheWb.Function,
        TdhPhymemPageWbinvd.Function,
        TdhPhymemPamtAdd.Function,
        TdhPhymemPamtRemove.Function,
    ];
}
