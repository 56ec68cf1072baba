namespace GuestMemory.Testing.FsCheck.Tests.Fakes;

/// <summary>A store of the machine's own with chosen members done wrongly.</summary>
internal sealed class BrokenStore(BackingStore store) : IBackingStore
{
    private readonly List<IBackingListener> _listeners = [];

    public delegate Outcome Giving(BackingStore store, PageIndex index, out BackingPage page);

    public Giving? OnGetPage { get; init; }

    public Func<BackingStore, InvalidationScope, Outcome>? OnFree { get; init; }

    public bool ForgetsEnd { get; init; }

    public BackingProperties Properties => store.Properties;

    public Outcome GetPage(PageIndex index, out BackingPage page) => OnGetPage is null ? store.GetPage(index, out page) : OnGetPage(store, index, out page);

    public void Attach(IBackingListener listener)
    {
        _listeners.Add(listener);
        if (!ForgetsEnd)
        {
            store.Attach(listener);
        }
    }

    public InvalidationScope BeginInvalidate(PageIndexRange pages, KindFilter kinds)
    {
        if (ForgetsEnd)
        {
            _listeners.ForEach(listener => listener.BeginInvalidate(this, pages, kinds));
        }

        return store.BeginInvalidate(pages, kinds);
    }

    public Outcome Free(InvalidationScope scope) => OnFree?.Invoke(store, scope) ?? store.Free(scope);

    public void EndInvalidate(InvalidationScope scope) => store.EndInvalidate(scope);
}
