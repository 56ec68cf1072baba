namespace GuestMemory.Tdx;

/// <summary>What version 1 of functions that free Secure EPT pages says of L2 VMs' pages: there are none. Source: tdx-module, tdh_mem_sept_remove.c.</summary>
internal static class NoLayerPages
{
    /// <summary>R9 to R11 are -1, whatever else is answered.</summary>
    public static TdxResult Finish(in HostCall call, in TdxResult result) => call.Version == 0
        ? result
        : result with { R9 = ulong.MaxValue, R10 = ulong.MaxValue, R11 = ulong.MaxValue };
}
