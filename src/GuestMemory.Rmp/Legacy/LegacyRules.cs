namespace GuestMemory.Rmp;

/// <summary>The checks of SEV firmware commands, in order. Source: sev-api, chapter 6.</summary>
public static class LegacyRules
{
    /// <summary>ACTIVATE.</summary>
    public static RuleTable<LegacyCall, SevStatus> Activate { get; } = new(
        new("SEV-ACTIVATE/guest", "sev-api, ACTIVATE", "a handle of no guest", HasNoGuest, SevStatus.InvalidGuest, CheckClass.Integrity),
        new("SEV-ACTIVATE/asid", "sev-api, ACTIVATE", "an ASID without a key slot", IsAsidInvalid, SevStatus.InvalidAsid, CheckClass.Integrity),
        new("SEV-ACTIVATE/owned", "sev-api, ACTIVATE", "two guests under one ASID", IsAsidOwned, SevStatus.AsidOwned, CheckClass.Integrity),
        new("SEV-ACTIVATE/active", "sev-api, ACTIVATE", "one guest under two ASIDs", IsActive, SevStatus.Active, CheckClass.Integrity),
        new("SEV-ACTIVATE/df-flush", "sev-api, ACTIVATE", "a former guest's writes under the new one's key", IsUnclean, SevStatus.DfFlushRequired, CheckClass.Integrity));

    /// <summary>DEACTIVATE.</summary>
    public static RuleTable<LegacyCall, SevStatus> Deactivate { get; } = new(
        new Check<LegacyCall, SevStatus>("SEV-DEACTIVATE/guest", "sev-api, DEACTIVATE", "a handle of no guest", HasNoGuest, SevStatus.InvalidGuest, CheckClass.Integrity));

    /// <summary>DECOMMISSION.</summary>
    public static RuleTable<LegacyCall, SevStatus> Decommission { get; } = new(
        new("SEV-DECOMMISSION/guest", "sev-api, DECOMMISSION", "a handle of no guest", HasNoGuest, SevStatus.InvalidGuest, CheckClass.Integrity),
        new("SEV-DECOMMISSION/active", "sev-api, DECOMMISSION", "an ASID whose guest is gone", IsActive, SevStatus.Active, CheckClass.Integrity));

    /// <summary>DF_FLUSH.</summary>
    public static RuleTable<LegacyCall, SevStatus> DfFlush { get; } = new(
        new Check<LegacyCall, SevStatus>("SEV-DF-FLUSH/wbinvd", "sev-api, DF_FLUSH", "lines still in a processor's cache", IsWbinvdOwed, SevStatus.WbinvdRequired, CheckClass.Integrity));

    /// <summary>Steps of a guest's life that need it in one state: SEND_START, RECEIVE_FINISH.</summary>
    public static RuleTable<LegacyCall, SevStatus> Life { get; } = new(
        new("SEV-LIFE/guest", "sev-api, SEND_START", "a handle of no guest", HasNoGuest, SevStatus.InvalidGuest, CheckClass.Integrity),
        new("SEV-LIFE/state", "sev-api, SEND_START", "a step out of order", IsOtherState, SevStatus.InvalidGuestState, CheckClass.Integrity));

    /// <summary>What touches a guest's pages: COPY, SEND_UPDATE, RECEIVE_UPDATE, SWAP_OUT, SWAP_IN.</summary>
    public static RuleTable<LegacyCall, SevStatus> Pages { get; } = new(
        new("SEV-PAGES/guest", "sev-api, COPY", "a handle of no guest", HasNoGuest, SevStatus.InvalidGuest, CheckClass.Integrity),
        new("SEV-PAGES/state", "sev-api, SEND_UPDATE", "a step out of order", IsOtherState, SevStatus.InvalidGuestState, CheckClass.Integrity),
        new("SEV-PAGES/active", "sev-api, COPY", "pages read through no key", IsInactive, SevStatus.Inactive, CheckClass.Integrity),
        new("SEV-PAGES/tag", "sev-api, RECEIVE_UPDATE", "bytes changed on their way", IsTagWrong, SevStatus.BadMeasurement, CheckClass.Integrity));

    private static bool HasNoGuest(ref LegacyCall call) => !call.HasGuest;

    private static bool IsAsidInvalid(ref LegacyCall call) => !call.Asid.IsGuest || call.Asid.Value > call.LargestAsid;

    private static bool IsAsidOwned(ref LegacyCall call) => call.IsAsidOwned;

    private static bool IsActive(ref LegacyCall call) => call.IsActive;

    private static bool IsInactive(ref LegacyCall call) => !call.IsActive;

    private static bool IsUnclean(ref LegacyCall call) => call.IsAsidUnclean;

    private static bool IsWbinvdOwed(ref LegacyCall call) => call.IsWbinvdOwed;

    private static bool IsOtherState(ref LegacyCall call) => call.State != call.WantedState;

    private static bool IsTagWrong(ref LegacyCall call) => call.IsTagWrong;
}
