namespace GuestMemory.Rmp;

/// <summary>What the VMM is asked for at once: like entries that follow each other (KVM_HC_MAP_GPA_RANGE).</summary>
/// <param name="Frames">The guest frames.</param>
/// <param name="IsPrivate">They become private; otherwise shared.</param>
/// <param name="IsLarge">They are whole 2M pages.</param>
public readonly record struct PscRun(GfnRange Frames, bool IsPrivate, bool IsLarge)
{
    /// <summary>"gfn [0x80000, 0x80200) private, 2M".</summary>
    public override string ToString() => $"{Frames} {(IsPrivate ? "private" : "shared")}, {(IsLarge ? "2M" : "4K")}";
}
