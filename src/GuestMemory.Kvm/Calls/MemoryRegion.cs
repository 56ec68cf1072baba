namespace GuestMemory.Kvm;

/// <summary>The argument of KVM_SET_USER_MEMORY_REGION and KVM_SET_USER_MEMORY_REGION2, raw as the VMM gave it.</summary>
/// <param name="Slot">Bits 15:0 the slot's id, 31:16 the address space.</param>
/// <param name="Flags">KVM_MEM_* flags.</param>
/// <param name="GuestPhysicalAddress">First byte in guest memory.</param>
/// <param name="MemorySize">Bytes; 0 deletes.</param>
/// <param name="UserspaceAddress">First byte of the shared side.</param>
/// <param name="GuestMemfdOffset">First byte in the guest_memfd.</param>
/// <param name="GuestMemfd">Descriptor of the guest_memfd; looked at only with its flag.</param>
public readonly record struct MemoryRegion(
    uint Slot, ulong Flags, ulong GuestPhysicalAddress, ulong MemorySize, ulong UserspaceAddress, ulong GuestMemfdOffset = 0, int GuestMemfd = -1)
{
    /// <summary>KVM_MEM_LOG_DIRTY_PAGES.</summary>
    public const ulong LogDirtyPages = 1;

    /// <summary>KVM_MEM_READONLY.</summary>
    public const ulong ReadOnly = 2;

    /// <summary>KVM_MEM_GUEST_MEMFD.</summary>
    public const ulong HasGuestMemfd = 4;

    /// <summary>The region in words.</summary>
    public override string ToString() => $"slot 0x{Slot:x} flags {Flags} gpa 0x{GuestPhysicalAddress:x} size 0x{MemorySize:x}";
}
