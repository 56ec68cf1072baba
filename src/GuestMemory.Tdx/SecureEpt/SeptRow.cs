namespace GuestMemory.Tdx;

/// <summary>An entry of a Secure EPT that is not free, and the guest frames it is for.</summary>
/// <param name="Gfn">First guest frame.</param>
/// <param name="Level">Its level.</param>
/// <param name="Entry">The entry.</param>
public readonly record struct SeptRow(Gfn Gfn, SeptLevel Level, SeptEntry Entry)
{
    /// <summary>"gfn 0x2, Pt: Mapped 0x...".</summary>
    public override string ToString() => $"{Gfn}, {Level}: {Entry}";
}
