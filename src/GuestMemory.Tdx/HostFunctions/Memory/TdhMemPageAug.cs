namespace GuestMemory.Tdx;

/// <summary>TDH.MEM.PAGE.AUG: gives a running TD a page, pending until the guest accepts it. Source: tdx-module, tdh_mem_page_aug.c.</summary>
internal static class TdhMemPageAug
{
    private const string Name = "TDH.MEM.PAGE.AUG";
    private const string PageSource = "tdx-module, check_and_lock_free_range_hpa";

    /// <summary>The function. RCX guest address and level, RDX TD, R8 page.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.MemPageAug, Name, Commit,
    [
        TdChecks.Version(Name),
        .. TdChecks.Operand(Name),
        .. TdChecks.Alive(Name),
        .. TdChecks.OpState(Name),
        .. SeptChecks.Entry(Name),
        SeptChecks.State(Name),
        new(Name + "/page-form", PageSource, "an address that no page of the size has", IsMisformed, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.R8)),
        new(Name + "/page-range", PageSource, "a page outside the module's memory", IsOutside, TdxAnswer.Of(TdxStatusCode.OperandAddressRangeError, TdxOperand.R8), CheckClass.Security),
        new(Name + "/page-busy", PageSource, "two processors taking one page", IsBusy, TdxAnswer.Of(TdxStatusCode.OperandBusy, TdxOperand.R8), CheckClass.Integrity),
        PamtChecks.HasPagePair(Name, TdxOperand.R8, LacksPair),
        new(Name + "/page-free", PageSource, "a page of two owners", IsUsed, TdxAnswer.Of(TdxStatusCode.PageMetadataIncorrect, TdxOperand.R8), CheckClass.Security),
    ])
    {
        HighestLevel = SeptLevel.Pd,
    };

    private static void Commit(ref HostCall call)
    {
        var (frame, size) = (new Spa(call.Registers.R8).Frame, SizeOf(call));
        PageSteps.Give(ref call, frame, size, PageType.Reg);
        SeptSteps.Write(ref call, SeptEntry.Leaf(SeptEntryState.Pending, frame, rights: 0));
    }

    private static PageSize SizeOf(in HostCall call) => call.PageInfo.Level == SeptLevel.Pt ? PageSize.Size4K : PageSize.Size2M;

    private static bool IsMisformed(ref HostCall call) => PageChecks.IsMisformed(call, call.Registers.R8, SizeOf(call));

    private static bool IsOutside(ref HostCall call) => !call.State.Pamt.IsKnown(new Spa(call.Registers.R8).Frame);

    private static bool IsBusy(ref HostCall call) => PageChecks.IsBusy(call, call.Registers.R8, SizeOf(call));

    private static bool LacksPair(ref HostCall call) => SizeOf(call) == PageSize.Size4K && PamtChecks.IsMissing(call, call.Registers.R8);

    private static bool IsUsed(ref HostCall call)
    {
        var (frame, wanted) = (new Spa(call.Registers.R8).Frame, SizeOf(call));
        if (wanted == PageSize.Size4K)
        {
            return PageChecks.IsUsed(call, call.Registers.R8);
        }

        return call.State.Pamt.LookUp(frame, out var size).Type == PageType.Reg && size != PageSize.Size4K || !call.State.Pamt.IsFree2M(frame)
            || call.State.PamtPairs.IsThere(frame) || call.State.PamtPairs.ServesWithin(frame);
    }
}
