using Call = GuestMemory.Rmp.FirmwareCall<GuestMemory.Rmp.LaunchFinishOperands>;

namespace GuestMemory.Rmp;

/// <summary>SNP_LAUNCH_FINISH: the measurement is closed and the guest may run. Source: snp-abi, 8.18.</summary>
public static class LaunchFinish
{
    private const string Command = "SNP_LAUNCH_FINISH";
    private const string Source = "snp-abi, 8.18";

    /// <summary>The checks, in order.</summary>
    public static RuleTable<Call, SevStatus> Checks { get; } = new(
    [
        .. FirmwareChecks<LaunchFinishOperands>.WithContext(Command, Source),
        new($"{Command}/guest-state", Source, "a launch closed twice, or closed for a migration agent", IsNotInLaunch, SevStatus.InvalidGuestState, CheckClass.Integrity),
        FirmwareChecks<LaunchFinishOperands>.Active(Command, Source),
        new($"{Command}/id-address", Source, "an ID block that is not in memory", IsAddressBad, SevStatus.InvalidAddress),
        new($"{Command}/digest", Source, "a guest its owner does not know", IsDigestOther, SevStatus.BadMeasurement, CheckClass.Integrity),
        new($"{Command}/policy", Source, "a policy its owner did not choose", IsPolicyOther, SevStatus.PolicyFailure, CheckClass.Integrity),
        new($"{Command}/signature", Source, "an ID block that is not the owner's", IsUnsigned, SevStatus.BadSignature, CheckClass.Integrity),
    ]);

    internal static void Commit(in Call call) => call.SetGuest(call.Guest with { State = SnpGuestState.Running });

    private static bool IsNotInLaunch(ref Call call) => call.Guest.State != SnpGuestState.Launch || call.Guest.IsMigrationImage;

    private static bool IsAddressBad(ref Call call) => call.Operands.IdBlock is { } block && call.IsBadByte(block.Address);

    private static bool IsDigestOther(ref Call call) => call.Operands.IdBlock is { } block && block.Digest != call.Guest.Digest;

    private static bool IsPolicyOther(ref Call call) => call.Operands.IdBlock is { } block && block.Policy != call.Guest.Policy;

    private static bool IsUnsigned(ref Call call) => call.Operands.IdBlock is { IsSigned: false };
}
