namespace GuestMemory.Tdx;

/// <summary>TDH.PHYMEM.PAMT.ADD: gives a 2M range the two pages that hold its 4K entries. Source: tdx-module-2, tdh_phymem_pamt_add.c.</summary>
internal static class TdhPhymemPamtAdd
{
    private const string Name = "TDH.PHYMEM.PAMT.ADD";
    private const string Source = "tdx-module-2, tdh_phymem_pamt_add.c";

    /// <summary>The function. RCX range and level 1, RDX and R8 pages.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.PhymemPamtAdd, Name, Commit,
    [
        TdChecks.Version(Name),
        PamtRangeChecks.Form(Name),
        new(Name + "/first-form", Source, "an address that no page has", IsFirstMisformed, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rdx)),
        new(Name + "/first-range", Source, "metadata in memory that is not the module's", IsFirstOutside, TdxAnswer.Of(TdxStatusCode.OperandAddressRangeError, TdxOperand.Rdx), CheckClass.Integrity),
        new(Name + "/second-form", Source, "an address that no page has", IsSecondMisformed, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.R8)),
        new(Name + "/second-range", Source, "metadata in memory that is not the module's", IsSecondOutside, TdxAnswer.Of(TdxStatusCode.OperandAddressRangeError, TdxOperand.R8), CheckClass.Integrity),
        .. PamtRangeChecks.Entry(Name),
        new(Name + "/range-free", Source, "a range in use that gets new metadata", IsRangeUsed, TdxAnswer.Of(TdxStatusCode.HpaRangeNotFree, TdxOperand.Rcx), CheckClass.Integrity),
        new(Name + "/first-busy", Source, "a page that another processor takes meanwhile", IsFirstBusy, TdxAnswer.Of(TdxStatusCode.OperandBusy, TdxOperand.Rdx), CheckClass.Integrity),
        new(Name + "/first-free", Source, "metadata in a TD's page", IsFirstUsed, TdxAnswer.Of(TdxStatusCode.PageNotFree, TdxOperand.Rdx), CheckClass.Integrity),
        new(Name + "/second-busy", Source, "a page that another processor takes meanwhile", IsSecondBusy, TdxAnswer.Of(TdxStatusCode.OperandBusy, TdxOperand.R8), CheckClass.Integrity),
        new(Name + "/second-free", Source, "metadata in a TD's page", IsSecondUsed, TdxAnswer.Of(TdxStatusCode.PageNotFree, TdxOperand.R8), CheckClass.Integrity),
        new(Name + "/first-serves", Source, "one page for two ranges", FirstServes, TdxAnswer.Of(TdxStatusCode.PageNotFree, TdxOperand.Rdx), CheckClass.Integrity),
        new(Name + "/second-serves", Source, "one page for two ranges", SecondServes, TdxAnswer.Of(TdxStatusCode.PageNotFree, TdxOperand.R8), CheckClass.Integrity),
    ])
    {
        NeedsDynamicPamt = true,
    };

    private static void Commit(ref HostCall call)
    {
        var key = call.State.Keys.KeyOf(call.State.Platform.ModuleHkid);
        call.State.Memory.ZeroFrames(new(First(call), 1), key);
        call.State.Memory.ZeroFrames(new(Second(call), 1), key);
        call.State.PamtPairs.Give(PamtRangeChecks.RangeOf(call), First(call), Second(call));
    }

    private static bool IsFirstMisformed(ref HostCall call) => PageChecks.IsMisformed(call, call.Registers.Rdx, PageSize.Size4K);

    private static bool IsSecondMisformed(ref HostCall call) => PageChecks.IsMisformed(call, call.Registers.R8, PageSize.Size4K);

    private static bool IsFirstOutside(ref HostCall call) => !call.State.Pamt.IsKnown(First(call));

    private static bool IsSecondOutside(ref HostCall call) => !call.State.Pamt.IsKnown(Second(call));

    private static bool IsRangeUsed(ref HostCall call) => PamtRangeChecks.TypeOf(call) != PageType.Nda;

    private static bool IsFirstBusy(ref HostCall call) => IsBusy(call, First(call));

    private static bool IsSecondBusy(ref HostCall call) => IsBusy(call, Second(call));

    private static bool IsFirstUsed(ref HostCall call) => call.State.Pamt.LookUp(First(call), out _).Type != PageType.Nda;

    private static bool IsSecondUsed(ref HostCall call) => call.State.Pamt.LookUp(Second(call), out _).Type != PageType.Nda;

    private static bool FirstServes(ref HostCall call) => call.State.PamtPairs.Serves(First(call));

    private static bool SecondServes(ref HostCall call) => First(call) == Second(call) || call.State.PamtPairs.Serves(Second(call));

    // A page in the range itself is under the lock the call has.
    private static bool IsBusy(in HostCall call, Pfn frame) => call.State.Locks.Any
        && frame.AlignDown(PageSize.Size2M) != PamtRangeChecks.RangeOf(call)
        && HeldPages.AreBusy(call.State, frame, PageSize.Size4K, exclusive: false);

    private static Pfn First(in HostCall call) => new Spa(call.Registers.Rdx).Frame;

    private static Pfn Second(in HostCall call) => new Spa(call.Registers.R8).Frame;
}
