namespace GuestMemory.Rmp;

/// <summary>Operands of the commands that name a page and nothing else: SNP_PAGE_RECLAIM and SNP_PAGE_UNSMASH.</summary>
/// <param name="Page">The page.</param>
/// <param name="IsLarge">2M instead of 4K; SNP_PAGE_UNSMASH always makes 2M.</param>
/// <param name="HasReservedBits">Whether a bit that must be zero is not.</param>
public readonly record struct PageOperands(
    Spa Page, bool IsLarge = false, bool HasReservedBits = false) : IFirmwareOperands
{
    /// <inheritdoc/>
    public Spa Context => default;

    /// <inheritdoc/>
    public PfnRange Frames => FirmwareAddress.FramesAt(Page, IsLarge);

    /// <summary>The operands in words.</summary>
    public override string ToString() => $"{Page}, {(IsLarge ? "2M" : "4K")}";
}
