namespace GuestMemory.Rmp;

/// <summary>Who accesses memory, as the RMP tells accessors apart.</summary>
public enum RmpAccessor : byte
{
    /// <summary>The host's software.</summary>
    Host,

    /// <summary>A guest without SNP: ordinary, SEV or SEV-ES.</summary>
    Guest,

    /// <summary>A guest with SNP.</summary>
    SnpGuest,

    /// <summary>A device, through the IOMMU.</summary>
    Device,
}
