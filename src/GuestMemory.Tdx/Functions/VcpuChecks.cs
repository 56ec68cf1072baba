namespace GuestMemory.Tdx;

/// <summary>The checks every function that names a vCPU begins with. Source: tdx-module, checks of the TDVPR operand.</summary>
internal static class VcpuChecks
{
    private const string Source = "tdx-module, check_and_lock_explicit_4k_private_hpa";

    /// <summary>Form, memory, lock and type of the vCPU's root page, then the lock of its TD's.</summary>
    public static Check<HostCall, TdxAnswer>[] Operand(string function, TdxOperand operand = TdxOperand.Rcx, CheckClass busy = CheckClass.Integrity) =>
    [
        new($"{function}/vcpu-form", Source, "an address that no page has", IsMisformed, TdxAnswer.Of(TdxStatusCode.OperandInvalid, operand)),
        new($"{function}/vcpu-range", Source, "a root page outside the module's memory", IsOutside, TdxAnswer.Of(TdxStatusCode.OperandAddressRangeError, operand)),
        new($"{function}/vcpu-busy", Source, "two processors changing one vCPU", IsBusy, TdxAnswer.Of(TdxStatusCode.OperandBusy, operand), busy),
        new($"{function}/vcpu-type", Source, "a page that is no vCPU's root taken for one", IsNoVcpu, TdxAnswer.Of(TdxStatusCode.PageMetadataIncorrect, operand), CheckClass.Integrity),
        new($"{function}/td-busy", "tdx-module, lock_and_map_implicit_tdr", "a TD that another processor changes meanwhile", IsTdBusy, TdxAnswer.Of(TdxStatusCode.OperandBusy, TdxOperand.Tdr), CheckClass.Integrity),
    ];

    /// <summary>The vCPU has the control pages it needs.</summary>
    public static Check<HostCall, TdxAnswer> ControlPages(string function) =>
        new($"{function}/control-pages", "tdx-module, map_tdvps", "a vCPU without its control pages", HasTooFewPages, TdxAnswer.Of(TdxStatusCode.TdcxNumberIncorrect), CheckClass.Integrity);

    private static bool IsMisformed(ref HostCall call) => PageChecks.IsMisformed(call, call.VcpuOperand, PageSize.Size4K);

    private static bool IsOutside(ref HostCall call) => !call.State.Pamt.IsKnown(FrameOf(call));

    // A vCPU that is inside keeps its root page shared until it leaves.
    private static bool IsBusy(ref HostCall call)
    {
        var exclusive = call.Function.VcpuExclusive;
        return (exclusive && call.State.FindVcpu(FrameOf(call)) is { IsInside: true })
            || (call.State.Locks.Any && HeldPages.AreBusy(call.State, FrameOf(call), PageSize.Size4K, exclusive));
    }

    private static bool IsNoVcpu(ref HostCall call)
    {
        call.Vcpu = call.State.FindVcpu(FrameOf(call));
        call.Td = call.Vcpu?.Td;
        return call.Vcpu is null;
    }

    private static bool IsTdBusy(ref HostCall call) =>
        call.Td is { } td && call.State.Locks.IsBusy(HeldLock.Pamt(PageSize.Size4K, td.Tdr), exclusive: false);

    private static bool HasTooFewPages(ref HostCall call) => call.Vcpu is { ControlPages.Count: < TdVcpu.FewestControlPages };

    private static Pfn FrameOf(in HostCall call) => new((call.VcpuOperand & ((1UL << call.State.Platform.HkidShift) - 1)) >> 12);
}
