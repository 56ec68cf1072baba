namespace GuestMemory;

/// <summary>A pool of pages that can back guest memory: the part a guest_memfd inode plays.</summary>
/// <remarks>
/// Takes frames from the machine's pool. Notifies listeners before it frees, moves or poisons: the steps that do so ask
/// for the <see cref="InvalidationScope"/> that <see cref="BeginInvalidate"/> hands out.
/// </remarks>
public interface IBackingStore
{
    /// <summary>What the store allows.</summary>
    BackingProperties Properties { get; }

    /// <summary>Gives the frame and order behind a page, allocating it when it is not there.</summary>
    /// <param name="index">The page.</param>
    /// <param name="page">Frame and order.</param>
    Outcome GetPage(PageIndex index, out BackingPage page);

    /// <summary>Adds a listener that hears of every invalidation from now on.</summary>
    /// <param name="listener">The listener.</param>
    void Attach(IBackingListener listener);

    /// <summary>Opens an invalidation: every listener begins, unmaps and flushes.</summary>
    /// <param name="pages">The pages.</param>
    /// <param name="kinds">Which kinds of translation.</param>
    InvalidationScope BeginInvalidate(PageIndexRange pages, KindFilter kinds);

    /// <summary>Drops the pages and gives their frames back; a pinned frame returns when its last pin goes.</summary>
    /// <param name="scope">An open invalidation.</param>
    /// <returns>Success with the number of pages dropped, or the refusal that names who still maps one.</returns>
    Outcome Free(InvalidationScope scope);

    /// <summary>Ends an invalidation.</summary>
    /// <param name="scope">The scope it was opened with.</param>
    void EndInvalidate(InvalidationScope scope);
}
