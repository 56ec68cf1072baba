namespace GuestMemory.Tdx;

/// <summary>TDH.VP.INIT: makes a vCPU ready, on the logical processor that calls. Source: tdx-module, tdh_vp_init.c.</summary>
internal static class TdhVpInit
{
    private const string Name = "TDH.VP.INIT";
    private const string Source = "tdx-module, tdh_vp_init.c";

    /// <summary>The function. RCX vCPU; RDX, the guest's first RCX, is not kept.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.VpInit, Name, Commit,
    [
        TdChecks.Version(Name),
        .. VcpuChecks.Operand(Name),
        .. TdChecks.Alive(Name),
        .. TdChecks.OpState(Name),
        VcpuChecks.ControlPages(Name),
        new(Name + "/vcpu-state", Source, "a vCPU that begins twice", IsInitialized, TdxAnswer.Of(TdxStatusCode.VcpuStateIncorrect), CheckClass.Integrity),
        new(Name + "/number", Source, "more vCPUs than the TD was made for", AreTooMany, TdxAnswer.Of(TdxStatusCode.MaxVcpusExceeded), CheckClass.Integrity),
    ])
    {
        HighestVersion = 1,
    };

    private static void Commit(ref HostCall call)
    {
        if (call.Vcpu is not { } vcpu)
        {
            return;
        }

        vcpu.Td.AssociatedVcpus += vcpu.Processor is null ? 1 : 0;
        (vcpu.IsInitialized, vcpu.Processor) = (true, call.Processor);
    }

    private static bool IsInitialized(ref HostCall call) => call.Vcpu is { IsInitialized: true };

    private static bool AreTooMany(ref HostCall call) => call.Td is { } td && td.InitializedVcpus >= call.State.Platform.MostVcpus;
}
