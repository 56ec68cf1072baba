namespace GuestMemory.Rmp;

/// <summary>A translation a vCPU remembers together with the check it passed.</summary>
/// <param name="Gfn">The guest frame.</param>
/// <param name="Kind">What was done through it.</param>
/// <param name="Encrypted">The C-bit of the guest's mapping.</param>
/// <param name="Frame">The frame it led to.</param>
/// <param name="Size">Size of the nested leaf.</param>
public readonly record struct GuestTlbEntry(Gfn Gfn, AccessKind Kind, bool Encrypted, Pfn Frame, PageSize Size)
{
    // Everything the check looked at: the leaf's whole page.
    internal PfnRange Page => new(Frame.AlignDown(Size), Size.FrameCount());

    /// <summary>"Read of gfn 0x80005 to pfn 0x40005".</summary>
    public override string ToString() => $"{Kind} of {Gfn} to {Frame}";
}
