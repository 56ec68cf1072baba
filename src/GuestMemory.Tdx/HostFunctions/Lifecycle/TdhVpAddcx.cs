namespace GuestMemory.Tdx;

/// <summary>TDH.VP.ADDCX: gives a vCPU a control page. Source: tdx-module, tdh_vp_addcx.c.</summary>
internal static class TdhVpAddcx
{
    private const string Name = "TDH.VP.ADDCX";
    private const string Source = "tdx-module, tdh_vp_addcx.c";

    /// <summary>The function. RCX page, RDX vCPU.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.VpAddcx, Name, Commit,
    [
        TdChecks.Version(Name),
        .. VcpuChecks.Operand(Name, TdxOperand.Rdx),
        .. TdChecks.Alive(Name),
        .. TdChecks.OpState(Name),
        new(Name + "/vcpu-state", Source, "a vCPU that grows after it was initialised", IsInitialized, TdxAnswer.Of(TdxStatusCode.VcpuStateIncorrect), CheckClass.Integrity),
        new(Name + "/number", Source, "more control pages than a vCPU has room for", IsFull, TdxAnswer.Of(TdxStatusCode.TdcxNumberIncorrect), CheckClass.Integrity),
        .. PageChecks.FreeInRcx(Name),
    ])
    {
        VcpuRegister = TdxOperand.Rdx,
    };

    private static void Commit(ref HostCall call)
    {
        if (call.Vcpu is not { } vcpu)
        {
            return;
        }

        var frame = new Spa(call.Registers.Rcx).Frame;
        vcpu.ControlPageList.Add(frame);
        ControlSteps.FillTdvps(ref call, frame, vcpu.ControlPages.Count);
        ControlSteps.Give(ref call, frame, PageType.Tdcx);
    }

    private static bool IsInitialized(ref HostCall call) => call.Vcpu is { IsInitialized: true };

    private static bool IsFull(ref HostCall call) => call.Vcpu is { ControlPages.Count: >= TdVcpu.MostControlPages };
}
