namespace GuestMemory.Rmp;

/// <summary>What a checker remembers between operations. No part of the machine.</summary>
internal sealed class RmpMemory
{
    private readonly Dictionary<Asid, long> _pages = [];

    public RmpMemory(SnpPlatform platform, bool ownsMemory)
    {
        OwnsMemory = ownsMemory;
        Table = new(platform.Table.Coverage);
        Take(platform);
    }

    /// <summary>The table as it was.</summary>
    public ReverseMapTable Table { get; }

    /// <summary>Whether bytes change through the platform alone.</summary>
    public bool OwnsMemory { get; }

    /// <summary>The memory's revision then.</summary>
    public long Revision { get; private set; }

    /// <summary>What the guests wrote last.</summary>
    public GuestBytes Bytes { get; } = new();

    /// <summary>What can be swapped in.</summary>
    public SwapRecords Swaps { get; } = new();

    /// <summary>Pages of an ASID before the operation, counted here.</summary>
    public long PagesOf(Asid asid) => _pages.GetValueOrDefault(asid);

    /// <summary>Pages, after an operation, of each ASID it gave one to or took one from.</summary>
    public Dictionary<Asid, long> CountAfter(RmpStep step)
    {
        var pages = new Dictionary<Asid, long>();
        foreach (var change in step.Changes)
        {
            foreach (var asid in (ReadOnlySpan<Asid>)[change.Old.Entry.Asid, change.New.Entry.Asid])
            {
                pages.TryAdd(asid, PagesOf(asid));
            }

            pages[change.Old.Entry.Asid]--;
            pages[change.New.Entry.Asid]++;
        }

        pages.Remove(Asid.Hypervisor);
        return pages;
    }

    /// <summary>The platform as it is now is where the next operation begins.</summary>
    public void Take(SnpPlatform platform)
    {
        Table.Clear();
        _pages.Clear();
        Bytes.Clear();
        Swaps.Take(platform);
        foreach (var block in platform.Table.TouchedBlocks())
        {
            CopyBlock(platform.Table, block);
        }

        foreach (var (asid, pages) in Count(platform.Table))
        {
            _pages[asid] = pages;
        }

        Revision = platform.Contents.Revision;
    }

    /// <summary>The operation is past.</summary>
    public void Follow(RmpStep step)
    {
        foreach (var change in step.Changes)
        {
            Add(_pages, change.Old.Entry.Asid, -1);
            Add(_pages, change.New.Entry.Asid, 1);
        }

        Bytes.Follow(step);
        Swaps.Follow(step);
        foreach (var block in step.Blocks)
        {
            CopyBlock(step.Table, block);
        }

        Revision = step.Platform.Contents.Revision;
    }

    /// <summary>Pages of each ASID, counted in the entries.</summary>
    public static Dictionary<Asid, long> Count(ReverseMapTable table)
    {
        var pages = new Dictionary<Asid, long>();
        foreach (var block in table.TouchedBlocks())
        {
            if (table.BlockOf(block.Value).Form != RmpBlockForm.Each)
            {
                Add(pages, table.Raw(block).Asid, (long)ReverseMapTable.PagesPerBlock);
                continue;
            }

            for (var offset = 0UL; offset < ReverseMapTable.PagesPerBlock; offset++)
            {
                Add(pages, RmpPage.Of(table, block + offset).Entry.Asid, 1);
            }
        }

        return pages;
    }

    private static void Add(Dictionary<Asid, long> pages, Asid asid, long count)
    {
        if (asid.IsGuest)
        {
            pages[asid] = pages.GetValueOrDefault(asid) + count;
        }
    }

    private void CopyBlock(ReverseMapTable from, Pfn head)
    {
        ref readonly var block = ref from.BlockOf(head.Value);
        if (block.Form == RmpBlockForm.Alike)
        {
            Table.Fill(new(head, ReverseMapTable.PagesPerBlock), block.One);
        }
        else if (block.Form != RmpBlockForm.Each && block.One.Assigned)
        {
            Table.WriteLarge(head, block.One);
            if (block.Form == RmpBlockForm.Consecutive)
            {
                Table.Smash(head);
            }
        }
        else
        {
            CopyEach(block, head);
        }
    }

    private void CopyEach(in RmpBlock block, Pfn head)
    {
        if (Table.IsInLargePage(head))
        {
            Table.WriteLarge(head, default);
        }

        for (var offset = 0UL; offset < ReverseMapTable.PagesPerBlock; offset++)
        {
            if (Table.Raw(head + offset) != block.Raw(offset))
            {
                Table.Write(head + offset, block.Raw(offset));
            }
        }
    }
}
