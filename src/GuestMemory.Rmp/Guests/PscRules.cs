namespace GuestMemory.Rmp;

/// <summary>What KVM refuses in a page state change, in its order. The answers are EXITINFO2. Sources: ghcb, 4.1.6; linux-kvm-sev.</summary>
public static class PscRules
{
    /// <summary>Checks of the header, made again before each run.</summary>
    public static RuleTable<PscCall, ulong> Header { get; } = new(
        new("PSC/exit", "linux-kvm-sev, page state change", "a conversion nobody is asked about", IsExitOff, PscResult.Failed, CheckClass.Integrity),
        new("PSC/short", "linux-kvm-sev, page state change", "a header read from beyond the guest's buffer", IsShort, PscResult.BadHeader, CheckClass.Integrity),
        new("PSC/limit", "ghcb, 4.1.6", "more entries than the protocol has", IsBeyondProtocol, PscResult.BadHeader),
        new("PSC/buffer-size", "linux-kvm-sev, db3f219", "entries read from, and written to, beyond the guest's buffer", IsBeyondBuffer, PscResult.BadHeader, CheckClass.Integrity));

    /// <summary>Checks of an entry, made when it may begin a run.</summary>
    public static RuleTable<PscCall, ulong> Entry { get; } = new(
        new("PSC/current-page", "ghcb, 4.1.6", "more pages done than the entry has", IsBeyondEntry, PscResult.BadEntry, CheckClass.Integrity),
        new("PSC/align", "ghcb, 4.1.6", "2M from mid-block", IsMisaligned, PscResult.BadEntry));

    private static bool IsExitOff(ref PscCall call) => !call.CanExit;

    private static bool IsShort(ref PscCall call) => call.Buffer.Length < PscBuffer.HeaderBytes;

    private static bool IsBeyondProtocol(ref PscCall call) => call.Buffer.EndEntry >= PscBuffer.MostEntries;

    private static bool IsBeyondBuffer(ref PscCall call) => call.Buffer.EndEntry >= call.Buffer.Capacity;

    private static bool IsBeyondEntry(ref PscCall call) => call.Entry.CurrentPage > call.Entry.Pages;

    private static bool IsMisaligned(ref PscCall call) => call.Entry.IsLarge && !call.Entry.Gfn.IsAligned(PageSize.Size2M);
}
