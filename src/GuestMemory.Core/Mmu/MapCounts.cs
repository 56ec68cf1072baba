namespace GuestMemory;

/// <summary>How often a frame is mapped, by kind.</summary>
/// <param name="Shared">Shared entries: guest shared translations, host user mappings, pins, IOMMU entries.</param>
/// <param name="Private">Private entries.</param>
public readonly record struct MapCounts(int Shared, int Private) : IRangeValue<MapCounts>
{
    /// <inheritdoc/>
    public MapCounts Advance(ulong count) => this;

    /// <summary>Entries of one kind.</summary>
    /// <param name="kind">The kind.</param>
    public int Of(PageKind kind) => kind == PageKind.Shared ? Shared : Private;

    /// <summary>"shared 1, private 0".</summary>
    public override string ToString() => $"shared {Shared}, private {Private}";
}
