namespace GuestMemory.Kvm;

/// <summary>The calls of the search.</summary>
internal enum CallOperation : byte
{
    /// <summary>KVM_SET_MEMORY_ATTRIBUTES: the page gets its other kind.</summary>
    Convert,

    /// <summary>fallocate(2) with a hole over a private page.</summary>
    Punch,

    /// <summary>fallocate(2) of a private page.</summary>
    Allocate,

    /// <summary>A vCPU loads.</summary>
    GuestLoad,

    /// <summary>A vCPU stores.</summary>
    GuestStore,

    /// <summary>The VMM loads from the shared side.</summary>
    HostLoad,

    /// <summary>The VMM stores to the shared side.</summary>
    HostStore,

    /// <summary>madvise(2), MADV_DONTNEED, of a shared page.</summary>
    Discard,
}
