namespace GuestMemory;

/// <summary>A run of frames the software table knows a guest of.</summary>
/// <param name="Guest">The guest.</param>
/// <param name="Gfn">Guest frame of the first.</param>
/// <param name="Kind">The guest's own, or lent to it.</param>
public readonly record struct SoftwareOwner(GuestId Guest, Gfn Gfn, PageKind Kind) : IRangeValue<SoftwareOwner>
{
    /// <inheritdoc/>
    public SoftwareOwner Advance(ulong count) => this with { Gfn = Gfn + count };

    /// <summary>The owner in words.</summary>
    public override string ToString() => $"{Guest} {Gfn} {Kind}";
}
