namespace GuestMemory.Tdx;

/// <summary>TDH.MEM.PAGE.ADD: gives a TD that is being built a page with content of the host's, measured. Source: tdx-module, tdh_mem_page_add.c.</summary>
internal static class TdhMemPageAdd
{
    private const string Name = "TDH.MEM.PAGE.ADD";

    /// <summary>The function. RCX guest address and level, RDX TD, R8 page, R9 source. It has the TD for itself, so no lock below it is taken.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.MemPageAdd, Name, Commit,
    [
        TdChecks.Version(Name),
        .. TdChecks.Operand(Name),
        .. TdChecks.Alive(Name),
        TdChecks.OpStateAllowed(Name, CheckClass.Security),
        .. SeptChecks.Operand(Name),
        .. SeptChecks.Reached(Name),
        SeptChecks.State(Name),
        new(Name + "/source", "tdx-module, shared_hpa_check_with_pwr_2_alignment", "content from private memory or the module's own", IsSourceWrong, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.R9), CheckClass.Integrity),
        .. PageChecks.FreeInR8(Name),
    ])
    {
        TdExclusive = true,
    };

    private static void Commit(ref HostCall call)
    {
        var (td, frame) = (call.Td!, new Spa(call.Registers.R8).Frame);
        var source = new Spa(call.Registers.R9 & ((1UL << call.State.Platform.HkidShift) - 1)).Frame;
        call.State.Memory.CopyFrame(source, ContentKey.None, frame, call.TdKey);
        SeptSteps.Write(ref call, SeptEntry.Leaf(SeptEntryState.Mapped, frame, SeptEntry.ReadWriteExecute));
        TdMeasurement.Extend(td, (ulong)TdxFunction.MemPageAdd, call.PageInfo.Gpa.Value);
        PageSteps.Give(ref call, frame, PageSize.Size4K, PageType.Reg);
    }

    // Aligned, within the address bits, not the module's range, and under a key that is not private.
    private static bool IsSourceWrong(ref HostCall call)
    {
        var (source, platform) = (call.Registers.R9, call.State.Platform);
        return source % PageSize.Size4K.Bytes() != 0
            || source >> platform.AddressBits != 0
            || platform.SeamRange.Contains(new Pfn((source & ((1UL << platform.HkidShift) - 1)) >> 12))
            || source >> platform.HkidShift >= platform.FirstPrivateHkid.Value;
    }
}
