namespace GuestMemory.Tdx;

/// <summary>The PAMT of one TDMR.</summary>
internal sealed class PamtRange
{
    private const ulong Gibibyte = 1UL << 30;
    private const int MostTdmrs = 64;
    private readonly PamtBlock?[] _blocks;
    private readonly PfnRange[] _reserved;

    public PamtRange(Tdmr tdmr, bool initialized)
    {
        (Start, Frames) = (tdmr.Frames.Start.Value, tdmr.Frames.Count);
        _reserved = [.. tdmr.ReservedAreas];
        _blocks = new PamtBlock?[Frames / PageSize.Size1G.FrameCount()];
        InitializedTo = Start + (initialized ? Frames : 0);
    }

    /// <summary>First frame.</summary>
    public ulong Start { get; }

    /// <summary>Number of frames.</summary>
    public ulong Frames { get; }

    /// <summary>First frame not initialised.</summary>
    public ulong InitializedTo { get; set; }

    /// <summary>End of the blocks that are initialised whole.</summary>
    public ulong InitializedEnd => InitializedTo & ~(PageSize.Size1G.FrameCount() - 1);

    public static void Require(IReadOnlyList<Tdmr> tdmrs)
    {
        Refuse(tdmrs.Count > MostTdmrs, $"There are {tdmrs.Count} TDMRs; at most {MostTdmrs} are allowed.");
        Tdmr? before = null;
        foreach (var tdmr in tdmrs)
        {
            Refuse(tdmr.Size == 0 || tdmr.Size % Gibibyte != 0 || tdmr.Start.Value % Gibibyte != 0, $"{tdmr} is not a multiple of 1 GiB at a multiple of 1 GiB.");
            Refuse(tdmr.Start.Value > (1UL << 52) - tdmr.Size, $"{tdmr} ends beyond 52 bits of address.");
            Refuse(before is not null && tdmr.Frames.Start < before.Frames.End, $"{tdmr} does not lie behind {before}.");
            Refuse(tdmr.ReservedAreas.Count > Tdmr.MostReservedAreas, $"{tdmr} has {tdmr.ReservedAreas.Count} reserved areas; at most {Tdmr.MostReservedAreas} are allowed.");
            RequireAreas(tdmr);
            before = tdmr;
        }
    }

    public PamtBlock? BlockOf(Pfn frame) => _blocks[(int)((frame.Value - Start) >> 18)];

    public PamtBlock Touch(Pfn frame)
    {
        ref var block = ref _blocks[(int)((frame.Value - Start) >> 18)];
        return block ??= NewBlock(frame.AlignDown(PageSize.Size1G));
    }

    public PamtEntry[] TouchSmall(PamtBlock block, Pfn frame)
    {
        ref var small = ref block.Small[(int)((frame.Value >> 9) & 511)];
        return small ??= NewSmall(frame.AlignDown(PageSize.Size2M));
    }

    /// <summary>A 4K entry nobody wrote.</summary>
    public PamtEntry Untouched(Pfn frame)
    {
        foreach (var area in _reserved)
        {
            if (area.Contains(frame))
            {
                return PamtEntry.Reserved;
            }
        }

        return default;
    }

    public ushort ReservedIn2M(Pfn frame)
    {
        var large = new PfnRange(frame.AlignDown(PageSize.Size2M), PageSize.Size2M.FrameCount());
        var count = 0UL;
        foreach (var area in _reserved)
        {
            count += area.Intersect(large).Count;
        }

        return (ushort)count;
    }

    public IEnumerable<PamtRun> Runs()
    {
        for (var index = 0; index < _blocks.Length; index++)
        {
            if (_blocks[index] is not { } block)
            {
                continue;
            }

            var head = new Pfn(Start + ((ulong)index << 18));
            if (block.Whole != default)
            {
                yield return new(head, PageSize.Size1G, block.Whole);
            }

            for (var large = 0; large < PamtBlock.LargePages; large++)
            {
                var at = head + ((ulong)large << 9);
                if (block.Large[large] != default)
                {
                    yield return new(at, PageSize.Size2M, block.Large[large]);
                }

                for (var page = 0; block.Small[large] is { } small && page < small.Length; page++)
                {
                    if (small[page] != Untouched(at + (ulong)page))
                    {
                        yield return new(at + (ulong)page, PageSize.Size4K, small[page]);
                    }
                }
            }
        }
    }

    /// <summary>Adds the entries that were ever written to counts by size and type.</summary>
    public void Count(Span<long> counts)
    {
        foreach (var block in _blocks)
        {
            if (block is null)
            {
                continue;
            }

            counts[(2 * Pamt.Types) + (int)block.Whole.Type]++;
            for (var large = 0; large < PamtBlock.LargePages; large++)
            {
                counts[Pamt.Types + (int)block.Large[large].Type]++;
                for (var page = 0; block.Taken[large] > 0 && block.Small[large] is { } small && page < small.Length; page++)
                {
                    counts[(int)small[page].Type]++;
                }
            }
        }
    }

    public void Clear()
    {
        Array.Clear(_blocks);
        InitializedTo = Start;
    }

    private static void RequireAreas(Tdmr tdmr)
    {
        var end = tdmr.Frames.Start;
        foreach (var area in tdmr.ReservedAreas)
        {
            Refuse(area.Start < end || area.IsEmpty || area.End > tdmr.Frames.End, $"{tdmr} has the reserved area {area}, which is empty, out of order or outside.");
            end = area.End;
        }
    }

    private static void Refuse(bool refused, string message)
    {
        if (refused)
        {
            throw new ArgumentException(message);
        }
    }

    private PamtBlock NewBlock(Pfn head)
    {
        var block = new PamtBlock();
        foreach (var area in _reserved)
        {
            var inside = area.Intersect(new(head, PageSize.Size1G.FrameCount()));
            for (var at = inside.Start.AlignDown(PageSize.Size2M); !inside.IsEmpty && at < inside.End; at += PageSize.Size2M.FrameCount())
            {
                block.Taken[(int)((at - head) >> 9)] = ReservedIn2M(at);
            }
        }

        return block;
    }

    private PamtEntry[] NewSmall(Pfn head)
    {
        var small = new PamtEntry[PamtBlock.PagesPerLarge];
        foreach (var area in _reserved)
        {
            var inside = area.Intersect(new(head, PageSize.Size2M.FrameCount()));
            for (var at = inside.Start; at < inside.End; at += 1)
            {
                small[(int)(at - head)] = PamtEntry.Reserved;
            }
        }

        return small;
    }
}
