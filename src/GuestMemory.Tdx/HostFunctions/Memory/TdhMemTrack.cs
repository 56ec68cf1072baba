namespace GuestMemory.Tdx;

/// <summary>TDH.MEM.TRACK: begins the next TLB epoch; what was blocked before is tracked once no vCPU of the old one is left. Source: tdx-module, tdh_mem_track.c.</summary>
internal static class TdhMemTrack
{
    private const string Name = "TDH.MEM.TRACK";
    private const string Source = "tdx-module, tdh_mem_track.c";

    /// <summary>The function. RCX TD.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.MemTrack, Name, Commit,
    [
        TdChecks.Version(Name),
        .. TdChecks.Operand(Name, TdxOperand.Rcx),
        .. TdChecks.Alive(Name),
        .. TdChecks.OpState(Name),
        new(Name + "/epoch-busy", Source, "an epoch that changes while a vCPU enters", IsEpochBusy, TdxAnswer.Of(TdxStatusCode.OperandBusy, TdxOperand.TdEpoch), CheckClass.Integrity),
        new(Name + "/previous", Source, "vCPUs of an epoch nobody counts any more", IsPreviousInUse, TdxAnswer.Of(TdxStatusCode.PreviousTlbEpochBusy), CheckClass.Security),
    ])
    {
        TdRegister = TdxOperand.Rcx,
    };

    private static void Commit(ref HostCall call)
    {
        if (call.Td is { } td)
        {
            td.Epoch++;
        }
    }

    private static bool IsEpochBusy(ref HostCall call) => call.Td is { } td && call.State.Locks.IsBusy(HeldLock.Epoch(td.Tdr), exclusive: true);

    private static bool IsPreviousInUse(ref HostCall call) => call.Td is { } td && td.References(td.Epoch + 1) != 0;
}
