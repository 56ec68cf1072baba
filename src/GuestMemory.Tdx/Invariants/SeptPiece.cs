namespace GuestMemory.Tdx;

/// <summary>What was and what is behind a part of a changed entry, as large as both allow.</summary>
internal readonly record struct SeptPiece(Gfn Gfn, SeptHit Old, SeptHit Now, ulong Frames)
{
    /// <summary>Whether the same page is behind it.</summary>
    public bool IsSamePage => Old.IsLeaf && Now.IsLeaf && Old.Frame == Now.Frame;

    /// <summary>Whether a page that was pending is not any more.</summary>
    public bool WasAccepted => Old.IsLeaf && !Old.IsAccepted && Now.IsAccepted;

    public override string ToString() => $"{Gfn}, {Frames} frames: {Old}; {Now}";
}
