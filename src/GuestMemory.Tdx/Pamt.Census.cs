namespace GuestMemory.Tdx;

/// <content>Counting entries.</content>
public sealed partial class Pamt
{
    // Room for the types of one size.
    internal const int Types = 16;

    /// <summary>Counts used and reserved pages: sixteen types of 4K, of 2M and of 1G. Free ones are not counted.</summary>
    internal void Count(Span<long> counts)
    {
        counts.Clear();
        foreach (var range in _ranges)
        {
            range.Count(counts);
        }

        // Reserved pages that nobody looked at are in no block; nothing changes the others.
        counts[(int)PageType.Rsvd] = 0;
        foreach (var tdmr in Tdmrs)
        {
            foreach (var area in tdmr.ReservedAreas)
            {
                counts[(int)PageType.Rsvd] += (long)area.Count;
            }
        }

        for (var size = 0; size < counts.Length; size += Types)
        {
            counts[size] = 0;
        }
    }
}
