namespace GuestMemory.Rmp;

/// <summary>Why a command of the launch can fail once its arguments are judged, with what the VMM is told.</summary>
public static class SnpCommandRules
{
    /// <summary>The slot has a guest_memfd.</summary>
    public static SnpCommandRule Slot { get; } = new("KVM_SEV_SNP_LAUNCH_UPDATE/slot", "launch data outside private memory", Errno.EINVAL);

    /// <summary>The source can be read.</summary>
    public static SnpCommandRule Unreadable { get; } = new("KVM_SEV_SNP_LAUNCH_UPDATE/unreadable", "measuring what is not there", Errno.EFAULT);

    /// <summary>The page is nobody's yet.</summary>
    public static SnpCommandRule Assigned { get; } = new("KVM_SEV_SNP_LAUNCH_UPDATE/assigned", "a second filling of a measured page", Errno.EEXIST);

    /// <summary>The table takes the page.</summary>
    public static SnpCommandRule NotAssigned { get; } = new("KVM_SEV_SNP/not-assigned", "launch data in a page the guest does not get", Errno.EINVAL);

    /// <summary>The machine has frames.</summary>
    public static SnpCommandRule NoPage { get; } = new("KVM_SEV_SNP/no-page", "a launch without memory", Errno.ENOMEM);

    /// <summary>The firmware did as asked; its status is the result's value.</summary>
    public static SnpCommandRule Firmware { get; } = new("KVM_SEV_SNP/firmware", "going on when the firmware refused", Errno.EIO);

    /// <summary>A vCPU runs once its launch is finished.</summary>
    public static SnpCommandRule NotLaunched { get; } = new("KVM_RUN/not-launched", "a vCPU without a save area", Errno.EINVAL);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Rule> All { get; } = [Slot, Unreadable, Assigned, NotAssigned, NoPage, Firmware, NotLaunched];
}
