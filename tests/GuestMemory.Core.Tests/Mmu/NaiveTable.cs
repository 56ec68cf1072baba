namespace GuestMemory.Tests;

/// <summary>A nested page table as one cell for each 4 KiB page; a leaf is a block of cells with one size.</summary>
internal sealed class NaiveTable
{
    public const ulong Gfns = 3 * 512;
    public const ulong Frames = 4 * 512;

    private readonly Translation?[] _cells = new Translation?[Gfns];

    public IReadOnlyList<Translation?> Cells => _cells;

    /// <summary>What was unmapped and not flushed, cell by cell.</summary>
    public List<(ulong Gfn, Translation Cell)> Unflushed { get; } = [];

    public bool IsMappedAs(PfnRange frames, PageKind kind) =>
        _cells.Any(cell => cell is { } held && held.Kind == kind && frames.Contains(held.Frame))
        || Unflushed.Any(cell => cell.Cell.Kind == kind && frames.Contains(cell.Cell.Frame));

    public void Map(ulong gfn, Translation first)
    {
        var count = first.Size.FrameCount();
        SplitAround(gfn, first.Size);
        SplitAround(gfn + count, first.Size);
        for (var page = 0UL; page < count; page++)
        {
            var cell = first.Advance(page);
            if (_cells[gfn + page] is { } old && (old.Frame != cell.Frame || old.Kind != cell.Kind))
            {
                Unflushed.Add((gfn + page, old));
            }

            _cells[gfn + page] = cell;
        }
    }

    public void Unmap(ulong start, ulong end, KindFilter kinds)
    {
        foreach (var gfn in WholeLeaves(start, end))
        {
            if (_cells[gfn] is { } cell && kinds.HasFlag(cell.Kind == PageKind.Shared ? KindFilter.Shared : KindFilter.Private))
            {
                Unflushed.Add((gfn, cell));
                _cells[gfn] = null;
            }
        }
    }

    public void Flush(ulong start, ulong end) => Unflushed.RemoveAll(cell =>
    {
        var block = new Gfn(cell.Gfn).AlignDown(cell.Cell.Size).Value;
        return start < end && block < end && start < block + cell.Cell.Size.FrameCount();
    });

    public void WriteProtect(ulong start, ulong end)
    {
        foreach (var gfn in WholeLeaves(start, end))
        {
            _cells[gfn] = _cells[gfn] is { } cell ? cell with { Writable = false } : null;
        }
    }

    public bool Split(ulong gfn)
    {
        if (_cells[gfn] is not { } cell)
        {
            return false;
        }

        Resize(new Gfn(gfn).AlignDown(cell.Size).Value, cell.Size.FrameCount(), PageSize.Size4K);
        return true;
    }

    public bool Merge(ulong gfn, PageSize size)
    {
        var count = size.FrameCount();
        var mergeable = gfn % count == 0 && gfn + count <= Gfns && _cells[gfn] is { } first && first.Frame.IsAligned(size) && first.Size <= size;
        for (var page = 0UL; mergeable && page < count; page++)
        {
            mergeable = _cells[gfn + page] == _cells[gfn]!.Value.Advance(page);
        }

        if (mergeable)
        {
            Resize(gfn, count, size);
        }

        return mergeable;
    }

    private SortedSet<ulong> WholeLeaves(ulong start, ulong end)
    {
        var named = new SortedSet<ulong>();
        for (var gfn = start; gfn < end; gfn++)
        {
            var size = _cells[gfn]?.Size ?? PageSize.Size4K;
            var first = new Gfn(gfn).AlignDown(size).Value;
            for (var page = named.Contains(gfn) ? size.FrameCount() : 0; page < size.FrameCount(); page++)
            {
                named.Add(first + page);
            }
        }

        return named;
    }

    private void SplitAround(ulong boundary, PageSize size)
    {
        if (boundary < Gfns && _cells[boundary] is { } cell && cell.Size > size && !new Gfn(boundary).IsAligned(cell.Size))
        {
            Split(boundary);
        }
    }

    private void Resize(ulong start, ulong count, PageSize size)
    {
        for (var gfn = start; gfn < start + count; gfn++)
        {
            _cells[gfn] = _cells[gfn]!.Value with { Size = size };
        }
    }
}
