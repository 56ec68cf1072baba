namespace GuestMemory.Rmp;

/// <summary>One leaf of a nested table.</summary>
/// <param name="Gfn">First guest frame; a multiple of the page's size.</param>
/// <param name="Page">The page it leads to.</param>
public readonly record struct NestedLeaf(Gfn Gfn, PhysicalPage Page)
{
    /// <summary>The guest frames it maps.</summary>
    public GfnRange Frames => new(Gfn, Page.Size.FrameCount());

    /// <summary>"gfn 0x80000 to pfn 0x40000 (Size4K)".</summary>
    public override string ToString() => $"{Gfn} to {Page}";
}
