namespace GuestMemory.Tdx;

/// <summary>What an access of the host ended in.</summary>
public enum HostAccessEvent : byte
{
    /// <summary>It went through, perhaps not to what it was meant for.</summary>
    Ok,

    /// <summary>Broken memory was read: #MC in the host.</summary>
    MachineCheck,
}
