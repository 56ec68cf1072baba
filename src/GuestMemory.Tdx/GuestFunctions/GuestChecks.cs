namespace GuestMemory.Tdx;

/// <summary>The checks guests' functions share: operand, entry lock, and what kind of entry it is. Source: tdx-module, vm_exits.</summary>
internal static class GuestChecks
{
    private const string Lock = "tdx-module, sept_lock_acquire_guest";

    /// <summary>Form of RCX.</summary>
    public static Check<GuestCall, GuestAnswer> Form(string function) =>
        new($"{function}/gpa-form", "tdx-module, verify_page_info_input", "a level or address no entry has", IsMisformed, GuestAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rcx));

    /// <summary>Whether its address is private.</summary>
    public static Check<GuestCall, GuestAnswer> Private(string function) =>
        new($"{function}/gpa-private", "tdx-module, check_gpa_validity", "shared memory in the private tree", IsNotPrivate, GuestAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rcx), CheckClass.Integrity);

    /// <summary>The entry's lock. A guest yields to a host that waits, and leaves no mark.</summary>
    public static Check<GuestCall, GuestAnswer>[] Locked(string function) =>
    [
        new($"{function}/entry-busy", Lock, "two processors changing one entry", IsBusy, GuestAnswer.Of(TdxStatusCode.OperandBusy, TdxOperand.Rcx), CheckClass.Integrity),
        new($"{function}/host-priority", Lock, "a guest that keeps the host out of its entry", IsHostFirst, GuestAnswer.Of(TdxStatusCode.OperandBusyHostPriority, TdxOperand.Rcx), CheckClass.Integrity),
    ];

    /// <summary>A leaf, or nothing at all.</summary>
    public static Check<GuestCall, GuestAnswer> Size(string function, string source) =>
        new($"{function}/size", source, "a table taken for a page", IsNoLeaf, GuestAnswer.OfLevel(TdxStatusCode.PageSizeMismatch), CheckClass.Integrity);

    internal static bool IsStateWrong(ref GuestCall call) => call.Place.Exists && !SeptTransitions.Allows(call.Function.Function, call.Entry.State);

    internal static bool IsNotReached(ref GuestCall call)
    {
        call.Walk();
        return !call.Place.Exists || call.Place.Level != call.WantedLevel;
    }

    private static bool IsMisformed(ref GuestCall call) => !call.PageInfo.IsWellFormed(SeptLevel.Pt, call.Function.HighestLevel);

    private static bool IsNotPrivate(ref GuestCall call) =>
        !GuestAddresses.IsPrivate(call.Td, call.Function.NamesLevel ? call.PageInfo.Gpa.Value : call.Registers.Rcx, call.State.Platform);

    private static bool IsBusy(ref GuestCall call) => call.Place.Exists && call.Entry.IsLocked;

    private static bool IsHostFirst(ref GuestCall call) => call.Place.Exists && call.Entry.HasHostPriority;

    private static bool IsNoLeaf(ref GuestCall call) => call.Place.Exists && !call.Entry.IsLeaf && call.Entry.State switch
    {
        SeptEntryState.Free => false,
        SeptEntryState.Removed => call.State.Platform.Version.AcceptOverRemovedIsMismatch,
        SeptEntryState.NonLeafBlocked => call.State.Platform.Version.AcceptOverBlockedTableIsMismatch,
        _ => true,
    };
}
