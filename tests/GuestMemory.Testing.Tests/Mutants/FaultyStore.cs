namespace GuestMemory.Testing.Tests.Mutants;

/// <summary>A store of the machine's own, with chosen members done wrongly.</summary>
internal sealed class FaultyStore(BackingStore store) : IBackingStore, IStateful
{
    private readonly List<IBackingListener> _own = [];
    private int _freed;

    public delegate Outcome Giving(BackingStore store, PageIndex index, out BackingPage page);

    public BackingStore Store => store;

    /// <summary>Listeners kept from the store, where it is this class that notifies.</summary>
    public IReadOnlyList<IBackingListener> Listeners => _own;

    public bool KeepsListeners { get; init; }

    /// <summary>Whether it never hears that pages were made ready.</summary>
    public bool IgnoresPrepared { get; init; }

    /// <summary>Whether its state holds something that it does not read back.</summary>
    public bool ForgetsState { get; init; }

    public BackingProperties? WrongProperties { get; init; }

    public Giving? OnGetPage { get; init; }

    public Func<FaultyStore, PageIndexRange, KindFilter, InvalidationScope>? OnBegin { get; init; }

    public Func<FaultyStore, InvalidationScope, Outcome>? OnFree { get; init; }

    public Action<FaultyStore, InvalidationScope>? OnEnd { get; init; }

    public BackingProperties Properties => WrongProperties ?? store.Properties;

    public Outcome GetPage(PageIndex index, out BackingPage page) =>
        OnGetPage is null ? store.GetPage(index, out page) : OnGetPage(store, index, out page);

    public void Attach(IBackingListener listener)
    {
        if (KeepsListeners)
        {
            _own.Add(listener);
        }
        else
        {
            store.Attach(listener);
        }
    }

    public InvalidationScope BeginInvalidate(PageIndexRange pages, KindFilter kinds) => OnBegin?.Invoke(this, pages, kinds) ?? store.BeginInvalidate(pages, kinds);

    public Outcome Free(InvalidationScope scope)
    {
        _freed++;
        return OnFree?.Invoke(this, scope) ?? store.Free(scope);
    }

    public void EndInvalidate(InvalidationScope scope)
    {
        if (OnEnd is null)
        {
            store.EndInvalidate(scope);
        }
        else
        {
            OnEnd(this, scope);
        }
    }

    public void WriteState(ref StateWriter writer)
    {
        store.WriteState(ref writer);
        writer.Int32(ForgetsState ? _freed : 0);
    }

    public void ReadState(ref StateReader reader)
    {
        store.ReadState(ref reader);
        reader.Int32();
    }
}
