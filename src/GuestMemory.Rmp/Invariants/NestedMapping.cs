namespace GuestMemory.Rmp;

/// <summary>A leaf of a guest's nested page table.</summary>
/// <param name="Asid">The guest.</param>
/// <param name="Gfn">The first guest frame.</param>
/// <param name="Frame">The first frame.</param>
/// <param name="Size">Size of the leaf.</param>
/// <param name="IsPrivate">Whether the host means it as guest-private.</param>
public readonly record struct NestedMapping(Asid Asid, Gfn Gfn, Pfn Frame, PageSize Size, bool IsPrivate)
{
    /// <summary>The leaf in words.</summary>
    public override string ToString() => $"{Asid} {Gfn} to {Frame}, {Size}, {(IsPrivate ? "private" : "shared")}";
}
