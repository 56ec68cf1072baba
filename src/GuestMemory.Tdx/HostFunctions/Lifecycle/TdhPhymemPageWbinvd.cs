namespace GuestMemory.Tdx;

/// <summary>TDH.PHYMEM.PAGE.WBINVD: writes a free page's lines of one key back from the caches. Source: tdx-module, tdh_phymem_page_wbinvd.c.</summary>
/// <remarks>Caches are not modelled: a call that goes through changes nothing.</remarks>
internal static class TdhPhymemPageWbinvd
{
    private const string Name = "TDH.PHYMEM.PAGE.WBINVD";
    private const string Source = "tdx-module, check_and_lock_explicit_4k_private_hpa";

    /// <summary>The function. RCX page with a key identifier; any will do.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.PhymemPageWbinvd, Name, Commit,
    [
        TdChecks.Version(Name),
        new(Name + "/page-form", Source, "an address that no page has", IsMisformed, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rcx)),
        new(Name + "/page-range", Source, "a page outside the module's memory", IsOutside, TdxAnswer.Of(TdxStatusCode.OperandAddressRangeError, TdxOperand.Rcx)),
        new(Name + "/page-busy", Source, "a page that another processor takes meanwhile", IsBusy, TdxAnswer.Of(TdxStatusCode.OperandBusy, TdxOperand.Rcx), CheckClass.Integrity),
        new(Name + "/page-pair", "tdx-module-2, non_shared_hpa_metadata_check_and_lock", "a page without metadata", LacksPair, TdxAnswer.Of(TdxStatusCode.MissingPamtPagePair, TdxOperand.Rcx), CheckClass.Integrity),
        new(Name + "/page-free", Source, "lines written back over a page in use", IsUsed, TdxAnswer.Of(TdxStatusCode.PageMetadataIncorrect, TdxOperand.Rcx), CheckClass.Integrity),
    ]);

    private static void Commit(ref HostCall call)
    {
    }

    private static bool IsMisformed(ref HostCall call) =>
        call.Registers.Rcx % PageSize.Size4K.Bytes() != 0 || call.Registers.Rcx >> call.State.Platform.AddressBits != 0;

    private static bool IsOutside(ref HostCall call) => !call.State.Pamt.IsKnown(AnyPageChecks.FrameOf(call));

    private static bool IsBusy(ref HostCall call) =>
        call.State.Locks.Any && HeldPages.AreBusy(call.State, AnyPageChecks.FrameOf(call), PageSize.Size4K, exclusive: false);

    private static bool LacksPair(ref HostCall call) => call.State.PamtPairs.IsMissing(AnyPageChecks.FrameOf(call));

    private static bool IsUsed(ref HostCall call) => PageChecks.IsUsed(call, AnyPageChecks.FrameOf(call).Address.Value);
}
