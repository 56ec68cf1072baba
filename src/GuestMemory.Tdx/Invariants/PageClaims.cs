namespace GuestMemory.Tdx;

/// <summary>Which entries point at which pages, in the trees of all TDs that have not begun to be taken apart.</summary>
internal sealed class PageClaims
{
    private readonly Dictionary<PageKey, PageClaim> _first = [];
    private readonly List<(PageKey Key, PageClaim Claim)> _more = [];

    public IEnumerable<PageKey> Keys => _first.Keys;

    public static PageClaims Of(TdxModule module)
    {
        var claims = new PageClaims();
        foreach (var td in module.Tds.Where(td => td.Lifecycle != TdLifecycle.Teardown))
        {
            claims.Add(td.Tdr, SeptTrees.Rows(SeptTrees.RootOf(td)));
        }

        return claims;
    }

    public void Add(Pfn tdr, IEnumerable<SeptRow> rows)
    {
        foreach (var row in rows)
        {
            Add(PageKey.Of(row.Entry, row.Level), new(tdr, row.Gfn, row.Level));
        }
    }

    public void Remove(Pfn tdr, IEnumerable<SeptRow> rows)
    {
        foreach (var row in rows)
        {
            Remove(PageKey.Of(row.Entry, row.Level), new(tdr, row.Gfn, row.Level));
        }
    }

    public void Add(PageKey? key, PageClaim claim)
    {
        if (key is { } known && !_first.TryAdd(known, claim))
        {
            _more.Add((known, claim));
        }
    }

    public void Remove(PageKey? key, PageClaim claim)
    {
        if (key is not { } known || _more.Remove((known, claim)))
        {
            return;
        }

        var next = _more.FindIndex(one => one.Key == known);
        if (next < 0)
        {
            _first.Remove(known);
            return;
        }

        _first[known] = _more[next].Claim;
        _more.RemoveAt(next);
    }

    /// <summary>The entries that point at a page.</summary>
    public IEnumerable<PageClaim> On(PageKey key) => _first.TryGetValue(key, out var first)
        ? _more.Where(one => one.Key == key).Select(one => one.Claim).Prepend(first)
        : [];
}
