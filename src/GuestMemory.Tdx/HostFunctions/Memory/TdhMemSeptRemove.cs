namespace GuestMemory.Tdx;

/// <summary>TDH.MEM.SEPT.REMOVE: takes an empty table's page back. Source: tdx-module, tdh_mem_sept_remove.c.</summary>
internal static class TdhMemSeptRemove
{
    private const string Name = "TDH.MEM.SEPT.REMOVE";

    /// <summary>The function. RCX guest address and level, RDX TD. Answers the page in RCX.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.MemSeptRemove, Name, Commit,
    [
        TdChecks.Version(Name, AnswerRegisters.Zero),
        .. TdChecks.Operand(Name),
        .. TdChecks.Alive(Name),
        .. TdChecks.OpState(Name),
        .. SeptChecks.Entry(Name),
        SeptChecks.State(Name, CheckClass.Integrity),
        SeptChecks.EntryPage(Name),
        .. SeptChecks.Tracked(Name),
        new(Name + "/empty", "tdx-module, tdh_mem_sept_remove.c", "a table taken with pages below it; a removed page forgotten", IsInUse,
            TdxAnswer.Of(TdxStatusCode.EptPageNotFree, TdxOperand.Rcx, AnswerRegisters.Entry), CheckClass.Security),
    ])
    {
        HighestVersion = 1,
        LowestLevel = SeptLevel.Pd,
        HighestLevel = null,
        TreeExclusive = true,
        Finish = NoLayerPages.Finish,
    };

    private static void Commit(ref HostCall call)
    {
        if (TableOf(call) is not { } table)
        {
            SeptSteps.Write(ref call, call.Entry);
            return;
        }

        SeptSteps.Lead(ref call, null);
        SeptSteps.Write(ref call, SeptEntry.Free);
        SeptSteps.Spill(call.State, table, call.TdKey);
        PageSteps.Take(ref call, table.Frame, PageSize.Size4K);
        call.Result = new(TdxStatus.Success, Rcx: table.Frame.Address.Value);
    }

    private static bool IsInUse(ref HostCall call) => TableOf(call) is { InUse: > 0 };

    private static SeptPage? TableOf(in HostCall call) => call.Place.Exists && call.Entry.State.IsTable() ? call.Place.Page.Child(call.Place.Index) : null;
}
