namespace GuestMemory.Rmp;

/// <summary>SNP_GUEST_REQUEST's operands.</summary>
/// <param name="Context">The guest's context page.</param>
/// <param name="Request">The guest's message.</param>
/// <param name="Response">Where the answer goes.</param>
/// <param name="HasReservedBits">Whether a bit that must be zero is not.</param>
public readonly record struct GuestRequestOperands(
    Spa Context, Spa Request, Spa Response, bool HasReservedBits = false) : IFirmwareOperands
{
    /// <inheritdoc/>
    public PfnRange Frames => FirmwareAddress.FramesAt(Response);

    /// <summary>The operands in words.</summary>
    public override string ToString() => $"context {Context}, request {Request}, response {Response}";
}
