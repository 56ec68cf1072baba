namespace GuestMemory.Rmp;

/// <summary>What the kernel writes to; it decides whether a fault on it can be handled. Source: physmap-split.</summary>
public enum HostDataKind
{
    /// <summary>Data a fault handler does not need.</summary>
    PlainData,

    /// <summary>A guest's GHCB, or another page it shares.</summary>
    Ghcb,

    /// <summary>The running stack: the fault's own frame goes there.</summary>
    Stack,

    /// <summary>The GDT or IDT, which the processor needs to deliver any fault.</summary>
    DescriptorTable,

    /// <summary>A page table, which a handler that splits has to write itself. Setting accessed and dirty bits is no such write: it counts as 4K.</summary>
    PageTable,

    /// <summary>Data written in an NMI, where no lock can be taken and no processor waited for.</summary>
    NmiData,
}
