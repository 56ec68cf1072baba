namespace GuestMemory.Kvm;

/// <summary>Rules of the two VM types without hardware.</summary>
internal static class TechnologyRules
{
    /// <summary>A VM without vendor commands knows none.</summary>
    public static ErrnoRule NoCommands { get; } = new(
        "KVM_MEMORY_ENCRYPT_OP/none", "kvm-api, KVM_MEMORY_ENCRYPT_OP", "vendor commands of a VM that has none", Errno.ENOTTY);
}
