namespace GuestMemory.Rmp;

/// <summary>What KVM refuses of the launch's commands before it does anything, in its order. Source: linux-kvm-sev, SNP launch.</summary>
public static class SnpCommandChecks
{
    private const string Source = "linux-kvm-sev, SNP launch";
    private const ulong PolicyMustBeOne = 1UL << 17;

    // All defined bits but the one for a single socket, which KVM does not take.
    private const ulong PolicyMask = 0xff_ffff & ~(1UL << 20);

    /// <summary>Any command.</summary>
    public static RuleTable<SnpCommandCall, Errno> Any { get; } = new(
        new("KVM_MEMORY_ENCRYPT_OP/not-snp", Source, "SEV's commands on an SNP guest", IsNotSnp, Errno.EPERM, CheckClass.Integrity),
        new("KVM_MEMORY_ENCRYPT_OP/unknown", Source, "a command nobody knows, or before KVM_SEV_INIT2", IsUnknown, Errno.ENOTTY),
        new("KVM_MEMORY_ENCRYPT_OP/arguments", Source, "reading beyond the argument", IsShort, Errno.EFAULT));

    /// <summary>KVM_SEV_INIT2.</summary>
    public static RuleTable<SnpCommandCall, Errno> Init2 { get; } = new(
        new("KVM_SEV_INIT2/flags", Source, "flags nobody defined", HasInitFlags, Errno.EINVAL),
        new("KVM_SEV_INIT2/out-of-asids", Source, "two guests under one key", IsWithoutAsid, Errno.EBUSY, CheckClass.Integrity));

    /// <summary>KVM_SEV_SNP_LAUNCH_START.</summary>
    public static RuleTable<SnpCommandCall, Errno> LaunchStart { get; } = new(
        new("KVM_SEV_SNP_LAUNCH_START/order", Source, "two contexts for one guest", IsStarted, Errno.EINVAL, CheckClass.Integrity),
        new("KVM_SEV_SNP_LAUNCH_START/flags", Source, "flags nobody defined", HasStartFlags, Errno.EINVAL),
        new("KVM_SEV_SNP_LAUNCH_START/policy", Source, "a policy KVM cannot keep", IsPolicyWrong, Errno.EINVAL));

    /// <summary>KVM_SEV_SNP_LAUNCH_UPDATE.</summary>
    public static RuleTable<SnpCommandCall, Errno> LaunchUpdate { get; } = new(
        new("KVM_SEV_SNP_LAUNCH_UPDATE/order", Source, "launch data outside a launch", IsNotLaunching, Errno.EINVAL, CheckClass.Integrity),
        new("KVM_SEV_SNP_LAUNCH_UPDATE/length", Source, "a part of a page", IsLengthOdd, Errno.EINVAL),
        new("KVM_SEV_SNP_LAUNCH_UPDATE/flags", Source, "flags nobody defined", HasUpdateFlags, Errno.EINVAL),
        new("KVM_SEV_SNP_LAUNCH_UPDATE/type", Source, "a save area made by the VMM", IsTypeRefused, Errno.EINVAL, CheckClass.Integrity),
        new("KVM_SEV_SNP_LAUNCH_UPDATE/source", Source, "a source that lies on two pages", IsSourceUnaligned, Errno.EINVAL));

    /// <summary>KVM_SEV_SNP_LAUNCH_FINISH.</summary>
    public static RuleTable<SnpCommandCall, Errno> LaunchFinish { get; } = new(
        new Check<SnpCommandCall, Errno>("KVM_SEV_SNP_LAUNCH_FINISH/order", Source, "finishing what is not started, or twice", IsNotLaunching, Errno.EINVAL, CheckClass.Integrity));

    internal static RuleTable<SnpCommandCall, Errno> For(SnpCommand command) => command switch
    {
        SnpCommand.Init2 => Init2,
        SnpCommand.LaunchStart => LaunchStart,
        SnpCommand.LaunchUpdate => LaunchUpdate,
        _ => LaunchFinish,
    };

    private static bool IsNotSnp(ref SnpCommandCall call) => call.Guest is not null && call.Command < (uint)SnpCommand.LaunchStart;

    private static bool IsUnknown(ref SnpCommandCall call) =>
        !Enum.IsDefined((SnpCommand)call.Command) || (call.Guest is null && (SnpCommand)call.Command != SnpCommand.Init2);

    private static bool IsShort(ref SnpCommandCall call) => call.Data.Length < SnpCommandCall.ArgumentBytes;

    private static bool HasInitFlags(ref SnpCommandCall call) => call.HasInitFlags;

    private static bool IsWithoutAsid(ref SnpCommandCall call) => !call.HasFreeAsid;

    private static bool IsStarted(ref SnpCommandCall call) => call.Guest?.Context is not null;

    private static bool HasStartFlags(ref SnpCommandCall call) => call.HasStartFlags;

    private static bool IsPolicyWrong(ref SnpCommandCall call) => (call.Policy & ~PolicyMask) != 0 || (call.Policy & PolicyMustBeOne) == 0;

    private static bool IsNotLaunching(ref SnpCommandCall call) => !call.IsLaunching;

    private static bool IsLengthOdd(ref SnpCommandCall call) => call.Length == 0 || (call.Length & 0xfff) != 0;

    private static bool HasUpdateFlags(ref SnpCommandCall call) => call.HasUpdateFlags;

    private static bool IsTypeRefused(ref SnpCommandCall call) => !Enum.IsDefined(call.PageType) || call.PageType == LaunchPageType.Vmsa;

    private static bool IsSourceUnaligned(ref SnpCommandCall call) => call.PageType != LaunchPageType.Zero && (call.Source & 0xfff) != 0;
}
