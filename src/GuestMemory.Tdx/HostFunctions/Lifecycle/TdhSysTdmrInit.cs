namespace GuestMemory.Tdx;

/// <summary>TDH.SYS.TDMR.INIT: initialises the next piece of a TDMR's metadata. Source: tdx-module, tdh_sys_tdmr_init.c.</summary>
internal static class TdhSysTdmrInit
{
    private const string Name = "TDH.SYS.TDMR.INIT";
    private const string Source = "tdx-module, tdh_sys_tdmr_init.c";

    /// <summary>The function. RCX the TDMR's first byte; answers in RDX the next address to initialise, rounded down to 1 GiB.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.SysTdmrInit, Name, Commit,
    [
        TdChecks.Version(Name),
        new(Name + "/form", Source, "an address that no TDMR has", IsMisformed, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rcx)),
        new(Name + "/tdmr", Source, "memory that was not handed over", IsNoTdmr, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rcx), CheckClass.Integrity),
        new(Name + "/busy", Source, "two processors initialising one TDMR", IsBusy, TdxAnswer.Of(TdxStatusCode.OperandBusy, TdxOperand.Rcx), CheckClass.Integrity),
        new(Name + "/done", Source, "metadata in use made new", IsDone, TdxAnswer.Of(TdxStatusCode.TdmrAlreadyInitialized), CheckClass.Integrity),
    ]);

    private static void Commit(ref HostCall call)
    {
        if (TdmrOf(call) is { } tdmr)
        {
            call.Result = new(default, null, Rdx: call.State.Pamt.Initialize(tdmr.Start).Value);
        }
    }

    private static bool IsMisformed(ref HostCall call) => PageChecks.IsMisformed(call, call.Registers.Rcx, PageSize.Size1G);

    private static bool IsNoTdmr(ref HostCall call) => TdmrOf(call) is null;

    private static bool IsBusy(ref HostCall call) => call.State.Locks.IsBusy(HeldLock.Tdmr(AnyPageChecks.FrameOf(call)), exclusive: true);

    private static bool IsDone(ref HostCall call) => TdmrOf(call) is { } tdmr && call.State.Pamt.IsKnown(tdmr.Frames.Start + (tdmr.Frames.Count - 1));

    private static Tdmr? TdmrOf(in HostCall call)
    {
        foreach (var tdmr in call.State.Platform.Tdmrs)
        {
            if (tdmr.Start.Value == call.Registers.Rcx)
            {
                return tdmr;
            }
        }

        return null;
    }
}
