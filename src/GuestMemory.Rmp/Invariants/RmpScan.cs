namespace GuestMemory.Rmp;

/// <summary>One look at a platform, or at some of its 2M blocks: the first breach found stays.</summary>
internal class RmpScan
{
    private readonly IReadOnlyList<Pfn>? _blocks;
    private List<RmpPage>? _pages;

    public RmpScan(SnpPlatform platform, RmpViews views, IReadOnlyList<Pfn>? blocks = null)
    {
        Platform = platform;
        Views = views;
        _blocks = blocks;
    }

    public SnpPlatform Platform { get; }

    public RmpViews Views { get; }

    public ReverseMapTable Table => Platform.Table;

    /// <summary>Whether all of the platform is looked at.</summary>
    public bool IsWhole => _blocks is null;

    /// <summary>What is wrong; <see langword="null"/> for nothing.</summary>
    public string? Breach { get; private set; }

    public IReadOnlyList<Pfn> Blocks => _blocks ?? BlocksIn(Table);

    /// <summary>The pages of the blocks; of a block kept as one, those that stand for all.</summary>
    public IReadOnlyList<RmpPage> Pages => _pages ??= PagesOf(Table, Blocks);

    public void Report(string breach) => Breach ??= breach;

    public void Forget() => Breach = null;

    /// <summary>Whether a block that is looked at has some of these frames.</summary>
    public bool Reaches(PfnRange frames)
    {
        if (_blocks is null)
        {
            return true;
        }

        foreach (var block in _blocks)
        {
            if (frames.Overlaps(new(block, ReverseMapTable.PagesPerBlock)))
            {
                return true;
            }
        }

        return false;
    }

    public static IReadOnlyList<Pfn> BlocksIn(ReverseMapTable table) =>
        [.. table.TouchedBlocks().Concat(table.Coverage.OwnPages.SelectMany(BlocksOf)).Distinct()];

    public static IEnumerable<Pfn> BlocksOf(PfnRange frames)
    {
        for (var block = frames.Start.AlignDown(PageSize.Size2M); block < frames.End; block += ReverseMapTable.PagesPerBlock)
        {
            yield return block;
        }
    }

    private static List<RmpPage> PagesOf(ReverseMapTable table, IReadOnlyList<Pfn> blocks)
    {
        var pages = new List<RmpPage>();
        foreach (var block in blocks)
        {
            var isEach = table.BlockOf(block.Value).Form == RmpBlockForm.Each;
            var step = isEach ? 1UL : 255;
            for (var offset = 0UL; offset < ReverseMapTable.PagesPerBlock; offset += step)
            {
                pages.Add(RmpPage.Of(table, block + offset));
            }
        }

        return pages;
    }
}
