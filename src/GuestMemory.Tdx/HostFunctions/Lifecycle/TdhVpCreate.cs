namespace GuestMemory.Tdx;

/// <summary>TDH.VP.CREATE: makes a page a vCPU's root. Source: tdx-module, tdh_vp_create.c.</summary>
internal static class TdhVpCreate
{
    private const string Name = "TDH.VP.CREATE";

    /// <summary>The function. RCX page, RDX TD.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.VpCreate, Name, Commit,
    [
        TdChecks.Version(Name),
        .. TdChecks.Operand(Name),
        .. TdChecks.Alive(Name),
        .. TdChecks.OpState(Name),
        .. PageChecks.FreeInRcx(Name),
    ]);

    private static void Commit(ref HostCall call)
    {
        if (call.Td is not { } td)
        {
            return;
        }

        var frame = new Spa(call.Registers.Rcx).Frame;
        call.State.Memory.ZeroFrames(new(frame, 1), call.TdKey);
        ControlSteps.Give(ref call, frame, PageType.Tdvpr);
        td.Add(new(td, frame));
    }
}
