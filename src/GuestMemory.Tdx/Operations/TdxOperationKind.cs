namespace GuestMemory.Tdx;

/// <summary>Who did something.</summary>
public enum TdxOperationKind : byte
{
    /// <summary>The host called the module (SEAMCALL).</summary>
    HostCall,

    /// <summary>A guest called the module (TDCALL).</summary>
    GuestCall,

    /// <summary>A vCPU left its TD.</summary>
    VcpuExit,

    /// <summary>A guest read or wrote.</summary>
    GuestAccess,

    /// <summary>The host, or a device, read or wrote.</summary>
    HostAccess,
}
