namespace GuestMemory.Rmp;

/// <summary>Who makes the steps of a scene. The firmware works for the host, one command at a time.</summary>
internal enum SnpActor
{
    /// <summary>The hypervisor.</summary>
    Host,

    /// <summary>Guest A's vCPU.</summary>
    GuestA,

    /// <summary>Guest B's vCPU.</summary>
    GuestB,

    /// <summary>A device.</summary>
    Device,

    /// <summary>The host's thread that runs a vCPU.</summary>
    VcpuThread,
}
