namespace GuestMemory.Kvm;

/// <summary>Everything the checks of KVM_CREATE_GUEST_MEMFD read.</summary>
internal ref struct GuestMemfdCall
{
    /// <summary>Bytes asked for.</summary>
    public ulong Size;

    /// <summary>Flags asked for.</summary>
    public ulong Flags;

    /// <summary>Flags the kernel and the VM's kind know.</summary>
    public ulong KnownFlags;
}
