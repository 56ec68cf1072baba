namespace GuestMemory;

/// <summary>An invalidation a store began on a process's pages and has not ended.</summary>
/// <param name="Store">The store, by its number.</param>
/// <param name="StorePages">Its pages.</param>
/// <param name="Pages">The process's pages mapped to them.</param>
internal readonly record struct OpenHostInvalidation(int Store, PageIndexRange StorePages, PageIndexRange Pages)
{
    public bool ComesBefore(OpenHostInvalidation other) => Key.CompareTo(other.Key) < 0;

    private (int Store, ulong Start, ulong End, ulong First, ulong Last) Key =>
        (Store, StorePages.Start.Value, StorePages.End.Value, Pages.Start.Value, Pages.End.Value);
}
