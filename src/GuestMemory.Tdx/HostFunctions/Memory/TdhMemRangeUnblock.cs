namespace GuestMemory.Tdx;

/// <summary>TDH.MEM.RANGE.UNBLOCK: takes a block back. Source: tdx-module, tdh_mem_range_unblock.c.</summary>
internal static class TdhMemRangeUnblock
{
    private const string Name = "TDH.MEM.RANGE.UNBLOCK";
    private const string Tracking = "tdx-module, tdh_mem_range_unblock.c";
    private const string Stops = "an entry changed while a vCPU may hold what it was";

    /// <summary>The function. RCX guest address and level, RDX TD.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.MemRangeUnblock, Name, Commit,
    [
        TdChecks.Version(Name),
        .. TdChecks.Operand(Name),
        .. TdChecks.Alive(Name),
        .. TdChecks.OpState(Name),
        .. SeptChecks.Entry(Name),
        SeptChecks.State(Name, CheckClass.Integrity),
        new(Name + "/tracked", Tracking, Stops, IsNotTracked, TdxAnswer.Of(TdxStatusCode.TlbTrackingNotDone, TdxOperand.SeptTree), CheckClass.Integrity),
        new(Name + "/tracked-rcx", Tracking, Stops, IsNotTrackedElsewhere, TdxAnswer.Of(TdxStatusCode.TlbTrackingNotDone, TdxOperand.Rcx), CheckClass.Integrity),
    ])
    {
        HighestLevel = null,
        TreeExclusive = true,
    };

    private static void Commit(ref HostCall call) => SeptSteps.Write(ref call, call.Entry.Unblocked());

    private static bool IsNotTracked(ref HostCall call) => call.State.Platform.Version.UnblockNamesTree && SeptChecks.IsNotTracked(ref call);

    private static bool IsNotTrackedElsewhere(ref HostCall call) => !call.State.Platform.Version.UnblockNamesTree && SeptChecks.IsNotTracked(ref call);
}
