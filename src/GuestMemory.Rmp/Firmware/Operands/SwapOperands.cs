namespace GuestMemory.Rmp;

/// <summary>Operands of SNP_PAGE_SWAP_OUT and SNP_PAGE_SWAP_IN.</summary>
/// <param name="Context">The guest's context page.</param>
/// <param name="Source">The page read.</param>
/// <param name="Destination">The page written.</param>
/// <param name="Metadata">The 64-byte metadata entry; means nothing with <paramref name="IsRoot"/>.</param>
/// <param name="Type">What the page is.</param>
/// <param name="IsLarge">2M instead of 4K.</param>
/// <param name="IsRoot">Whether the entry is the one in the guest's context.</param>
/// <param name="IsInPlace">SNP_PAGE_SWAP_IN: whether source and destination are one page.</param>
/// <param name="SoftwareData">SNP_PAGE_SWAP_OUT: the hypervisor's own, kept in the entry.</param>
/// <param name="HasReservedBits">Whether a bit that must be zero is not.</param>
public readonly record struct SwapOperands(
    Spa Context, Spa Source, Spa Destination, Spa Metadata, SwapPageType Type, bool IsLarge = false, bool IsRoot = false, bool IsInPlace = false, ulong SoftwareData = 0, bool HasReservedBits = false) : IFirmwareOperands
{
    /// <inheritdoc/>
    public PfnRange Frames => IsRoot ? Pages : FirmwareAddress.Around(Pages, FirmwareAddress.FramesAt(Metadata));

    internal PfnRange SourceFrames => FirmwareAddress.FramesAt(Source, IsLarge);

    internal PfnRange DestinationFrames => FirmwareAddress.FramesAt(Destination, IsLarge);

    private PfnRange Pages => FirmwareAddress.Around(SourceFrames, DestinationFrames);

    /// <summary>The operands in words.</summary>
    public override string ToString() => $"context {Context}: {Type} {Source} to {Destination}, {(IsLarge ? "2M" : "4K")}, entry {(IsRoot ? "root" : Metadata)}";
}
