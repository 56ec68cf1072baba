namespace GuestMemory.Rmp;

/// <summary>Operands of SNP_DBG_DECRYPT and SNP_DBG_ENCRYPT; always 4K.</summary>
/// <param name="Context">The guest's context page.</param>
/// <param name="Source">The page read.</param>
/// <param name="Destination">The page written.</param>
/// <param name="HasReservedBits">Whether a bit that must be zero is not.</param>
public readonly record struct DebugOperands(
    Spa Context, Spa Source, Spa Destination, bool HasReservedBits = false) : IFirmwareOperands
{
    /// <inheritdoc/>
    public PfnRange Frames => FirmwareAddress.FramesAt(Destination);

    /// <summary>The operands in words.</summary>
    public override string ToString() => $"context {Context}: {Source} to {Destination}";
}
