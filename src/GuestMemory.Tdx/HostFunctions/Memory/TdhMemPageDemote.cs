namespace GuestMemory.Tdx;

/// <summary>TDH.MEM.PAGE.DEMOTE: splits a large page into 512, each in the state the large one had before its block. Source: tdx-module, tdh_mem_page_demote.c.</summary>
internal static class TdhMemPageDemote
{
    private const string Name = "TDH.MEM.PAGE.DEMOTE";

    /// <summary>The function. RCX guest address and level, RDX TD and bit 0 L2 pages only where needed, R8 page for the table, R9 to R11 those of L2 VMs, which are not looked at.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.MemPageDemote, Name, Commit,
    [
        TdChecks.Version(Name),
        TdChecks.Flags(Name),
        .. TdChecks.Operand(Name),
        .. TdChecks.Alive(Name),
        .. TdChecks.OpState(Name),
        .. SeptChecks.Entry(Name),
        SeptChecks.State(Name, CheckClass.Integrity),
        .. SeptChecks.Tracked(Name, AnswerRegisters.CleanEntry),
        .. PageChecks.FreeInR8(Name),
    ])
    {
        FlagBits = 1,
        LowestLevel = SeptLevel.Pd,
        HighestLevel = SeptLevel.Pdpt,
        LateChecks = new(
            new(Name + "/interrupted", "tdx-module, tdh_mem_page_demote.c", "an interrupt that waits for 512 entries", IsInterrupted,
                new(TdxStatus.Of(TdxStatusCode.InterruptedRestartable), AnswerRegisters.Kept, AnswerResidue.NewPage), CheckClass.Integrity),
            new(Name + "/large-busy", "tdx-module, pamt_demote", "a page split while it is looked at", IsLargeBusy,
                new(TdxStatus.Of(TdxStatusCode.OperandBusy, TdxOperand.Rcx), Residue: AnswerResidue.NewPage), CheckClass.Integrity)),
    };

    private static void Commit(ref HostCall call)
    {
        PamtChecks.RequireStatic(call, Name);
        if (!call.Entry.IsLeaf || call.Place.Level is not (SeptLevel.Pd or SeptLevel.Pdpt))
        {
            SeptSteps.Write(ref call, call.Entry);
            return;
        }

        var table = new SeptPage(new Spa(call.Registers.R8).Frame, call.Place.Level - 1);
        table.FillLeaves(call.Entry.Unblocked().WithPage(call.EntryFrame).WithLock(false));
        call.Stopped = call.Function.LateChecks.Decide(ref call, call.State.Rules);
        if (call.Stopped is not null)
        {
            SeptSteps.Spill(call.State, table, call.TdKey);
            return;
        }

        PageSteps.Split(ref call, call.EntrySize, call.EntryFrame);
        PageSteps.GiveTable(ref call, table.Frame);
        SeptSteps.Lead(ref call, table);
        SeptSteps.Write(ref call, SeptEntry.NonLeaf(table.Frame));
        call.Result = new(TdxStatus.Success, R9: call.Registers.R9, R10: call.Registers.R10, R11: call.Registers.R11);
    }

    private static bool IsInterrupted(ref HostCall call) => call.State.Platform.Version.InterruptsDemote && call.State.Interrupts.Poll(1) == 0;

    private static bool IsLargeBusy(ref HostCall call) => call.State.Locks.IsBusy(HeldLock.Pamt(call.EntrySize, call.EntryFrame), exclusive: true);
}
