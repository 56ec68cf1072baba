namespace GuestMemory.Kvm;

/// <summary>Everything the checks of KVM_SET_MEMORY_ATTRIBUTES read.</summary>
internal ref struct MemoryAttributesCall
{
    /// <summary>First byte.</summary>
    public ulong Address;

    /// <summary>Bytes.</summary>
    public ulong Size;

    /// <summary>Attributes to set.</summary>
    public ulong Attributes;

    /// <summary>Flags; none is defined.</summary>
    public ulong Flags;

    /// <summary>Attributes the VM's kind knows.</summary>
    public ulong KnownAttributes;

    /// <summary>Whether the call is built in.</summary>
    public bool IsBuiltIn;
}
