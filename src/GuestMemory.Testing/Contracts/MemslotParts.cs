namespace GuestMemory.Testing;

/// <summary>What <see cref="MemslotContract"/> hands out to make a slot of.</summary>
/// <param name="Vm">The VM the slot belongs to.</param>
/// <param name="Gfns">Its guest frames, an even number.</param>
/// <param name="Process">The process whose addresses are the shared side.</param>
/// <param name="SharedPage">Page number of the address behind the first frame.</param>
/// <param name="File">The private side's file, opened for <paramref name="Vm"/> and not bound.</param>
/// <param name="FileStart">The file's page behind the first frame.</param>
public sealed record MemslotParts(
    VirtualMachine Vm, GfnRange Gfns, HostAddressSpace Process, PageIndex SharedPage, BackingFile File, PageIndex FileStart);
