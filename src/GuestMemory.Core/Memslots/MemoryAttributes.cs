namespace GuestMemory;

/// <summary>Attributes of a guest frame, with the numbers of KVM_SET_MEMORY_ATTRIBUTES.</summary>
[Flags]
public enum MemoryAttributes : ulong
{
    /// <summary>Shared; every frame at the start.</summary>
    None = 0,

    /// <summary>KVM_MEMORY_ATTRIBUTE_PRIVATE.</summary>
    Private = 8,
}
