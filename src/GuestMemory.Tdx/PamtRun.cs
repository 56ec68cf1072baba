namespace GuestMemory.Tdx;

/// <summary>One PAMT entry that is not as the table began.</summary>
/// <param name="Frame">First frame it describes.</param>
/// <param name="Size">Which of the three entries it is.</param>
/// <param name="Entry">The entry.</param>
public readonly record struct PamtRun(Pfn Frame, PageSize Size, PamtEntry Entry)
{
    /// <summary>"pfn 0x40000, Size4K: Reg ...".</summary>
    public override string ToString() => $"{Frame}, {Size}: {Entry}";
}
