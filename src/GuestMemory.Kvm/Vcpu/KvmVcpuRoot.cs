namespace GuestMemory.Kvm;

/// <summary>Where a vCPU's table root stands.</summary>
internal enum KvmVcpuRoot : byte
{
    /// <summary>Never loaded.</summary>
    None,

    /// <summary>Loaded and good.</summary>
    Valid,

    /// <summary>Loaded, then made obsolete by a slot removal; running the vCPU loads a new one.</summary>
    Obsolete,
}
