namespace GuestMemory.Rmp;

/// <summary>What a page is, as its entry's fields say. Source: snp-abi, 5.3 table 11.</summary>
public enum RmpPageState
{
    /// <summary>No such combination of fields is a state.</summary>
    Invalid,

    /// <summary>The page has no entry: the hypervisor's for ever.</summary>
    Default,

    /// <summary>The hypervisor's.</summary>
    Hypervisor,

    /// <summary>The hypervisor's, and fixed so until the table is built again.</summary>
    HvFixed,

    /// <summary>The firmware's.</summary>
    Firmware,

    /// <summary>Given back by the firmware; waits for the hypervisor to take it.</summary>
    Reclaim,

    /// <summary>A guest's context page.</summary>
    Context,

    /// <summary>A page of metadata entries for swapped pages.</summary>
    Metadata,

    /// <summary>On its way into a guest.</summary>
    PreGuest,

    /// <summary>A guest's, validated, on its way out.</summary>
    PreSwap,

    /// <summary>A guest's, not accepted by it.</summary>
    GuestInvalid,

    /// <summary>A guest's, accepted.</summary>
    GuestValid,

    /// <summary>A buffer the IOMMU writes; the host may only read it.</summary>
    IommuBuffer,
}
