namespace GuestMemory.Rmp;

/// <summary>SNP_PAGE_MD_INIT's operands.</summary>
/// <param name="Context">The guest's context page.</param>
/// <param name="Page">The page.</param>
/// <param name="HasReservedBits">Whether a bit that must be zero is not.</param>
public readonly record struct MetadataInitOperands(
    Spa Context, Spa Page, bool HasReservedBits = false) : IFirmwareOperands
{
    /// <inheritdoc/>
    public PfnRange Frames => FirmwareAddress.FramesAt(Page);

    /// <summary>The operands in words.</summary>
    public override string ToString() => $"context {Context}, {Page}";
}
