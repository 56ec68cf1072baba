namespace GuestMemory.Rmp;

/// <summary>What the host knows and the platform does not. An invariant whose view is missing finds nothing.</summary>
public sealed record RmpViews
{
    /// <summary>No views.</summary>
    public static RmpViews None { get; } = new();

    /// <summary>The host's own mappings, for INV-SNP-13 and 14.</summary>
    public IHostMappingView? Host { get; init; }

    /// <summary>The guests' nested mappings, for INV-SNP-15.</summary>
    public INestedMappingView? Nested { get; init; }

    /// <summary>Whether the host would hand a frame out, for INV-SNP-23.</summary>
    public Func<Pfn, bool>? IsFree { get; init; }
}
