using GuestMemory.Tdx;

namespace GuestMemory.Benchmarks;

/// <summary>Pages of one size on their round: given, accepted, blocked, tracked, and removed, unblocked, moved or split. All of them take each step together.</summary>
internal sealed class TdxPageRound
{
    private const ulong Gibibyte = 1UL << 18;
    private readonly SeptLevel _level;
    private readonly ulong _bytes;
    private readonly TdxBench _bench;
    private readonly ulong _tables;
    private ulong _shift;

    /// <summary>Makes the machine and the tables; every page takes the round once, so that the PAMT has its entries.</summary>
    public TdxPageRound(SeptLevel level, ulong count)
    {
        (_level, Count) = (level, count);
        _bytes = level.FrameCount() << 12;
        _tables = count * _bytes * 2;
        _bench = new TdxBench((((count * _bytes * 2) >> 12) + count + Gibibyte) / Gibibyte * Gibibyte);
        _bench.AddTables(count * _bytes, level);
        Bring(PagePhase.Tracked);
        TdxBench.Do(Remove());
    }

    public ulong Count { get; }

    public PagePhase Phase { get; private set; }

    /// <summary>Goes on until the pages are so far.</summary>
    public void Bring(PagePhase wanted)
    {
        while (Phase != wanted)
        {
            TdxBench.Do(Phase switch
            {
                PagePhase.Free => Augment(),
                PagePhase.Pending => Accept(),
                PagePhase.Accepted => Block(),
                PagePhase.Blocked => Track(),
                _ => Remove(),
            });
        }
    }

    public bool Augment() => Each(TdxFunction.MemPageAug, _shift, PagePhase.Pending);

    public bool Accept()
    {
        var all = true;
        for (var page = 0UL; page < Count; page++)
        {
            all &= _bench.Accept(page * _bytes, _level);
        }

        return Reach(PagePhase.Accepted, all);
    }

    public bool Block() => Each(TdxFunction.MemRangeBlock, 0, PagePhase.Blocked);

    public bool Track() => Reach(PagePhase.Tracked, _bench.Track());

    public bool Unblock() => Each(TdxFunction.MemRangeUnblock, 0, PagePhase.Accepted);

    public bool Remove() => Each(TdxFunction.MemPageRemove, 0, PagePhase.Free);

    /// <summary>RELOCATE, to the other half of memory.</summary>
    public bool Relocate()
    {
        _shift ^= Count * _bytes;
        return Each(TdxFunction.MemPageRelocate, _shift, PagePhase.Accepted);
    }

    public bool Demote()
    {
        var all = true;
        for (var page = 0UL; page < Count; page++)
        {
            all &= _bench.Call(TdxFunction.MemPageDemote, (page * _bytes) | (ulong)_level, _bench.Tdr, _tables + (page << 12));
        }

        return Reach(PagePhase.Accepted, all);
    }

    /// <summary>PROMOTE of what was split.</summary>
    public bool Promote() => Each(TdxFunction.MemPagePromote, 0, PagePhase.Accepted);

    /// <summary>The host clears the tables' pages it got back, as it does with every page.</summary>
    public void ClearTables()
    {
        for (var page = 0UL; page < Count; page++)
        {
            _bench.Module.HostClear(new Spa(_tables + (page << 12)).Frame);
        }
    }

    /// <summary>RDMD of every page.</summary>
    public bool Read()
    {
        var all = true;
        for (var page = 0UL; page < Count; page++)
        {
            all &= _bench.Call(TdxFunction.PhymemPageRdmd, page * _bytes);
        }

        return all;
    }

    private bool Each(TdxFunction function, ulong shift, PagePhase phase)
    {
        var all = true;
        for (var page = 0UL; page < Count; page++)
        {
            var gpa = page * _bytes;
            all &= _bench.Call(function, gpa | (ulong)_level, _bench.Tdr, gpa + shift);
        }

        return Reach(phase, all);
    }

    private bool Reach(PagePhase phase, bool all)
    {
        Phase = phase;
        return all;
    }
}
