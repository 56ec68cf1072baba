namespace GuestMemory.Rmp;

/// <summary>SNP_ACTIVATE's operands.</summary>
/// <param name="Context">The guest's context page.</param>
/// <param name="Asid">The ASID.</param>
/// <param name="HasReservedBits">Whether a bit that must be zero is not.</param>
public readonly record struct ActivateOperands(
    Spa Context, Asid Asid, bool HasReservedBits = false) : IFirmwareOperands
{
    /// <inheritdoc/>
    public PfnRange Frames => FirmwareAddress.FramesAt(Context);

    /// <summary>The operands in words.</summary>
    public override string ToString() => $"context {Context}, {Asid}";
}
