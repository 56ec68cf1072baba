namespace GuestMemory.Kvm;

/// <summary>The calls of the kernel's face, as the detail of <see cref="StepKind.CallReturned"/>. Numbers are stable.</summary>
public enum StepCall
{
    /// <summary>KVM_CREATE_VM.</summary>
    CreateVm = 1,

    /// <summary>KVM_CREATE_VCPU.</summary>
    CreateVcpu = 2,

    /// <summary>KVM_CREATE_GUEST_MEMFD.</summary>
    CreateGuestMemfd = 3,

    /// <summary>KVM_SET_USER_MEMORY_REGION, either version.</summary>
    SetUserMemoryRegion = 4,

    /// <summary>KVM_SET_MEMORY_ATTRIBUTES.</summary>
    SetMemoryAttributes = 5,

    /// <summary>fallocate(2).</summary>
    Fallocate = 6,

    /// <summary>close(2).</summary>
    Close = 7,

    /// <summary>mmap(2).</summary>
    Mmap = 8,

    /// <summary>munmap(2).</summary>
    Munmap = 9,

    /// <summary>madvise(2).</summary>
    Madvise = 10,

    /// <summary>KVM_PRE_FAULT_MEMORY.</summary>
    PreFaultMemory = 11,

    /// <summary>KVM_RUN.</summary>
    Run = 12,

    /// <summary>KVM_MEMORY_ENCRYPT_OP.</summary>
    MemoryEncryptOp = 13,

    /// <summary>write(2), where nothing refuses it.</summary>
    Write = 14,
}
