namespace GuestMemory.Tdx;

/// <summary>Where a walk of a Secure EPT ended: the entry, and how far it got.</summary>
public readonly struct SeptPlace
{
    internal SeptPlace(SeptPage page, int index) => (Page, Index) = (page, index);

    /// <summary>Whether a walk was made at all.</summary>
    public bool Exists => Page is not null;

    /// <summary>The level reached.</summary>
    public SeptLevel Level => Page.Level;

    /// <summary>The entry, as it is now.</summary>
    public SeptEntry Entry => Page[Index];

    internal SeptPage Page { get; }

    internal int Index { get; }

    /// <summary>"Pt: Mapped 0x...".</summary>
    public override string ToString() => Exists ? $"{Level}: {Entry}" : "no walk";
}
