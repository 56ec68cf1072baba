namespace GuestMemory;

/// <summary>An access to a frame, as an ownership table judges it.</summary>
/// <param name="Accessor">Who accesses.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Frame">The frame accessed.</param>
/// <param name="MappingSize">Size of the translation used.</param>
/// <param name="Encrypted">Whether the translation asks for the guest's own key.</param>
/// <param name="Gfn">The guest frame, when a guest accesses.</param>
/// <param name="Context">What the technology defines: a VMPL, an HKID; 0 where it defines nothing.</param>
public readonly record struct FrameAccess(
    FrameOwner Accessor, AccessKind Kind, Pfn Frame, PageSize MappingSize, bool Encrypted, Gfn Gfn = default, ulong Context = 0)
{
    /// <summary>The access in words.</summary>
    public override string ToString() => $"{Kind} of {Frame} by {Accessor} through {MappingSize}{(Encrypted ? ", encrypted" : "")}";
}
