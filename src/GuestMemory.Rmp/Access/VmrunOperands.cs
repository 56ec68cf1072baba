namespace GuestMemory.Rmp;

/// <summary>The pages VMRUN names.</summary>
/// <param name="Vmcb">The control block.</param>
/// <param name="Asid">The guest.</param>
/// <param name="IsSnpActive">The guest runs with SNP.</param>
/// <param name="Vmsa">The save area of a guest with encrypted state.</param>
/// <param name="AvicBacking">The AVIC backing page, where AVIC is on.</param>
public readonly record struct VmrunOperands(Pfn Vmcb, Asid Asid, bool IsSnpActive, Pfn? Vmsa = null, Pfn? AvicBacking = null)
{
    /// <summary>The operands in words.</summary>
    public override string ToString() => $"VMCB {Vmcb}, {Asid}{(Vmsa is { } vmsa ? $", VMSA {vmsa}" : "")}";
}
