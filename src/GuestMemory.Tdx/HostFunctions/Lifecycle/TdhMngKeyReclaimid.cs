namespace GuestMemory.Tdx;

/// <summary>TDH.MNG.KEY.RECLAIMID: kept for old hosts; does nothing. Source: tdx-module, tdh_mng_key_reclaimid.c.</summary>
internal static class TdhMngKeyReclaimid
{
    private const string Name = "TDH.MNG.KEY.RECLAIMID";

    /// <summary>The function. RCX is not looked at.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.MngKeyReclaimid, Name, Commit, TdChecks.Version(Name));

    private static void Commit(ref HostCall call)
    {
    }
}
