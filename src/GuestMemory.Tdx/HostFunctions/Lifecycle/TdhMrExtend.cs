namespace GuestMemory.Tdx;

/// <summary>TDH.MR.EXTEND: measures 256 bytes of a page. Source: tdx-module, tdh_mr_extend.c.</summary>
internal static class TdhMrExtend
{
    private const string Name = "TDH.MR.EXTEND";
    private const string Source = "tdx-module, tdh_mr_extend.c";
    private const int Bytes = 256;

    /// <summary>The function. RCX guest address, RDX TD.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.MrExtend, Name, Commit,
    [
        TdChecks.Version(Name),
        .. TdChecks.Operand(Name),
        .. TdChecks.Alive(Name),
        TdChecks.OpStateAllowed(Name),
        new(Name + "/gpa-form", Source, "a piece that crosses a page", IsMisformed, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rcx)),
        new(Name + "/gpa-private", "tdx-module, check_gpa_validity", "shared memory measured", IsNotPrivate, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rcx), CheckClass.Integrity),
        new(Name + "/walk", "tdx-module, check_and_walk_private_gpa_to_leaf", "a page measured that is not there", IsNotReached,
            TdxAnswer.Of(TdxStatusCode.EptEntryNotPresent, TdxOperand.Rcx, AnswerRegisters.Entry), CheckClass.Integrity),
        new(Name + "/state", "tdx-module, Secure EPT state tables", "a page measured that the guest could not read", IsStateWrong, TdxAnswer.Of(TdxStatusCode.EptEntryNotPresent), CheckClass.Integrity),
    ])
    {
        TdExclusive = true,
    };

    private static void Commit(ref HostCall call)
    {
        if (call.Td is not { } td || !call.Place.Exists || !call.Entry.IsLeaf)
        {
            return;
        }

        Span<ulong> words = stackalloc ulong[Bytes / sizeof(ulong)];
        var inPage = call.Registers.Rcx & ((call.Place.Level.FrameCount() << 12) - 1);
        var at = call.EntryFrame.Address + (inPage & ~(ulong)(Bytes - 1));
        for (var word = 0; word < words.Length; word++)
        {
            words[word] = call.State.Memory.Read(at + (ulong)(word * sizeof(ulong)), sizeof(ulong), call.TdKey);
        }

        TdMeasurement.Extend(td, [(ulong)TdxFunction.MrExtend, call.Registers.Rcx, .. words]);
    }

    private static bool IsMisformed(ref HostCall call) => call.Registers.Rcx % Bytes != 0;

    private static bool IsNotPrivate(ref HostCall call) => call.Td is { } td && !GuestAddresses.IsPrivate(td, call.Registers.Rcx, call.State.Platform);

    private static bool IsNotReached(ref HostCall call)
    {
        if (call.Td?.Sept is not { } tree)
        {
            return true;
        }

        call.Place = tree.Walk(new Gpa(call.Registers.Rcx).Frame, SeptLevel.Pt);
        call.Entry = call.Place.Entry;
        return !call.Entry.IsLeaf || call.Entry.Rights == 0;
    }

    // Q8: without an operand, and not to be met: a leaf with rights is mapped while a TD is built.
    private static bool IsStateWrong(ref HostCall call) => call.Place.Exists && !SeptTransitions.Allows(TdxFunction.MrExtend, call.Entry.State);
}
