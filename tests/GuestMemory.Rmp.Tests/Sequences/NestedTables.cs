namespace GuestMemory.Rmp.Tests.Sequences;

/// <summary>The guests' nested tables, which the host writes as it likes.</summary>
internal sealed class NestedTables : INestedMappingView
{
    private readonly SortedList<(uint Asid, ulong Gfn), NestedMapping> _leaves = [];

    public IEnumerable<NestedMapping> Mappings => _leaves.Values;

    public void Map(Asid asid, Gfn gfn, Pfn frame, PageSize size)
    {
        Unmap(asid, gfn);
        var leaf = new NestedMapping(asid, gfn.AlignDown(size), frame.AlignDown(size), size, IsPrivate: true);
        for (var page = 0UL; page < size.FrameCount(); page++)
        {
            _leaves.Remove((asid.Value, leaf.Gfn.Value + page));
        }

        _leaves[(asid.Value, leaf.Gfn.Value)] = leaf;
    }

    public void Unmap(Asid asid, Gfn gfn)
    {
        _leaves.Remove((asid.Value, gfn.Value));
        if (_leaves.TryGetValue((asid.Value, gfn.AlignDown(PageSize.Size2M).Value), out var leaf) && leaf.Size == PageSize.Size2M)
        {
            _leaves.Remove((asid.Value, leaf.Gfn.Value));
        }
    }

    public (Pfn Frame, PageSize Size)? Find(Asid asid, Gfn gfn)
    {
        if (_leaves.TryGetValue((asid.Value, gfn.Value), out var leaf))
        {
            return (leaf.Frame, leaf.Size);
        }

        return _leaves.TryGetValue((asid.Value, gfn.AlignDown(PageSize.Size2M).Value), out leaf) && leaf.Size == PageSize.Size2M
            ? (leaf.Frame + (gfn.Value % 512), leaf.Size)
            : null;
    }
}
