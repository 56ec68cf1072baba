namespace GuestMemory.Tdx;

/// <summary>The checks of functions that work on one Secure EPT entry: operand, walk, lock, state, tracking. Source: tdx-module, Secure EPT walks.</summary>
internal static class SeptChecks
{
    private const string Walk = "tdx-module, lock_sept_check_and_walk_private_gpa";
    private const string Tracking = "tdx-module, TLB tracking";

    /// <summary>From the operand to the entry's state, with every lock on the way.</summary>
    public static Check<HostCall, TdxAnswer>[] Entry(string function) => [.. Operand(function), Tree(function), .. Reached(function), Lock(function)];

    /// <summary>The tree's lock.</summary>
    public static Check<HostCall, TdxAnswer> Tree(string function) =>
        new($"{function}/tree-busy", Walk, "a walk while the tree changes", IsTreeBusy, TdxAnswer.Of(TdxStatusCode.OperandBusy, TdxOperand.SeptTree), CheckClass.Integrity);

    /// <summary>The entry's lock.</summary>
    public static Check<HostCall, TdxAnswer> Lock(string function) =>
        new($"{function}/entry-busy", Walk, "two processors changing one entry", IsEntryBusy,
            new(TdxStatus.Of(TdxStatusCode.OperandBusy, TdxOperand.Rcx), AnswerRegisters.Entry, AnswerResidue.HostPriority), CheckClass.Integrity);

    /// <summary>The lock of the page behind the entry.</summary>
    public static Check<HostCall, TdxAnswer> EntryPage(string function) =>
        new($"{function}/entry-page-busy", "tdx-module, pamt_implicit_get_and_lock", "a page looked at while it goes", IsEntryPageBusy,
            TdxAnswer.Of(TdxStatusCode.OperandBusy, TdxOperand.Rcx), CheckClass.Integrity);

    /// <summary>Form of RCX, and whether its address is private.</summary>
    public static Check<HostCall, TdxAnswer>[] Operand(string function) =>
    [
        new($"{function}/gpa-form", "tdx-module, verify_page_info_input", "a level or address no entry has", IsMisformed, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rcx)),
        new($"{function}/gpa-private", "tdx-module, check_gpa_validity", "shared memory in the private tree", IsNotPrivate, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rcx), CheckClass.Integrity),
    ];

    /// <summary>The walk, and whether it reached the level.</summary>
    public static Check<HostCall, TdxAnswer>[] Reached(string function) =>
    [
        new($"{function}/walk", Walk, "work on an entry that is not there", IsNotReached, TdxAnswer.Of(TdxStatusCode.EptWalkFailed, TdxOperand.Rcx, AnswerRegisters.Entry), CheckClass.Integrity),
    ];

    /// <summary>The entry's state allows the function.</summary>
    public static Check<HostCall, TdxAnswer> State(string function, CheckClass checkClass = CheckClass.Security) =>
        new($"{function}/state", "tdx-module, Secure EPT state tables", "an entry made what it cannot become", IsStateWrong,
            TdxAnswer.Of(TdxStatusCode.EptEntryStateIncorrect, TdxOperand.Rcx, AnswerRegisters.Entry), checkClass);

    /// <summary>While the TD may run: blocked, and no vCPU left that could use it.</summary>
    public static Check<HostCall, TdxAnswer>[] Tracked(string function, AnswerRegisters registers = AnswerRegisters.Entry) =>
    [
        new($"{function}/blocked", Tracking, "a page taken away while walks still find it", IsNotBlocked, TdxAnswer.Of(TdxStatusCode.GpaRangeNotBlocked, TdxOperand.Rcx, registers), CheckClass.Security),
        new($"{function}/tracked", Tracking, "a page taken away while a vCPU can still use it", IsNotTracked, TdxAnswer.Of(TdxStatusCode.TlbTrackingNotDone, TdxOperand.Rcx), CheckClass.Security),
    ];

    internal static bool IsNotTracked(ref HostCall call) =>
        call.Td is { } td && call.HasEntryPage && call.RequiresTracking && !td.IsTracked(call.State.Pamt[call.EntrySize, call.EntryFrame].Bepoch);

    private static bool IsMisformed(ref HostCall call) =>
        !call.PageInfo.IsWellFormed(call.Function.LowestLevel, call.Function.HighestLevel ?? call.Td?.Sept?.RootLevel ?? SeptLevel.Pml5);

    private static bool IsNotPrivate(ref HostCall call) => call.Td is { } td && !GuestAddresses.IsPrivate(td, call.PageInfo.Gpa.Value, call.State.Platform);

    private static bool IsTreeBusy(ref HostCall call) =>
        call.Td is { } td && call.State.Locks.IsBusy(HeldLock.SeptTree(td.Tdr), call.Function.TreeExclusive);

    private static bool IsNotReached(ref HostCall call)
    {
        if (call.Td?.Sept is not { } tree)
        {
            return true;
        }

        call.Place = tree.Walk(call.PageInfo.Gpa.Frame, call.PageInfo.Level);
        call.Entry = call.Place.Entry;
        return call.Place.Level != call.PageInfo.Level;
    }

    private static bool IsEntryBusy(ref HostCall call)
    {
        if (!call.Place.Exists || call.Entry.IsLocked)
        {
            return call.Place.Exists;
        }

        // Who takes the lock for the host ends its waiting for it.
        call.HoldsEntry = true;
        call.Entry = call.Entry.WithHostPriority(false);
        return false;
    }

    private static bool IsEntryPageBusy(ref HostCall call) =>
        call.State.Locks.Any && call.HasEntryPage && call.State.Locks.IsBusy(HeldLock.Pamt(call.EntrySize, call.EntryFrame), exclusive: true);

    private static bool IsStateWrong(ref HostCall call) => call.Place.Exists && !SeptTransitions.Allows(call.Function.Function, call.Entry.State);

    private static bool IsNotBlocked(ref HostCall call) => call.Place.Exists && call.RequiresTracking && !call.Entry.State.IsBlocked();
}
