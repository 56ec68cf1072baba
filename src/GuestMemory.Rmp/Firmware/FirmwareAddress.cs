namespace GuestMemory.Rmp;

/// <summary>Which addresses a command takes.</summary>
internal static class FirmwareAddress
{
    // The architecture's most; how many a processor has is its own.
    private const int PhysicalAddressBits = 52;
    private const ulong FrameLimit = 1UL << (PhysicalAddressBits - 12);

    /// <summary>Whether a run of pages is one a command may not name: outside memory, not aligned, or the table's own (INV-SNP-26).</summary>
    public static bool IsBad(RmpCoverage coverage, Spa address, PageSize size) =>
        IsOutside(address, size.Bytes(), size.FrameCount()) || IsOwn(coverage, address, size.FrameCount());

    /// <summary>Whether the byte at an address is one a command may not name.</summary>
    public static bool IsBadByte(RmpCoverage coverage, Spa address) => IsOutside(address, 1, 1) || IsOwn(coverage, address, 1);

    public static bool IsOutside(Spa address, ulong alignment, ulong pages) =>
        (address.Value & (alignment - 1)) != 0 || address.Frame.Value >= FrameLimit || pages > FrameLimit - address.Frame.Value;

    public static bool IsOwn(RmpCoverage coverage, Spa address, ulong pages)
    {
        var frames = new PfnRange(address.Frame, pages);
        foreach (var own in coverage.OwnPages)
        {
            if (own.Overlaps(frames))
            {
                return true;
            }
        }

        return false;
    }

    public static PageSize SizeOf(bool isLarge) => isLarge ? PageSize.Size2M : PageSize.Size4K;

    public static bool IsLarge(PhysicalPage page) => page.Size switch
    {
        PageSize.Size4K => false,
        PageSize.Size2M => true,
        _ => throw new ArgumentException($"The RMP has pages of 4K and 2M, not {page.Size}.", nameof(page)),
    };

    public static PfnRange FramesAt(Spa address, bool isLarge = false) => new(address.Frame, SizeOf(isLarge).FrameCount());

    /// <summary>The smallest run around two; an empty one counts for nothing.</summary>
    public static PfnRange Around(PfnRange one, PfnRange other)
    {
        if (one.IsEmpty || other.IsEmpty)
        {
            return one.IsEmpty ? other : one;
        }

        return PfnRange.FromBounds(one.Start < other.Start ? one.Start : other.Start, one.End > other.End ? one.End : other.End);
    }
}
