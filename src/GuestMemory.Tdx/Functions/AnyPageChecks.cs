namespace GuestMemory.Tdx;

/// <summary>The checks of functions that take any page in RCX, whatever it is used for: the entry that describes it is found. Source: tdx-module, pamt_walk.</summary>
internal static class AnyPageChecks
{
    private const string Source = "tdx-module, pamt_walk";

    /// <summary>Form, memory and lock of the page; its entry and size are in the call then.</summary>
    /// <param name="function">The function's name.</param>
    /// <param name="exclusive">Whether it takes the entry for itself alone.</param>
    public static Check<HostCall, TdxAnswer>[] InRcx(string function, bool exclusive) =>
    [
        new($"{function}/page-form", Source, "an address that no page has", IsMisformed, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rcx)),
        new($"{function}/page-range", Source, "a page outside the module's memory", IsOutside, TdxAnswer.Of(TdxStatusCode.OperandAddressRangeError, TdxOperand.Rcx), CheckClass.Integrity),
        new($"{function}/page-busy", Source, "a page that another processor changes meanwhile", exclusive ? IsBusy : IsTakenAlone, TdxAnswer.Of(TdxStatusCode.OperandBusy, TdxOperand.Rcx), CheckClass.Integrity),
    ];

    internal static Pfn FrameOf(in HostCall call) => new Spa(call.Registers.Rcx & ((1UL << call.State.Platform.HkidShift) - 1)).Frame;

    private static bool IsMisformed(ref HostCall call) => PageChecks.IsMisformed(call, call.Registers.Rcx, PageSize.Size4K);

    private static bool IsOutside(ref HostCall call)
    {
        call.PageMetadata = call.State.Pamt.LookUp(FrameOf(call), out call.PageSize);
        return !call.State.Pamt.IsKnown(FrameOf(call));
    }

    private static bool IsBusy(ref HostCall call) => AreBusy(call, exclusive: true);

    private static bool IsTakenAlone(ref HostCall call) => AreBusy(call, exclusive: false);

    private static bool AreBusy(in HostCall call, bool exclusive) =>
        call.State.Locks.Any && HeldPages.AreBusy(call.State, FrameOf(call), PageSize.Size4K, exclusive);
}
