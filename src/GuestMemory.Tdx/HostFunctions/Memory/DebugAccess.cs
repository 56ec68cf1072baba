namespace GuestMemory.Tdx;

/// <summary>The checks of functions that look into a debug TD's memory. Source: tdx-module, tdh_mem_rd_wr.c.</summary>
internal static class DebugAccess
{
    private const string Source = "tdx-module, tdh_mem_rd_wr.c";

    /// <summary>All of them, in order; the address is looked at after the tree is locked.</summary>
    public static Check<HostCall, TdxAnswer>[] Checks(string function) =>
    [
        TdChecks.Version(function),
        .. TdChecks.Operand(function),
        .. TdChecks.Alive(function),
        .. TdChecks.OpState(function),
        new($"{function}/debug", Source, "the host looking into a TD that did not allow it", IsNoDebugTd, TdxAnswer.Of(TdxStatusCode.TdNonDebug), CheckClass.Integrity),
        new($"{function}/gpa-form", Source, "eight bytes of two pages", IsMisaligned, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rcx)),
        SeptChecks.Tree(function),
        new($"{function}/gpa-private", "tdx-module, check_gpa_validity", "shared memory in the private tree", IsNotPrivate, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rcx), CheckClass.Integrity),
        new($"{function}/present", Source, "memory that is not there or not accepted", IsAbsent, TdxAnswer.Of(TdxStatusCode.EptEntryNotPresent, TdxOperand.Rcx, AnswerRegisters.Entry), CheckClass.Integrity),
        SeptChecks.Lock(function),
    ];

    /// <summary>Where the eight bytes lie.</summary>
    public static Spa Place(in HostCall call)
    {
        var inPage = (call.Place.Level.FrameCount() << 12) - 1;
        return call.EntryFrame.Address + (call.Registers.Rcx & inPage);
    }

    private static bool IsNoDebugTd(ref HostCall call) => call.Td is { IsDebug: false };

    private static bool IsMisaligned(ref HostCall call) => call.Registers.Rcx % 8 != 0;

    private static bool IsNotPrivate(ref HostCall call) => call.Td is { } td && !GuestAddresses.IsPrivate(td, call.Registers.Rcx, call.State.Platform);

    private static bool IsAbsent(ref HostCall call)
    {
        if (call.Td?.Sept is not { } tree)
        {
            return true;
        }

        call.Place = tree.Walk(new Gpa(call.Registers.Rcx).Frame, SeptLevel.Pt);
        call.Entry = call.Place.Entry;
        return !call.Entry.IsLeaf || call.Entry.Rights == 0;
    }
}
