namespace GuestMemory.Rmp;

/// <summary>SNP_SHUTDOWN_EX's operands.</summary>
/// <param name="Iommu">Ends the IOMMUs' checks; the table must be built anew.</param>
/// <param name="X86">Switches SNP off in the processors; only with the IOMMUs' part.</param>
/// <param name="HasReservedBits">Whether a bit that must be zero is not.</param>
public readonly record struct ShutdownOperands(
    bool Iommu, bool X86, bool HasReservedBits = false) : IFirmwareOperands
{
    /// <inheritdoc/>
    public Spa Context => default;

    /// <inheritdoc/>
    public PfnRange Frames => default;

    /// <summary>The operands in words.</summary>
    public override string ToString() => $"{(Iommu ? "iommu " : "")}{(X86 ? "x86" : "")}";
}
