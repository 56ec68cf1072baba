namespace GuestMemory.Tdx;

/// <summary>The checks of a page the host hands over. Source: tdx-module, check_and_lock_explicit_private_hpa.</summary>
internal static class PageChecks
{
    private const string Source = "tdx-module, check_and_lock_explicit_private_hpa";

    /// <summary>A free 4K page in R8.</summary>
    public static Check<HostCall, TdxAnswer>[] FreeInR8(string function) => Free(function, "page", TdxOperand.R8, IsMisformedR8, IsOutsideR8, IsBusyR8, LacksPairR8, IsUsedR8);

    /// <summary>A free 4K page in RCX.</summary>
    public static Check<HostCall, TdxAnswer>[] FreeInRcx(string function) => Free(function, "page", TdxOperand.Rcx, IsMisformedRcx, IsOutsideRcx, IsBusyRcx, LacksPairRcx, IsUsedRcx);

    /// <summary>Whether an operand is no page's address.</summary>
    internal static bool IsMisformed(in HostCall call, ulong operand, PageSize size) =>
        operand % size.Bytes() != 0 || operand >> call.State.Platform.HkidShift != 0;

    /// <summary>Whether other processors' locks, or the call's own on its TD, stop an exclusive walk.</summary>
    internal static bool IsBusy(in HostCall call, ulong operand, PageSize size)
    {
        var frame = new Spa(operand).Frame;
        return (call.Td is { } td && HeldPages.MeetRootPage(td.Tdr, frame, size))
            || (call.Vcpu is { } vcpu && vcpu.Tdvpr == frame)
            || (call.State.Locks.Any && HeldPages.AreBusy(call.State, frame, size, exclusive: true));
    }

    /// <summary>A free 4K page, by predicates of the function's own.</summary>
    internal static Check<HostCall, TdxAnswer>[] Free(
        string function, string what, TdxOperand operand, Refuses<HostCall> misformed, Refuses<HostCall> outside, Refuses<HostCall> busy,
        Refuses<HostCall> lacksPair, Refuses<HostCall> used) =>
    [
        new($"{function}/{what}-form", Source, "an address that no page has", misformed, TdxAnswer.Of(TdxStatusCode.OperandInvalid, operand)),
        new($"{function}/{what}-range", Source, "a page outside the module's memory", outside, TdxAnswer.Of(TdxStatusCode.OperandAddressRangeError, operand), CheckClass.Security),
        new($"{function}/{what}-busy", Source, "two processors taking one page", busy, TdxAnswer.Of(TdxStatusCode.OperandBusy, operand), CheckClass.Integrity),
        PamtChecks.HasPagePair(function, operand, lacksPair),
        new($"{function}/{what}-free", Source, "a page of two owners", used, TdxAnswer.Of(TdxStatusCode.PageMetadataIncorrect, operand), CheckClass.Security),
    ];

    internal static bool IsUsed(in HostCall call, ulong operand) =>
        call.State.Pamt.LookUp(new Spa(operand).Frame, out var size).Type != PageType.Nda || size != PageSize.Size4K
        || call.State.PamtPairs.Serves(new Spa(operand).Frame);

    private static bool IsMisformedR8(ref HostCall call) => IsMisformed(call, call.Registers.R8, PageSize.Size4K);

    private static bool IsOutsideR8(ref HostCall call) => !call.State.Pamt.IsKnown(new Spa(call.Registers.R8).Frame);

    private static bool IsBusyR8(ref HostCall call) => IsBusy(call, call.Registers.R8, PageSize.Size4K);

    private static bool LacksPairR8(ref HostCall call) => PamtChecks.IsMissing(call, call.Registers.R8);

    private static bool IsUsedR8(ref HostCall call) => IsUsed(call, call.Registers.R8);

    private static bool IsMisformedRcx(ref HostCall call) => IsMisformed(call, call.Registers.Rcx, PageSize.Size4K);

    private static bool IsOutsideRcx(ref HostCall call) => !call.State.Pamt.IsKnown(new Spa(call.Registers.Rcx).Frame);

    private static bool IsBusyRcx(ref HostCall call) => IsBusy(call, call.Registers.Rcx, PageSize.Size4K);

    private static bool LacksPairRcx(ref HostCall call) => PamtChecks.IsMissing(call, call.Registers.Rcx);

    private static bool IsUsedRcx(ref HostCall call) => IsUsed(call, call.Registers.Rcx);
}
