namespace GuestMemory.Tdx;

/// <summary>One look at a module: at all of it, or at what a step touched.</summary>
internal sealed class TdxScan
{
    private TdxScan(TdxModule module, PageClaims claims, OwnedFrames owned, IReadOnlyList<PageKey> places, IReadOnlyList<(Pfn Tdr, SeptRow Row)> rows) =>
        (Module, Claims, Owned, Places, Rows) = (module, claims, owned, places, rows);

    public TdxModule Module { get; }

    public TdxModuleVersion Version => Module.Platform.Version;

    public PageClaims Claims { get; }

    public OwnedFrames Owned { get; }

    /// <summary>The pages looked at, by PAMT entry or by claim.</summary>
    public IReadOnlyList<PageKey> Places { get; }

    /// <summary>The Secure EPT entries looked at, of TDs whose pages are all in place.</summary>
    public IReadOnlyList<(Pfn Tdr, SeptRow Row)> Rows { get; }

    public Findings Findings { get; } = new();

    public static TdxScan Of(TdxModule module)
    {
        var claims = PageClaims.Of(module);
        var places = module.Pamt.Runs().Select(static run => new PageKey(run.Frame, run.Size, run.Entry.Type == PageType.Ept));
        var rows = module.Tds.Where(IsWhole).SelectMany(static td => SeptTrees.Rows(SeptTrees.RootOf(td)).Select(row => (td.Tdr, row)));
        return new(module, claims, OwnedFrames.Of(module.Pamt), [.. places, .. claims.Keys], [.. rows]);
    }

    /// <summary>What a step touched, once the shadow has followed it.</summary>
    public static TdxScan Of(TdxStep step, ModuleShadow now)
    {
        var places = new List<PageKey>();
        foreach (var change in step.PamtChanges)
        {
            places.Add(new(change.Frame, change.Size, change.Now.Type == PageType.Ept));
            places.Add(new(change.Frame, change.Size, change.Old.Type == PageType.Ept));
        }

        foreach (var change in step.SeptChanges)
        {
            Add(places, change.Old, change.Level);
            Add(places, change.Now, change.Level);
        }

        var rows = step.SeptChanges
            .Where(change => change.Now != SeptEntry.Free && step.Module.FindTd(change.Tdr) is { } td && IsWhole(td))
            .Select(change => (change.Tdr, new SeptRow(change.Gfn, change.Level, change.Now)));
        return new(step.Module, now.Claims, now.Owned, places, [.. rows]);
    }

    private static bool IsWhole(Td td) => td.Lifecycle != TdLifecycle.Teardown;

    private static void Add(List<PageKey> places, SeptEntry entry, SeptLevel level)
    {
        if (PageKey.Of(entry, level) is { } key)
        {
            places.Add(key);
        }
    }
}
