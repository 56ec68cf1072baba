namespace GuestMemory.Tdx.Tests.Docs;

/// <summary>Looks at the PAMT after every operation of a module.</summary>
internal sealed class PageTypeWatch : ITdxObserver
{
    private Dictionary<(Pfn Frame, PageSize Size), PamtEntry> _before = [];

    /// <summary>Types that changed.</summary>
    public HashSet<PageTypeChange> Changes { get; } = [];

    /// <summary>Where the block epoch alone was written.</summary>
    public HashSet<PageTypeChange> Epochs { get; } = [];

    /// <summary>Begins to look; what happened before is not seen.</summary>
    public TdxModule Begin(TdxModule module)
    {
        _before = EntriesOf(module);
        module.Observer = this;
        return module;
    }

    public void OnOperation(TdxModule module, in TdxOperation operation)
    {
        var after = EntriesOf(module);
        foreach (var key in _before.Keys.Union(after.Keys))
        {
            var (old, now) = (_before.GetValueOrDefault(key), after.GetValueOrDefault(key));
            var change = new PageTypeChange(operation.Function, key.Size, old.Type, now.Type);
            if (old.Type != now.Type)
            {
                Changes.Add(change);
            }
            else if (old.Bepoch != now.Bepoch)
            {
                Epochs.Add(change);
            }
        }

        _before = after;
    }

    private static Dictionary<(Pfn Frame, PageSize Size), PamtEntry> EntriesOf(TdxModule module) =>
        module.Pamt.Runs().ToDictionary(run => (run.Frame, run.Size), run => run.Entry);
}
