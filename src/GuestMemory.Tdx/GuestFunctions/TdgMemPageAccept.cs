namespace GuestMemory.Tdx;

/// <summary>TDG.MEM.PAGE.ACCEPT: the guest takes a page the host gave it, zeroed. Source: tdx-module, tdg_mem_page_accept.c.</summary>
/// <remarks>It takes no lock of the tree. A page of 2M is zeroed 4 KiB by 4 KiB, and an interrupt may come between two.</remarks>
internal static class TdgMemPageAccept
{
    private const string Name = "TDG.MEM.PAGE.ACCEPT";
    private const string Source = "tdx-module, tdg_mem_page_accept.c, check_tdaccept_failure";
    private const int Chunks = 512;

    private static readonly Rule s_interrupted =
        new(Name + "/interrupted", "tdx-module, tdg_mem_page_accept.c", "a guest that keeps its processor from the host while it zeroes 2 MiB");

    /// <summary>The function. RCX guest address and level.</summary>
    public static GuestFunction Function { get; } = new(TdxFunction.GuestPageAccept, Name, Commit,
    [
        GuestChecks.Form(Name),
        GuestChecks.Private(Name),
        new(Name + "/larger-accepted", Source, "a page accepted twice", IsInLargerAccepted, GuestAnswer.OfLevel(TdxStatusCode.PageAlreadyAccepted), CheckClass.Integrity),
        new(Name + "/walk", Source, "a part accepted for the whole", GuestChecks.IsNotReached, GuestAnswer.Leave(GuestExit.Accept), CheckClass.Security),
        .. GuestChecks.Locked(Name),
        GuestChecks.Size(Name, Source),
        new(Name + "/accepted", Source, "a page in use zeroed", IsAccepted, GuestAnswer.OfLevel(TdxStatusCode.PageAlreadyAccepted), CheckClass.Integrity),
        new(Name + "/state", Source, "a page accepted while the host blocks it", GuestChecks.IsStateWrong, GuestAnswer.Leave(GuestExit.Accept), CheckClass.Integrity),
    ])
    {
        LateRules = [s_interrupted],
    };

    private static void Commit(ref GuestCall call)
    {
        if (!call.Place.Exists || !call.Entry.IsLeaf)
        {
            return;
        }

        var isLarge = call.WantedLevel != SeptLevel.Pt;
        var first = isLarge ? call.Entry.AcceptCounter : 0;
        var end = isLarge ? LastChunk(call.State, first) : 1;
        var page = call.Entry.Page(call.Place.Level);
        call.State.Memory.ZeroFrames(new(page + (ulong)first, (ulong)(end - first)), call.State.Keys.KeyOf(call.Td.Hkid));
        if (isLarge && end < Chunks)
        {
            call.Place.Page[call.Place.Index] = call.Entry.WithAcceptCounter(end);
            call.Result = new(GuestEvent.Status, Interrupted: true, DecidedBy: s_interrupted);
            return;
        }

        var entry = isLarge ? call.Entry.WithAcceptCounter(0) : call.Entry;
        call.Place.Page[call.Place.Index] = entry.With(AcceptedFrom(entry.State), SeptEntry.ReadWriteExecute);
    }

    // Chunks done when it ends: it looks for an interrupt after each but the last.
    private static int LastChunk(ModuleState state, int first)
    {
        if (state.Rules.IsOff(s_interrupted))
        {
            return Chunks;
        }

        var looks = Chunks - 1 - first;
        var seenNone = state.Interrupts.Poll(looks);
        return seenNone == looks ? Chunks : first + seenNone + 1;
    }

    private static SeptEntryState AcceptedFrom(SeptEntryState state) => state.IsExported() ? SeptEntryState.ExportedDirty : SeptEntryState.Mapped;

    private static bool IsInLargerAccepted(ref GuestCall call)
    {
        call.Walk();
        return call.Place.Exists && call.Place.Level != call.WantedLevel && call.Entry.State.IsGuestAccessible();
    }

    private static bool IsAccepted(ref GuestCall call) => call.Place.Exists && call.Entry.State.IsGuestAccessible();
}
