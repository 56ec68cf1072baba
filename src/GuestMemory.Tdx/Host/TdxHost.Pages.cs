using System.Runtime.CompilerServices;

namespace GuestMemory.Tdx;

/// <content>A TD's private pages: given, blocked, removed, split, merged, moved.</content>
public sealed partial class TdxHost
{
    /// <summary>Makes the tables above an entry, from pages of the pool.</summary>
    /// <returns>Success; the module's refusal; or that no page was left, as the status of nothing (<paramref name="isOutOfPages"/>).</returns>
    internal TdxResult AddTables(HostedTd td, Gfn gfn, SeptLevel level, out bool isOutOfPages)
    {
        isOutOfPages = false;
        var tree = Module.FindTd(td.Tdr)!.Sept!;
        while (tree.Walk(gfn, level) is { } place && place.Level > level)
        {
            var result = AddTable(td, gfn, place.Level, out isOutOfPages);
            if (isOutOfPages || !result.IsSuccess)
            {
                return result;
            }
        }

        return default;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private TdxResult AddTable(HostedTd td, Gfn gfn, SeptLevel level, out bool isOutOfPages)
    {
        isOutOfPages = !TryTakePage(out var page);
        if (isOutOfPages)
        {
            return default;
        }

        var at = new PageInfo(new Gfn(gfn.Value & ~(level.FrameCount() - 1)).Address, level);
        var result = Call(td, TdxFunction.MemSeptAdd, new(at.Raw, td.Tdr.Address.Value, page.Address.Value));
        if (!result.IsSuccess)
        {
            ReturnPage(page);
        }

        return result;
    }

    /// <summary>BLOCK: no new walk finds the page. What is blocked already stays so.</summary>
    internal TdxResult Block(HostedTd td, Gfn gfn, PageSize size) => Call(td, TdxFunction.MemRangeBlock, Operands(td, gfn, size));

    /// <summary>TRACK, and every vCPU out: nobody uses what was blocked. Where nothing runs yet it is not asked for.</summary>
    internal TdxResult Track(HostedTd td)
    {
        if (!Module.FindTd(td.Tdr)!.OpState.RequiresTracking())
        {
            return default;
        }

        var result = Call(td, TdxFunction.MemTrack, new(td.Tdr.Address.Value));
        KickVcpus(td.Guest);
        return result;
    }

    /// <summary>REMOVE, write-back and clear, page by page of what it covered; in teardown RECLAIM and clear.</summary>
    internal TdxResult Remove(HostedTd td, Gfn gfn, Pfn frame, PageSize size)
    {
        if (td.IsReleased)
        {
            return Reclaim(td, frame, size);
        }

        var result = Call(td, TdxFunction.MemPageRemove, Operands(td, gfn, size));
        var pages = result.IsSuccess ? new PfnRange(frame, size.FrameCount()) : default;
        for (var page = pages.Start; page < pages.End; page += 1)
        {
            var written = WriteBackAndClear(td, page);
            result = result.IsSuccess ? written : result;
        }

        return result;
    }

    // What REMOVE took before, and could not write back, the TD does not have any more.
    private TdxResult Reclaim(HostedTd td, Pfn frame, PageSize size)
    {
        if (IsUnwritten(frame) && !Module.Pamt.LookUp(frame, out _).IsUsed)
        {
            return default;
        }

        var result = Call(td, TdxFunction.PhymemPageReclaim, new(frame.Address.Value));
        for (var page = frame; result.IsSuccess && page < frame + size.FrameCount(); page += 1)
        {
            Clear(page);
        }

        return result;
    }

    /// <summary>DEMOTE: one page of 2M becomes 512 of 4K, bytes and acceptance kept. Blocked, tracked, vCPUs out before.</summary>
    internal TdxResult Demote(HostedTd td, Gfn gfn, out bool isOutOfPages)
    {
        isOutOfPages = !TryTakePage(out var page);
        if (isOutOfPages)
        {
            return default;
        }

        var result = Block(td, gfn, PageSize.Size2M);
        result = result.IsSuccess ? Track(td) : result;
        var registers = Operands(td, gfn, PageSize.Size2M) with { R8 = page.Address.Value };
        result = result.IsSuccess ? CallThroughInterrupts(td, TdxFunction.MemPageDemote, registers) : result;
        if (!result.IsSuccess)
        {
            ReturnPage(page);
            Unblock(td, gfn, PageSize.Size2M);
        }

        return result;
    }

    /// <summary>PROMOTE: 512 pages of 4K become one of 2M; the table's page comes back.</summary>
    internal TdxResult Promote(HostedTd td, Gfn gfn)
    {
        var result = Block(td, gfn, PageSize.Size2M);
        result = result.IsSuccess ? Track(td) : result;
        result = result.IsSuccess ? CallThroughInterrupts(td, TdxFunction.MemPagePromote, Operands(td, gfn, PageSize.Size2M)) : result;
        if (result.IsSuccess)
        {
            var page = new Spa(result.Rcx).Frame;
            GiveBackOrLeak(page, isClean: WriteBackAndClear(td, page).IsSuccess);
        }
        else
        {
            Unblock(td, gfn, PageSize.Size2M);
        }

        return result;
    }

    /// <summary>RELOCATE: the page's bytes go to another frame, the guest notices a delay at most. The caller follows, then clears the old frame.</summary>
    internal TdxResult Relocate(HostedTd td, Gfn gfn, Pfn to)
    {
        var result = Block(td, gfn, PageSize.Size4K);
        result = result.IsSuccess ? Track(td) : result;
        result = result.IsSuccess ? CallQuietly(td, TdxFunction.MemPageRelocate, Operands(td, gfn, PageSize.Size4K) with { R8 = to.Address.Value }) : result;
        if (!result.IsSuccess)
        {
            Unblock(td, gfn, PageSize.Size4K);
        }

        return result;
    }

    // What did not go through shall be as before; a page that stays blocked is one the guest never gets back.
    private void Unblock(HostedTd td, Gfn gfn, PageSize size)
    {
        var place = Module.FindTd(td.Tdr)!.Sept!.Walk(gfn, SeptLevels.Of(size));
        if (place.Level != SeptLevels.Of(size) || !place.Entry.State.IsBlocked())
        {
            return;
        }

        if (!Track(td).IsSuccess || !Call(td, TdxFunction.MemRangeUnblock, Operands(td, gfn, size)).IsSuccess)
        {
            _machine.VirtualMachine(td.Guest).Kill();
        }
    }

    private void GiveBackOrLeak(Pfn page, bool isClean)
    {
        if (isClean)
        {
            _machine.Frames.GiveBack(new(page, 1));
        }
        else
        {
            _machine.Frames.Leak(new(page, 1));
        }
    }

    internal static TdxRegisters Operands(HostedTd td, Gfn gfn, PageSize size) =>
        new(new PageInfo(gfn.Address, SeptLevels.Of(size)).Raw, td.Tdr.Address.Value);

    private TdxResult CallThroughInterrupts(HostedTd td, TdxFunction function, in TdxRegisters registers)
    {
        var result = Call(td, function, registers);
        while (result.Status.Code == TdxStatusCode.InterruptedRestartable)
        {
            result = Call(td, function, registers);
        }

        return result;
    }
}
