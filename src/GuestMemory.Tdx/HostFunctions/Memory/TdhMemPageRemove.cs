namespace GuestMemory.Tdx;

/// <summary>TDH.MEM.PAGE.REMOVE: takes a page from a TD, with what it holds. Source: tdx-module, tdh_mem_page_remove.c.</summary>
internal static class TdhMemPageRemove
{
    private const string Name = "TDH.MEM.PAGE.REMOVE";

    /// <summary>The function. RCX guest address and level, RDX TD. Answers the page in RCX.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.MemPageRemove, Name, Commit,
    [
        TdChecks.Version(Name),
        .. TdChecks.Operand(Name),
        .. TdChecks.Alive(Name),
        .. TdChecks.OpState(Name),
        .. SeptChecks.Entry(Name),
        SeptChecks.State(Name),
        SeptChecks.EntryPage(Name),
        .. SeptChecks.Tracked(Name, AnswerRegisters.CleanEntry),
    ])
    {
        HighestLevel = SeptLevel.Pdpt,
    };

    private static void Commit(ref HostCall call)
    {
        if (!call.HasEntryPage)
        {
            SeptSteps.Write(ref call, call.Entry);
            return;
        }

        var frame = call.EntryFrame;
        PageSteps.Take(ref call, frame, call.EntrySize);
        if (!call.Entry.IsLeaf)
        {
            SeptSteps.Lead(ref call, null);
        }

        SeptSteps.Write(ref call, call.Td!.OpState.ImportInProgress() ? SeptEntry.Removed(call.Td.MigrationEpoch) : SeptEntry.Free);
        call.Result = new(TdxStatus.Success, Rcx: frame.Address.Value);
    }
}
