namespace GuestMemory.Rmp;

/// <summary>What part of an access is judged.</summary>
public enum RmpAccessPart : byte
{
    /// <summary>The data or instruction itself.</summary>
    Data,

    /// <summary>A read of a page table on the way.</summary>
    PageTable,

    /// <summary>The update of an accessed or dirty bit: a write of 4K size, whatever the mapping.</summary>
    AccessedDirtyUpdate,
}
