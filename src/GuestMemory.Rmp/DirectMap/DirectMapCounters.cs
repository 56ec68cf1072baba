namespace GuestMemory.Rmp;

/// <summary>What a direct map went through. The default is nothing.</summary>
/// <param name="Splits">Entries replaced by 512 of the next smaller size; from 1G to 4K is two.</param>
/// <param name="Merges">Sets of 512 entries replaced by one of the next larger size.</param>
/// <param name="SmallEntries">Present 4K entries now.</param>
/// <param name="PeakSmallEntries">The most there were at once.</param>
/// <param name="Unmaps">Changes that took pages out, one for each run inside a 2M block.</param>
/// <param name="Remaps">Changes that put pages back, counted likewise.</param>
/// <param name="Faults">Writes that faulted on the RMP.</param>
/// <param name="Repairs">Those after which a split let the write through.</param>
/// <param name="Oopses">Those the kernel ended at with a report.</param>
/// <param name="DoubleFaults">Those its fault handler could not even begin with, for want of a stack.</param>
/// <param name="TripleFaults">Those that reset the machine.</param>
/// <param name="NotPresentFaults">Writes to pages that are not in the direct map: ordinary page faults.</param>
/// <param name="TlbFlushes">Flushes of all processors: one for each split, merge or unmap of something present. Putting pages back needs none.</param>
public readonly record struct DirectMapCounters(
    ulong Splits, ulong Merges, ulong SmallEntries, ulong PeakSmallEntries, ulong Unmaps, ulong Remaps,
    ulong Faults, ulong Repairs, ulong Oopses, ulong DoubleFaults, ulong TripleFaults, ulong NotPresentFaults, ulong TlbFlushes)
{
    /// <summary>RMP faults the kernel did not survive.</summary>
    public ulong FatalFaults => Oopses + DoubleFaults + TripleFaults;

    /// <summary>The counters the policies are compared by.</summary>
    public override string ToString() =>
        $"{Splits} splits, {Merges} merges, {SmallEntries} 4K entries (peak {PeakSmallEntries}), {Faults} faults ({FatalFaults} fatal), {TlbFlushes} TLB flushes";
}
