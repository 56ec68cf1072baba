namespace GuestMemory.Rmp;

/// <summary>KVM's own commands for an SNP guest (KVM_MEMORY_ENCRYPT_OP). Source: kvm-api, amd-memory-encryption.</summary>
public enum SnpCommand : uint
{
    /// <summary>KVM_SEV_INIT2: 64 bytes, zero but for VMSA features; gives the VM an ASID.</summary>
    Init2 = 22,

    /// <summary>KVM_SEV_SNP_LAUNCH_START: 64 bytes; byte 0 policy (8 bytes), byte 24 flags (2 bytes).</summary>
    LaunchStart = 100,

    /// <summary>KVM_SEV_SNP_LAUNCH_UPDATE: 64 bytes; byte 0 first guest frame, 8 source address, 16 length, 24 type (1 byte), 26 flags (2 bytes). The first three move past what was done.</summary>
    LaunchUpdate = 101,

    /// <summary>KVM_SEV_SNP_LAUNCH_FINISH: 88 bytes, zero where no ID block is given.</summary>
    LaunchFinish = 102,
}
