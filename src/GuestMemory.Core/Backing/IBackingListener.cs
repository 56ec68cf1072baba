namespace GuestMemory;

/// <summary>Uses pages of a store and must let go of them before they are freed, moved or poisoned.</summary>
public interface IBackingListener
{
    /// <summary>Begins an invalidation: begin, unmap and flush for everything that maps the range.</summary>
    /// <param name="store">The store.</param>
    /// <param name="pages">The pages.</param>
    /// <param name="kinds">Which kinds of translation.</param>
    /// <returns>Done, or failed: then the pages' frames are leaked.</returns>
    MmuAnswer BeginInvalidate(IBackingStore store, PageIndexRange pages, KindFilter kinds);

    /// <summary>Ends what <see cref="BeginInvalidate"/> began, with the same range.</summary>
    /// <param name="store">The store.</param>
    /// <param name="pages">The pages.</param>
    void EndInvalidate(IBackingStore store, PageIndexRange pages);
}
