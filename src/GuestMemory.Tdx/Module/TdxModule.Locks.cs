namespace GuestMemory.Tdx;

/// <content>Locks of Secure EPT entries, which lie in the entries themselves.</content>
public sealed partial class TdxModule
{
    /// <summary>Another processor takes the lock of an entry (TDEL).</summary>
    /// <param name="tdr">The TD's root page.</param>
    /// <param name="gpa">The guest address.</param>
    /// <param name="level">The level; the walk may end above it.</param>
    /// <exception cref="InvalidOperationException">There is no such TD or it has no Secure EPT, the level lies above its root, or the lock is held.</exception>
    public void HoldEntry(Pfn tdr, Gpa gpa, SeptLevel level)
    {
        var place = PlaceOf(tdr, gpa, level);
        if (place.Entry.IsLocked)
        {
            throw new InvalidOperationException($"The lock of {gpa}, {level}, is held already.");
        }

        place.Page[place.Index] = place.Entry.WithLock(true);
    }

    /// <summary>It lets go; the host's priority, where the host asked meanwhile, stays.</summary>
    /// <param name="tdr">The TD's root page.</param>
    /// <param name="gpa">The guest address.</param>
    /// <param name="level">The level; the walk may end above it.</param>
    /// <exception cref="InvalidOperationException">There is no such TD or it has no Secure EPT, the level lies above its root, or nobody holds the lock.</exception>
    public void ReleaseEntry(Pfn tdr, Gpa gpa, SeptLevel level)
    {
        var place = PlaceOf(tdr, gpa, level);
        if (!place.Entry.IsLocked)
        {
            throw new InvalidOperationException($"Nobody holds the lock of {gpa}, {level}.");
        }

        place.Page[place.Index] = place.Entry.WithLock(false);
    }

    private SeptPlace PlaceOf(Pfn tdr, Gpa gpa, SeptLevel level)
    {
        var tree = FindTd(tdr)?.Sept ?? throw new InvalidOperationException($"{tdr} is no TD with a Secure EPT.");
        return level <= tree.RootLevel
            ? tree.Walk(gpa.Frame, level)
            : throw new InvalidOperationException($"The level {level} lies above the root's, {tree.RootLevel}.");
    }
}
