namespace GuestMemory.Tdx;

/// <summary>TDH.MEM.SEPT.ADD: gives the Secure EPT a page for a table. Source: tdx-module, tdh_mem_sept_add.c.</summary>
internal static class TdhMemSeptAdd
{
    private const string Name = "TDH.MEM.SEPT.ADD";
    private const string Source = "tdx-module, process_l1_page";
    private const string LayerSource = "tdx-module, process_l2_pages";
    private const ulong NoPage = ulong.MaxValue;
    private const ulong NotUsed = 1UL << 63;
    private const ulong AllowExisting = 1;

    /// <summary>The function. RCX guest address and level, RDX TD and bit 0 allow an existing table, R8 page or -1; version 1: R9 to R11 pages of L2 VMs, all -1 here.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.MemSeptAdd, Name, Commit,
    [
        TdChecks.Version(Name, AnswerRegisters.Zero),
        TdChecks.Flags(Name),
        .. TdChecks.Operand(Name),
        .. TdChecks.Alive(Name),
        .. TdChecks.OpState(Name),
        .. SeptChecks.Entry(Name),
        SeptChecks.State(Name, CheckClass.Integrity),
        new(Name + "/page-missing", Source, "a table without a page", IsPageMissing, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.R8)),
        new(Name + "/table-missing", Source, "pages for L2 VMs below no table", IsTableMissing, TdxAnswer.Of(TdxStatusCode.EptEntryStateIncorrect, TdxOperand.Rcx, AnswerRegisters.Entry), CheckClass.Integrity),
        new(Name + "/table-there", Source, "a table, and what it leads to, replaced", IsTableThere, TdxAnswer.Of(TdxStatusCode.EptEntryStateIncorrect, TdxOperand.Rcx, AnswerRegisters.Entry), CheckClass.Security),
        .. PageChecks.Free(Name, "page", TdxOperand.R8, IsMisformed, IsOutside, IsBusy, LacksPair, IsUsed),
        new(Name + "/l2-1", LayerSource, "a page for an L2 VM there is not", IsForFirst, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.R9)),
        new(Name + "/l2-2", LayerSource, "a page for an L2 VM there is not", IsForSecond, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.R10)),
        new(Name + "/l2-3", LayerSource, "a page for an L2 VM there is not", IsForThird, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.R11)),
    ])
    {
        HighestVersion = 1,
        FlagBits = AllowExisting,
        LowestLevel = SeptLevel.Pd,
        HighestLevel = null,
        Finish = Finish,
    };

    private static void Commit(ref HostCall call)
    {
        if (!TakesPage(call) || call.Place.Level == SeptLevel.Pt)
        {
            SeptSteps.Write(ref call, call.Entry);
            return;
        }

        var frame = new Spa(PageOf(call)).Frame;
        PageSteps.Give(ref call, frame, PageSize.Size4K, PageType.Ept);
        call.State.Memory.ZeroFrames(new(frame, 1), call.TdKey);
        SeptSteps.Lead(ref call, new(frame, call.Place.Level - 1));
        SeptSteps.Write(ref call, SeptEntry.NonLeaf(frame));
    }

    // Version 1 says what became of every page: -1 used, bit 63 not needed, otherwise as given.
    private static TdxResult Finish(in HostCall call, in TdxResult result)
    {
        if (call.Version != 1)
        {
            return result;
        }

        var isExisting = call.HoldsEntry && Allows(call) && call.Entry.State == SeptEntryState.NonLeafMapped && call.Registers.R8 != NoPage;
        var page = isExisting ? PageOf(call) | NotUsed : result.DecidedBy is null ? NoPage : PageOf(call);
        return result with { R8 = page, R9 = Plain(call.Registers.R9), R10 = Plain(call.Registers.R10), R11 = Plain(call.Registers.R11) };
    }

    private static ulong PageOf(in HostCall call) => Plain(call.Registers.R8);

    private static ulong Plain(ulong operand) => operand == NoPage ? operand : operand & ~NotUsed;

    private static bool Allows(in HostCall call) => (call.Registers.Rdx & AllowExisting) != 0;

    private static bool TakesPage(in HostCall call) =>
        call.Registers.R8 != NoPage && call.Place.Exists && (call.Entry.State == SeptEntryState.Free || !Allows(call));

    private static bool IsPageMissing(ref HostCall call) => call.Registers.R8 == NoPage && call.Version == 0;

    private static bool IsTableMissing(ref HostCall call) =>
        call.Registers.R8 == NoPage && call.Place.Exists && call.Entry.State != SeptEntryState.NonLeafMapped;

    private static bool IsTableThere(ref HostCall call) => TakesPage(call) && call.Entry.State != SeptEntryState.Free;

    private static bool IsMisformed(ref HostCall call) => TakesPage(call) && PageChecks.IsMisformed(call, PageOf(call), PageSize.Size4K);

    private static bool IsOutside(ref HostCall call) => TakesPage(call) && !call.State.Pamt.IsKnown(new Spa(PageOf(call)).Frame);

    private static bool IsBusy(ref HostCall call) => TakesPage(call) && PageChecks.IsBusy(call, PageOf(call), PageSize.Size4K);

    private static bool IsUsed(ref HostCall call) => TakesPage(call) && PageChecks.IsUsed(call, PageOf(call));

    private static bool LacksPair(ref HostCall call) => TakesPage(call) && PamtChecks.IsMissing(call, PageOf(call));

    private static bool IsForFirst(ref HostCall call) => call.Version > 0 && call.Registers.R9 != NoPage;

    private static bool IsForSecond(ref HostCall call) => call.Version > 0 && call.Registers.R10 != NoPage;

    private static bool IsForThird(ref HostCall call) => call.Version > 0 && call.Registers.R11 != NoPage;
}
