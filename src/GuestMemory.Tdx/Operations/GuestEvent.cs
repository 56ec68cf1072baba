namespace GuestMemory.Tdx;

/// <summary>What a guest's call or access ended in.</summary>
public enum GuestEvent : byte
{
    /// <summary>A call answered with a status.</summary>
    Status,

    /// <summary>An access went through.</summary>
    Ok,

    /// <summary>The vCPU left to the host with an EPT violation.</summary>
    TdExit,

    /// <summary>The guest got a #VE.</summary>
    VirtualizationException,

    /// <summary>The vCPU is not inside its TD: nothing happened.</summary>
    NotRunning,

    /// <summary>Broken memory was read: #MC, and the TD is fatal.</summary>
    MachineCheck,

    /// <summary>The address has bits the guest's page tables keep reserved: #PF.</summary>
    PageFault,
}
