namespace GuestMemory;

/// <summary>One translation: frame, leaf size, kind, rights.</summary>
/// <param name="Frame">The frame.</param>
/// <param name="Size">Size of the leaf it belongs to.</param>
/// <param name="Kind">Kind, fixed when the entry was made.</param>
/// <param name="Writable">Whether writes go through.</param>
public readonly record struct Translation(Pfn Frame, PageSize Size, PageKind Kind, bool Writable) : IRangeValue<Translation>
{
    /// <inheritdoc/>
    public Translation Advance(ulong count) => this with { Frame = Frame + count };

    /// <summary>The translation in words.</summary>
    public override string ToString() => $"{Frame} ({Size}, {Kind}{(Writable ? ", writable" : "")})";
}
