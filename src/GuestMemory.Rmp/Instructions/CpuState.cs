namespace GuestMemory.Rmp;

/// <summary>The processor an instruction runs on, as far as the instruction asks.</summary>
/// <param name="Asid">Whose code runs; 0 is the hypervisor's.</param>
/// <param name="SnpActive">The guest runs with SEV-SNP.</param>
/// <param name="Cpl">Privilege level of the code, 0 to 3.</param>
/// <param name="Vmpl">Privilege level of the guest's vCPU.</param>
/// <param name="LongMode">64-bit mode.</param>
public readonly record struct CpuState(Asid Asid, bool SnpActive, int Cpl = 0, Vmpl Vmpl = default, bool LongMode = true)
{
    /// <summary>The hypervisor's kernel.</summary>
    public static CpuState Host => new(Asid.Hypervisor, SnpActive: false);

    /// <summary>The kernel of an SNP guest.</summary>
    /// <param name="asid">The guest.</param>
    /// <param name="vmpl">Its level.</param>
    public static CpuState Guest(Asid asid, Vmpl vmpl = default) => new(asid, SnpActive: true, 0, vmpl);

    /// <summary>The processor in words.</summary>
    public override string ToString() => Asid.IsGuest ? $"{Asid}, {Vmpl}, CPL {Cpl}" : $"host, CPL {Cpl}";
}
