namespace GuestMemory.Kvm;

/// <summary>Everything the checks of KVM_PRE_FAULT_MEMORY read.</summary>
internal ref struct PreFaultCall
{
    /// <summary>First byte.</summary>
    public ulong Address;

    /// <summary>Bytes.</summary>
    public ulong Size;

    /// <summary>Flags; none is defined.</summary>
    public ulong Flags;

    /// <summary>The kernel's ways.</summary>
    public KernelProfile Profile;

    /// <summary>The host.</summary>
    public HostConfiguration Host;
}
