namespace GuestMemory;

/// <summary>What holds mappings of frames.</summary>
public enum MapperKind : byte
{
    /// <summary>A guest's nested page table or its mirror.</summary>
    NestedTable,

    /// <summary>A host process's page table.</summary>
    HostProcess,

    /// <summary>A long-term pin (GUP, VFIO).</summary>
    Pin,

    /// <summary>The kernel's direct map.</summary>
    DirectMap,

    /// <summary>A device's IOMMU domain.</summary>
    Iommu,
}
