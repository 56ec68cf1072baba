namespace GuestMemory.Tdx;

/// <summary>The rules every entry of an export's GPA list begins with, to the Secure EPT entry's state. Source: tdx-module, tdh_export_blockw.c.</summary>
internal static class GpaEntryChecks
{
    private const string Source = "tdx-module, check_and_get_gpa_from_entry";
    private const string Walk = "tdx-module, walk_private_gpa";

    /// <summary>For a function that skips CANCEL as it does NOP.</summary>
    public static Check<GpaEntryCall, GpaEntryAnswer>[] WithoutCancel(string function) => Of(function, IsNopOrCancel);

    /// <summary>For a function that knows CANCEL.</summary>
    public static Check<GpaEntryCall, GpaEntryAnswer>[] WithCancel(string function) => Of(function, IsNop);

    internal static bool IsMisformed(ref GpaEntryCall call) => !call.Entry.IsWellFormed;

    internal static bool IsNop(ref GpaEntryCall call) => call.Entry.Operation == GpaListOperation.Nop;

    internal static bool IsNotPrivate(ref GpaEntryCall call) => !GuestAddresses.IsPrivate(call.Td, call.Entry.Gpa.Value, call.State.Platform);

    internal static bool IsNotReached(ref GpaEntryCall call)
    {
        call.Place = call.Td.Sept!.Walk(call.Entry.Gpa.Frame, SeptLevel.Pt);
        call.Sept = call.Place.Entry;
        return call.Place.Level != SeptLevel.Pt;
    }

    internal static bool IsEntryBusy(ref GpaEntryCall call)
    {
        call.IsBusy = call.Sept.IsLocked;
        if (call.IsBusy)
        {
            return true;
        }

        call.HoldsEntry = true;
        call.Sept = call.Sept.WithHostPriority(false);
        return false;
    }

    internal static bool IsStateWrong(ref GpaEntryCall call) => !SeptTransitions.Allows(call.Function.Function, call.Sept.State);

    private static Check<GpaEntryCall, GpaEntryAnswer>[] Of(string function, Refuses<GpaEntryCall> isSkipped) =>
    [
        new(function + "/entry-form", Source, "an entry with reserved bits, or of a large page", IsMisformed, Invalid),
        new(function + "/entry-skipped", Source, "work that was not asked for", isSkipped, new(GpaEntryStatus.Skipped, GpaListEffect.Skip, default)),
        new(function + "/entry-private", Source, "shared memory in the private tree", IsNotPrivate, Invalid, CheckClass.Integrity),
        new(function + "/entry-walk", Walk, "work on an entry that is not there", IsNotReached, GpaEntryAnswer.Of(GpaEntryStatus.WalkFailed), CheckClass.Integrity),
        new(function + "/entry-busy", Walk, "two processors changing one entry", IsEntryBusy, GpaEntryAnswer.Of(GpaEntryStatus.EntryBusy), CheckClass.Integrity),
        new(function + "/entry-state", "tdx-module, Secure EPT state tables", "an entry made what it cannot become", IsStateWrong,
            GpaEntryAnswer.Of(GpaEntryStatus.EntryStateIncorrect), CheckClass.Security),
    ];

    private static GpaEntryAnswer Invalid => GpaEntryAnswer.Of(GpaEntryStatus.EntryInvalid, GpaListEffect.Fail, TdxStatusCode.OperandInvalid);

    private static bool IsNopOrCancel(ref GpaEntryCall call) => call.Entry.Operation is GpaListOperation.Nop or GpaListOperation.Cancel;
}
