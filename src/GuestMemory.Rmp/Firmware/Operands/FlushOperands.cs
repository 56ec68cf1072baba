namespace GuestMemory.Rmp;

/// <summary>SNP_DF_FLUSH's operands.</summary>
/// <param name="HasReservedBits">Whether a bit that must be zero is not.</param>
public readonly record struct FlushOperands(
    bool HasReservedBits = false) : IFirmwareOperands
{
    /// <inheritdoc/>
    public Spa Context => default;

    /// <inheritdoc/>
    public PfnRange Frames => default;

    /// <summary>The operands in words.</summary>
    public override string ToString() => $"flush";
}
