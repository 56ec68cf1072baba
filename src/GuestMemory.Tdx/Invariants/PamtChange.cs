namespace GuestMemory.Tdx;

/// <summary>A PAMT entry that an operation changed.</summary>
internal readonly record struct PamtChange(Pfn Frame, PageSize Size, PamtEntry Old, PamtEntry Now)
{
    public override string ToString() => $"{Frame}, {Size}";
}
