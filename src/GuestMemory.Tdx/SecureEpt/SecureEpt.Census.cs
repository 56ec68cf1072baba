namespace GuestMemory.Tdx;

/// <content>Counting entries.</content>
public sealed partial class SecureEpt
{
    // Room for the states of one level.
    internal const int States = 16;

    /// <summary>Adds the entries that are not free to counts of sixteen states for each level, the lowest first.</summary>
    internal void Count(Span<long> counts) => Count(_root, counts);

    private static void Count(SeptPage page, Span<long> counts)
    {
        var ofLevel = counts.Slice((int)page.Level * States, States);
        for (var index = 0; page.InUse > 0 && index < SeptPage.Entries; index++)
        {
            var entry = page[index];
            if (entry == SeptEntry.Free)
            {
                continue;
            }

            ofLevel[(int)entry.State]++;
            if (page.Child(index) is { } child)
            {
                Count(child, counts);
            }
        }

        ofLevel[(int)SeptEntryState.Free] = 0;
    }
}
