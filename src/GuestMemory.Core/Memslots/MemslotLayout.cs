namespace GuestMemory;

/// <summary>What a slot consists of.</summary>
/// <param name="Id">The id the VMM names it by, within its address space.</param>
/// <param name="AddressSpace">Guest address space: 0 ordinary, 1 system management mode.</param>
/// <param name="Gfns">Its guest frames.</param>
/// <param name="Flags">What it was made with.</param>
/// <param name="Process">The process whose addresses the shared side names, by its number on the machine.</param>
/// <param name="SharedPage">Page number of the shared side's first address.</param>
/// <param name="File">The private side's file, by its number on the machine; -1 for none.</param>
/// <param name="FileStart">First page of that file.</param>
/// <param name="FileServesShared">The file serves shared pages too (an in-place file).</param>
public readonly record struct MemslotLayout(
    int Id, int AddressSpace, GfnRange Gfns, MemslotFlags Flags, int Process, ulong SharedPage, int File, PageIndex FileStart, bool FileServesShared)
{
    /// <summary>The layout in words.</summary>
    public override string ToString() => $"slot {Id}.{AddressSpace} {Gfns} {Flags}";
}
