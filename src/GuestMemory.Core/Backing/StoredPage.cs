namespace GuestMemory;

/// <summary>A run of pages a store holds: contiguous frames, one state.</summary>
/// <param name="Frame">Frame of the first.</param>
/// <param name="Flags">Their state.</param>
public readonly record struct StoredPage(Pfn Frame, StoredPageFlags Flags) : IRangeValue<StoredPage>
{
    /// <inheritdoc/>
    public StoredPage Advance(ulong count) => this with { Frame = Frame + count };

    /// <summary>Frame and state.</summary>
    public override string ToString() => $"{Frame} ({Flags})";
}
