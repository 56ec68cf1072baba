namespace GuestMemory.Tdx;

/// <summary>The checks of functions that name a 2M range in RCX. Source: tdx-module-2, tdh_phymem_pamt_add.c and tdh_phymem_pamt_remove.c.</summary>
internal static class PamtRangeChecks
{
    private const string Source = "tdx-module-2, tdh_phymem_pamt_add.c";

    /// <summary>Level 1, aligned, no reserved bits.</summary>
    public static Check<HostCall, TdxAnswer> Form(string function) =>
        new($"{function}/range-form", Source, "a range that no pair covers", IsMisformed, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rcx));

    /// <summary>The range is the module's, and its 2M entry can be taken.</summary>
    public static Check<HostCall, TdxAnswer>[] Entry(string function) =>
    [
        new($"{function}/range-range", Source, "metadata of memory that is not the module's", IsOutside, TdxAnswer.Of(TdxStatusCode.OperandAddressRangeError, TdxOperand.Rcx), CheckClass.Integrity),
        new($"{function}/range-busy", Source, "two processors changing one range", IsBusy, TdxAnswer.Of(TdxStatusCode.OperandBusy, TdxOperand.Rcx), CheckClass.Integrity),
    ];

    /// <summary>The range.</summary>
    public static Pfn RangeOf(in HostCall call) => new Spa(call.PageInfo.Gpa.Value & ((1UL << call.State.Platform.HkidShift) - 1)).Frame.AlignDown(PageSize.Size2M);

    /// <summary>What the entry that covers the range whole says: that of 1G where it is a private page, otherwise that of 2M.</summary>
    public static PageType TypeOf(in HostCall call)
    {
        var whole = call.State.Pamt[PageSize.Size1G, RangeOf(call)].Type;
        return whole == PageType.Reg ? whole : call.State.Pamt[PageSize.Size2M, RangeOf(call)].Type;
    }

    private static bool IsMisformed(ref HostCall call) =>
        !call.PageInfo.IsWellFormed(SeptLevel.Pd, SeptLevel.Pd) || call.Registers.Rcx >> call.State.Platform.HkidShift != 0;

    private static bool IsOutside(ref HostCall call) => !call.State.Pamt.IsKnown(RangeOf(call));

    private static bool IsBusy(ref HostCall call) => call.State.Locks.Any && HeldPages.AreBusy(call.State, RangeOf(call), PageSize.Size2M, exclusive: true);
}
