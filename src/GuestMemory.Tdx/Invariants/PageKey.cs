namespace GuestMemory.Tdx;

/// <summary>A page as a tree speaks of it: its first frame, its size, and whether it is a table.</summary>
internal readonly record struct PageKey(Pfn Frame, PageSize Size, bool IsTable)
{
    /// <summary>What an entry points at; <see langword="null"/> when it points at nothing a tree can have there.</summary>
    public static PageKey? Of(SeptEntry entry, SeptLevel level) => entry.State switch
    {
        var state when state.IsTable() => new(entry.Table, PageSize.Size4K, true),
        var state when state.IsLeaf() && level <= SeptLevel.Pdpt => new(entry.Page(level), level.PageSize(), false),
        _ => null,
    };

    public override string ToString() => $"{Frame}, {Size}";
}
