namespace GuestMemory.Kvm;

/// <summary>The way guest accesses take on a host.</summary>
public enum GuestAccessPath : byte
{
    /// <summary>Through the nested translations; only what they cannot do is emulated.</summary>
    Translations,

    /// <summary>All emulated, through userspace_addr, as the PVM backend does with guests that are not its own.</summary>
    UserspaceAddress,
}
