namespace GuestMemory.Rmp;

/// <summary>What a guest runs with.</summary>
public sealed record GuestOptions
{
    /// <summary>An SNP guest at VMPL 0 that remembers no translations.</summary>
    public static GuestOptions Default { get; } = new();

    /// <summary>The technology. Default SEV-SNP.</summary>
    public SevProfile Profile { get; init; } = SevProfile.SevSnp;

    /// <summary>The level its vCPU runs at. Default 0.</summary>
    public Vmpl Vmpl { get; init; }

    /// <summary>Whether accesses that went through are remembered in a <see cref="GuestTlb"/>. Default: no.</summary>
    public bool CachesTranslations { get; init; }

    /// <summary>Where its writes wait before they reach memory; <see langword="null"/>, the default, for processors that keep caches coherent over keys.</summary>
    public DirtyCache? Cache { get; init; }
}
