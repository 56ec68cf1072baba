namespace GuestMemory.Tdx;

/// <summary>Whether the entries of a table can become one. Source: tdx-module, is_sept_page_valid_for_merge.</summary>
internal static class MergeableChildren
{
    /// <summary>How many entries from the first on are alike and in a row; 512 when all are.</summary>
    /// <param name="table">The table.</param>
    /// <param name="minding">Whether a held lock ends the row.</param>
    public static int Count(SeptPage table, bool minding)
    {
        var first = Compared(table, 0);
        var large = table.Level + 1;
        if ((minding && table[0].IsLocked)
            || first.State is not (SeptEntryState.Mapped or SeptEntryState.Pending)
            || first.Page(table.Level).Value % large.FrameCount() != 0)
        {
            return 0;
        }

        var step = table.Level.FrameCount() << 12;
        var index = 1;
        while (index < SeptPage.Entries && !(minding && table[index].IsLocked) && Compared(table, index).Raw == first.Raw + ((ulong)index * step))
        {
            index++;
        }

        return index;
    }

    // As the function sees an entry it has locked: without who waits for it, and without what is accepted in part.
    private static SeptEntry Compared(SeptPage table, int index) => table[index].WithHostPriority(false).WithoutAcceptCounter(table.Level).WithLock(true);
}
