namespace GuestMemory.Rmp;

/// <summary>Operands of the commands that name a context page and nothing else: SNP_GCTX_CREATE and SNP_DECOMMISSION.</summary>
/// <param name="Context">The guest's context page.</param>
/// <param name="HasReservedBits">Whether a bit that must be zero is not.</param>
public readonly record struct ContextOperands(
    Spa Context, bool HasReservedBits = false) : IFirmwareOperands
{
    /// <inheritdoc/>
    public PfnRange Frames => FirmwareAddress.FramesAt(Context);

    /// <summary>The operands in words.</summary>
    public override string ToString() => $"context {Context}";
}
