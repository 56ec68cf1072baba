namespace GuestMemory.Tdx;

/// <summary>What stands for a guest frame in a tree, whatever is blocked above it.</summary>
/// <param name="Entry">The last entry on the way.</param>
/// <param name="Level">Its level.</param>
/// <param name="Frame">The frame behind the guest frame; meaningful for a leaf.</param>
internal readonly record struct SeptHit(SeptEntry Entry, SeptLevel Level, Pfn Frame)
{
    public bool IsLeaf => Entry.IsLeaf;

    /// <summary>Whether a page is there that the guest has, blocked or not.</summary>
    public bool IsAccepted => Entry.IsLeaf && !Entry.State.IsPending();

    public override string ToString() => $"{Entry} to {Frame}";
}
