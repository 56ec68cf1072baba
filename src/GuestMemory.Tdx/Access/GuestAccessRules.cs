namespace GuestMemory.Tdx;

/// <summary>The checks a guest's loads and stores go through: the processor's, then the module's when the processor found nothing. Source: tdx-module, td_ept_violation.c.</summary>
public static class GuestAccessRules
{
    private const string Source = "tdx-module, td_ept_violation.c";
    private const string Lines = "tdx-model, memory lines";

    /// <summary>Private addresses.</summary>
    public static RuleTable<GuestAccess, GuestAnswer> Private { get; } = new(
        new("TD.ACCESS/private/width", Source, "an address the guest's tables cannot hold", IsTooWide, new(GuestEvent.PageFault)),
        new("TD.ACCESS/private/pending-ve", Source, "a page the guest did not accept, unnoticed by it", RaisesPendingVe, new(GuestEvent.VirtualizationException), CheckClass.Integrity),
        new("TD.ACCESS/private/pending", Source, "a page the guest did not accept, taken for a missing one", IsPending, GuestAnswer.Leave(GuestExit.Pending), CheckClass.Integrity),
        new("TD.ACCESS/private/present", Source, "use of a page that is not there", IsMissing, GuestAnswer.Leave(GuestExit.Plain), CheckClass.Integrity),
        new("TD.ACCESS/private/rights", Source, "a page not accepted, blocked, or being exported", IsForbidden, GuestAnswer.Leave(GuestExit.Plain), CheckClass.Security),
        new("TD.ACCESS/private/line", Lines, "bytes the TD did not write, taken for its own", IsBrokenForTd, new(GuestEvent.MachineCheck), CheckClass.Security));

    /// <summary>Shared addresses: the host's tables.</summary>
    public static RuleTable<GuestAccess, GuestAnswer> Shared { get; } = new(
        new("TD.ACCESS/shared/width", Source, "an address the guest's tables cannot hold", IsTooWide, new(GuestEvent.PageFault)),
        new("TD.ACCESS/shared/present-ve", "tdx-abi, #VE for shared addresses", "use of a page the host did not give", RaisesSharedVe, new(GuestEvent.VirtualizationException), CheckClass.Integrity),
        new("TD.ACCESS/shared/present", "tdx-abi, EPT violations of shared addresses", "use of a page the host did not give", IsMissing, GuestAnswer.Leave(GuestExit.Plain), CheckClass.Integrity),
        new("TD.ACCESS/shared/line", Lines, "broken bytes taken for whole ones", IsBrokenForHost, new(GuestEvent.MachineCheck), CheckClass.Integrity));

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Rule> All { get; } = [.. Private.Checks, .. Shared.Checks];

    private static bool IsTooWide(ref GuestAccess access) =>
        access.Gpa.Value >> (access.Td.IsWide ? access.State.Platform.AddressBits : 48) != 0;

    private static bool RaisesPendingVe(ref GuestAccess access) => !access.Td.DisablesPendingVe && IsPending(ref access);

    private static bool IsPending(ref GuestAccess access) =>
        !access.IsCached && access.HasFrame && SeptTransitions.Allows(TdxFunction.GuestPageAccept, access.Entry.State);

    private static bool IsMissing(ref GuestAccess access) => !access.HasFrame;

    private static bool IsForbidden(ref GuestAccess access) => access.HasFrame && (access.Rights & access.Needed) == 0;

    private static bool IsBrokenForTd(ref GuestAccess access) =>
        access.HasFrame && access.State.Memory.IsBroken(access.At, access.Length, access.State.Keys.KeyOf(access.Td.Hkid));

    private static bool RaisesSharedVe(ref GuestAccess access) => !access.HasFrame && !access.SuppressesVe;

    private static bool IsBrokenForHost(ref GuestAccess access) =>
        access.HasFrame && !access.IsWrite && access.State.Memory.IsBroken(access.At, access.Length, ContentKey.None);
}
