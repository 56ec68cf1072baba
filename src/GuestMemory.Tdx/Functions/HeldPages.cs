namespace GuestMemory.Tdx;

/// <summary>The locks a PAMT walk takes: the entries above shared, the one it stops at as asked. Source: tdx-module, pamt_walk.</summary>
internal static class HeldPages
{
    /// <summary>Whether another processor's locks stop a walk to an entry.</summary>
    /// <param name="state">The module.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="wanted">Size wanted; the walk stops above it at a private page.</param>
    /// <param name="exclusive">How the last entry is taken.</param>
    public static bool AreBusy(ModuleState state, Pfn frame, PageSize wanted, bool exclusive)
    {
        state.Pamt.LookUp(frame, out var found);
        var last = found > wanted ? found : wanted;
        for (var size = PageSize.Size1G; size >= last; size--)
        {
            if (state.Locks.IsBusy(HeldLock.Pamt(size, frame), exclusive && size == last))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the lock a call has on its TD's root page stops an exclusive walk: the entry itself, or one above it that both share.</summary>
    /// <param name="tdr">The root page.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="size">The entry's size.</param>
    public static bool MeetRootPage(Pfn tdr, Pfn frame, PageSize size) => tdr.AlignDown(size) == frame.AlignDown(size);
}
