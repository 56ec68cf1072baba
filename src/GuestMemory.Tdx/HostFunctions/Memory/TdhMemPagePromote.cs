namespace GuestMemory.Tdx;

/// <summary>TDH.MEM.PAGE.PROMOTE: merges 512 pages that lie in a row and are all accepted, or all not, into one. Source: tdx-module, tdh_mem_page_promote.c.</summary>
internal static class TdhMemPagePromote
{
    private const string Name = "TDH.MEM.PAGE.PROMOTE";
    private const string Source = "tdx-module, is_sept_page_valid_for_merge";
    private const string Interrupt = "tdx-module, tdh_mem_page_promote.c";

    /// <summary>The function. RCX guest address and level, RDX TD. Answers the table's page in RCX.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.MemPagePromote, Name, Commit,
    [
        TdChecks.Version(Name, AnswerRegisters.Zero),
        .. TdChecks.Operand(Name),
        .. TdChecks.Alive(Name),
        .. TdChecks.OpState(Name),
        .. SeptChecks.Entry(Name),
        SeptChecks.State(Name, CheckClass.Integrity),
        SeptChecks.EntryPage(Name),
        .. SeptChecks.Tracked(Name),
        new(Name + "/child-busy", Source, "entries merged while one of them changes", IsChildBusy,
            new(TdxStatus.Of(TdxStatusCode.OperandBusy, TdxOperand.Rcx), AnswerRegisters.Entry, AnswerResidue.ChildPriority), CheckClass.Integrity),
        new(Name + "/children", Source, "pages merged that are not alike or not in a row", AreChildrenUnlike,
            new(TdxStatus.Of(TdxStatusCode.EptInvalidPromoteConditions, TdxOperand.Rcx), AnswerRegisters.Entry, AnswerResidue.ChildPriority), CheckClass.Security),
    ])
    {
        HighestVersion = 1,
        LowestLevel = SeptLevel.Pd,
        HighestLevel = SeptLevel.Pdpt,
        LateChecks = new(
            new(Name + "/interrupted", Interrupt, "an interrupt that waits for 512 entries", IsInterrupted,
                new(TdxStatus.Of(TdxStatusCode.InterruptedRestartable), AnswerRegisters.Zero, AnswerResidue.ChildPriority), CheckClass.Integrity),
            new(Name + "/interrupted-kept", Interrupt, "an interrupt that waits for 512 entries", IsInterruptedElsewhere,
                new(TdxStatus.Of(TdxStatusCode.InterruptedRestartable), AnswerRegisters.Kept, AnswerResidue.ChildPriority), CheckClass.Integrity),
            new(Name + "/large-busy", "tdx-module, pamt_promote", "pages merged while one looks at them", IsLargeBusy,
                new(TdxStatus.Of(TdxStatusCode.OperandBusy, TdxOperand.Rcx), Residue: AnswerResidue.ChildPriority), CheckClass.Integrity)),
        Finish = NoLayerPages.Finish,
    };

    private static void Commit(ref HostCall call)
    {
        PamtChecks.RequireStatic(call, Name);
        if (TableOf(call) is not { } table || !table[0].IsLeaf || call.Place.Level > SeptLevel.Pdpt)
        {
            SeptSteps.Write(ref call, call.Entry);
            return;
        }

        call.Stopped = call.Function.LateChecks.Decide(ref call, call.State.Rules);
        if (call.Stopped is null)
        {
            Merge(ref call, table);
        }
    }

    // The large entry is the first of the small ones, as it is; the freed page keeps all of them, still locked.
    private static void Merge(ref HostCall call, SeptPage table)
    {
        var first = table[0].WithHostPriority(false);
        for (var index = 0; index < SeptPage.Entries; index++)
        {
            table[index] = table[index].WithHostPriority(false).WithLock(true);
        }

        PageSteps.Merge(ref call, call.Place.Level.PageSize(), LargeFrame(call));
        SeptSteps.Lead(ref call, null);
        SeptSteps.Write(ref call, first.WithLock(false));
        SeptSteps.Spill(call.State, table, call.TdKey);
        PageSteps.Take(ref call, table.Frame, PageSize.Size4K);
        call.Result = new(TdxStatus.Success, Rcx: table.Frame.Address.Value);
    }

    private static SeptPage? TableOf(in HostCall call) => call.Place.Exists && call.Entry.State.IsTable() ? call.Place.Page.Child(call.Place.Index) : null;

    private static Pfn LargeFrame(in HostCall call) => TableOf(call)![0].Page(call.Place.Level - 1).AlignDown(call.Place.Level.PageSize());

    private static bool IsChildBusy(ref HostCall call)
    {
        if (TableOf(call) is not { } table)
        {
            return false;
        }

        call.ChildrenTaken = MergeableChildren.Count(table, minding: true);
        return call.ChildrenTaken < SeptPage.Entries && table[call.ChildrenTaken].IsLocked;
    }

    private static bool AreChildrenUnlike(ref HostCall call) =>
        TableOf(call) is { } table && call.ChildrenTaken < SeptPage.Entries && MergeableChildren.Count(table, minding: false) < SeptPage.Entries;

    private static bool IsInterrupted(ref HostCall call) => !call.State.Platform.Version.PromoteRestoresOperands && call.State.Interrupts.Poll(1) == 0;

    private static bool IsInterruptedElsewhere(ref HostCall call) => call.State.Platform.Version.PromoteRestoresOperands && call.State.Interrupts.Poll(1) == 0;

    private static bool IsLargeBusy(ref HostCall call) => call.State.Locks.IsBusy(HeldLock.Pamt(call.Place.Level.PageSize(), LargeFrame(call)), exclusive: true);
}
