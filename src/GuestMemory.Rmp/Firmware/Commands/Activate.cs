using Call = GuestMemory.Rmp.FirmwareCall<GuestMemory.Rmp.ActivateOperands>;

namespace GuestMemory.Rmp;

/// <summary>SNP_ACTIVATE: a guest gets an ASID, and its key goes into the memory controller. Source: snp-abi, 8.10.</summary>
public static class Activate
{
    private const string Command = "SNP_ACTIVATE";
    private const string Source = "snp-abi, 8.10";

    /// <summary>The checks, in order.</summary>
    public static RuleTable<Call, SevStatus> Checks { get; } = new(
    [
        .. FirmwareChecks<ActivateOperands>.WithStartedGuest(Command, Source),
        new($"{Command}/asid", Source, "an ASID of another kind of guest", IsAsidOutside, SevStatus.InvalidAsid, CheckClass.Integrity),
        new($"{Command}/owned", Source, "two guests under one ASID", IsAsidTaken, SevStatus.AsidOwned, CheckClass.Security),
        new($"{Command}/active", Source, "one guest under two ASIDs", IsActive, SevStatus.Active, CheckClass.Integrity),
        new($"{Command}/flush", Source, "lines of the last guest's left in caches", IsFlushOwed, SevStatus.DfFlushRequired, CheckClass.Integrity),
        new($"{Command}/pages", Source, "pages handed from one guest to another by the ASID", HasPages, SevStatus.InvalidConfig, CheckClass.Security),
        new($"{Command}/sockets", Source, "a platform that the guest's owner refuses", HasTooManySockets, SevStatus.PolicyFailure, CheckClass.Integrity),
    ]);

    private const ulong SingleSocketBit = 1UL << 20;

    internal static void Commit(in Call call)
    {
        call.SetGuest(call.Guest with { Asid = call.Operands.Asid });
        call.Platform.Keys.Install(call.Operands.Asid, call.Guest.KeyNumber);
    }

    private static bool IsAsidOutside(ref Call call) =>
        !call.Operands.Asid.IsGuest || call.Operands.Asid.Value > call.Platform.Switches.LargestSnpAsid;

    private static bool IsAsidTaken(ref Call call) => call.Firmware.IsTaken(call.Operands.Asid, call.Operands.Context.Frame);

    private static bool IsActive(ref Call call) => call.Guest.IsActive;

    private static bool IsFlushOwed(ref Call call) => call.Firmware.OwesFlush(call.Operands.Asid);

    private static bool HasPages(ref Call call) => call.Platform.Table.PagesOf(call.Operands.Asid) != 0;

    private static bool HasTooManySockets(ref Call call) =>
        (call.Guest.Policy & SingleSocketBit) != 0 && call.Platform.Switches.Sockets > 1;
}
