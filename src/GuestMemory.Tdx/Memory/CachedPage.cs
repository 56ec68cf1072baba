namespace GuestMemory.Tdx;

/// <summary>A translation a vCPU remembers.</summary>
/// <param name="Gfn">First guest frame.</param>
/// <param name="Size">Size of the leaf it came from.</param>
/// <param name="Frame">First frame.</param>
/// <param name="Rights">The leaf's rights then: read 1, write 2, execute 4.</param>
public readonly record struct CachedPage(Gfn Gfn, PageSize Size, Pfn Frame, ulong Rights)
{
    /// <summary>"gfn 0x2 Size4K -> pfn 0x40400, rights 7".</summary>
    public override string ToString() => $"{Gfn} {Size} -> {Frame}, rights {Rights}";
}
