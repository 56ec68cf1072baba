namespace GuestMemory.Rmp;

/// <summary>SNP_PAGE_MOVE's operands.</summary>
/// <param name="Context">The guest's context page.</param>
/// <param name="Source">The page that moves.</param>
/// <param name="Destination">Where to.</param>
/// <param name="IsLarge">2M instead of 4K.</param>
/// <param name="HasReservedBits">Whether a bit that must be zero is not.</param>
public readonly record struct PageMoveOperands(
    Spa Context, Spa Source, Spa Destination, bool IsLarge, bool HasReservedBits = false) : IFirmwareOperands
{
    /// <inheritdoc/>
    public PfnRange Frames => FirmwareAddress.Around(FirmwareAddress.FramesAt(Source, IsLarge), FirmwareAddress.FramesAt(Destination, IsLarge));

    /// <summary>The operands in words.</summary>
    public override string ToString() => $"context {Context}: {Source} to {Destination}, {(IsLarge ? "2M" : "4K")}";
}
