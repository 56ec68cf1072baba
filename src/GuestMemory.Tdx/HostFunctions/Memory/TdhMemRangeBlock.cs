namespace GuestMemory.Tdx;

/// <summary>TDH.MEM.RANGE.BLOCK: stops walks at an entry, so that what is behind it can be taken or changed. Source: tdx-module, tdh_mem_range_block.c.</summary>
internal static class TdhMemRangeBlock
{
    private const string Name = "TDH.MEM.RANGE.BLOCK";

    /// <summary>The function. RCX guest address and level, RDX TD.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.MemRangeBlock, Name, Commit,
    [
        TdChecks.Version(Name),
        .. TdChecks.Operand(Name),
        .. TdChecks.Alive(Name),
        .. TdChecks.OpState(Name),
        .. SeptChecks.Entry(Name),
        new(Name + "/already", "tdx-module, tdh_mem_range_block.c", "tracking begun anew by a second block", IsBlocked,
            TdxAnswer.Of(TdxStatusCode.GpaRangeAlreadyBlocked, TdxOperand.Rcx, AnswerRegisters.Entry), CheckClass.Integrity),
        SeptChecks.State(Name),
    ])
    {
        HighestLevel = null,
        TreeExclusive = true,
    };

    private static void Commit(ref HostCall call)
    {
        SeptSteps.Write(ref call, call.Entry.Blocked(call.Place.Level));
        var (size, frame) = (call.EntrySize, call.EntryFrame);
        if (call.HasEntryPage && call.State.Pamt.IsKnown(frame))
        {
            call.State.Pamt.Write(size, frame, call.State.Pamt[size, frame] with { Bepoch = call.Td!.Epoch });
        }
    }

    private static bool IsBlocked(ref HostCall call) => call.Place.Exists && call.Entry.State.IsBlocked();
}
