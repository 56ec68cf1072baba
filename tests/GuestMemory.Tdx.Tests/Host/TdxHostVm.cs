namespace GuestMemory.Tdx.Tests.Host;

/// <summary>A VMM's side of one VM of a sequence.</summary>
internal sealed class TdxHostVm
{
    public int Number { get; init; }

    public ulong Type { get; init; }

    public ulong Memory { get; init; }

    public int Vm { get; set; } = -1;

    public int Vcpu { get; set; } = -1;

    public int File { get; set; } = -1;

    public bool HasSlot { get; set; }

    public bool IsTdx => Type == 5;

    /// <summary>The conversion the VMM was asked for and has not answered.</summary>
    public VcpuExit? Asked { get; set; }
}
