namespace GuestMemory.Rmp;

/// <summary>The address operand of a guest instruction, and where the two walks lead from it.</summary>
/// <param name="Gva">The guest-virtual address; its low 12 bits are dropped.</param>
/// <param name="Gpa">The guest-physical address it leads to.</param>
/// <param name="Frame">The frame the nested tables lead to.</param>
/// <param name="NestedSize">Size of the nested mapping.</param>
/// <param name="Encrypted">The effective C-bit of the guest's mapping.</param>
/// <param name="End">How the walk ended.</param>
public readonly record struct GuestWalk(
    ulong Gva, Gpa Gpa, Pfn Frame, PageSize NestedSize, bool Encrypted = true, WalkEnd End = WalkEnd.Translated)
{
    /// <summary>Whether the guest-virtual address is that of a 2M page.</summary>
    public bool IsLargeAligned => (Gva & ~0xfffUL & 0x1f_ffff) == 0;

    /// <summary>The walk in words.</summary>
    public override string ToString() => $"gva 0x{Gva:x} to {Gpa} to {Frame} through {NestedSize}";
}
