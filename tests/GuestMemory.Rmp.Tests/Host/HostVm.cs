namespace GuestMemory.Rmp.Tests.Host;

/// <summary>A VMM's side of one VM of a sequence.</summary>
internal sealed class HostVm
{
    public ulong Type { get; init; }

    public ulong Memory { get; init; }

    public int Vm { get; set; } = -1;

    public int Vcpu { get; set; } = -1;

    public int File { get; set; } = -1;

    public bool HasSlot { get; set; }

    /// <summary>The page state change the VMM was asked about and has not answered.</summary>
    public VcpuExit? Asked { get; set; }
}
