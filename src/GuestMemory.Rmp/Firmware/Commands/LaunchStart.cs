using Call = GuestMemory.Rmp.FirmwareCall<GuestMemory.Rmp.LaunchStartOperands>;

namespace GuestMemory.Rmp;

/// <summary>SNP_LAUNCH_START: a guest's launch begins under a policy. Source: snp-abi, 8.16.</summary>
public static class LaunchStart
{
    private const string Command = "SNP_LAUNCH_START";
    private const string Source = "snp-abi, 8.16";

    /// <summary>The checks, in order.</summary>
    public static RuleTable<Call, SevStatus> Checks { get; } = new(
    [
        .. FirmwareChecks<LaunchStartOperands>.WithContext(Command, Source),
        new($"{Command}/guest-state", Source, "a second launch over a first", IsStarted, SevStatus.InvalidGuestState, CheckClass.Integrity),
        new($"{Command}/policy", Source, "a platform that the guest's owner refuses", IsPolicyUnmet, SevStatus.PolicyFailure, CheckClass.Integrity),
    ]);

    // The firmware whose manual this follows: 1.57.
    private const ulong FirmwareVersion = (1 << 8) | 57;
    private const ulong CiphertextHidingBit = 1UL << 24;

    internal static void Commit(in Call call) => call.SetGuest(call.Guest with
    {
        State = SnpGuestState.Launch,
        Policy = call.Operands.Policy,
        IsMigrationImage = call.Operands.IsMigrationImage,
    });

    private static bool IsStarted(ref Call call) => call.Guest.State != SnpGuestState.Init;

    private static bool IsPolicyUnmet(ref Call call) => (call.Operands.Policy & 0xffff) > FirmwareVersion
        || ((call.Operands.Policy & CiphertextHidingBit) != 0 && !call.Platform.Switches.HidesCiphertext);
}
