namespace GuestMemory.Tdx;

/// <summary>TDH.VP.FLUSH: flushes a vCPU's translations and ends its association. Source: tdx-module, tdh_vp_flush.c.</summary>
internal static class TdhVpFlush
{
    private const string Name = "TDH.VP.FLUSH";
    private const string Source = "tdx-module, tdh_vp_flush.c";

    /// <summary>The function. RCX vCPU.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.VpFlush, Name, Commit,
    [
        TdChecks.Version(Name),
        .. VcpuChecks.Operand(Name, busy: CheckClass.Security),
        TdChecks.Keys(Name),
        VcpuChecks.ControlPages(Name),
        new(Name + "/associated", Source, "translations left behind on another processor", IsElsewhere, TdxAnswer.Of(TdxStatusCode.VcpuNotAssociated), CheckClass.Integrity),
    ]);

    private static void Commit(ref HostCall call)
    {
        if (call.Vcpu is not { } vcpu)
        {
            return;
        }

        vcpu.Td.AssociatedVcpus -= vcpu.Processor is null ? 0 : 1;
        vcpu.Processor = null;
    }

    private static bool IsElsewhere(ref HostCall call) => call.Vcpu is { } vcpu && vcpu.Processor != call.Processor;
}
