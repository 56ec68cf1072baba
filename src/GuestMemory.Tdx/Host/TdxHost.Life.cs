namespace GuestMemory.Tdx;

/// <content>A TD's life: built, released, gone.</content>
public sealed partial class TdxHost
{
    /// <summary>The lowest private key identifier nobody has.</summary>
    internal bool TryFindHkid(out Hkid hkid)
    {
        for (var number = Module.Platform.FirstPrivateHkid.Value; number <= Module.Platform.LastPrivateHkid.Value; number++)
        {
            hkid = new(number);
            if (Module.Keys[hkid] == HkidState.Free)
            {
                return true;
            }
        }

        hkid = default;
        return false;
    }

    /// <summary>CREATE, keys on every package, control pages, INIT. All pages are there before the first call; refused later, the caller ends what was made.</summary>
    internal TdxResult Create(GuestId guest, Hkid hkid, ulong attributes, bool isWide)
    {
        if (!TryTakePages(Td.FewestControlPages + 2, out var pages))
        {
            return NoPage;
        }

        var (td, parameters) = (new HostedTd(guest, pages[0]), pages[1]);
        var result = Call(td, TdxFunction.MngCreate, new(td.Tdr.Address.Value, hkid.Value));
        if (result.IsSuccess)
        {
            Add(td);
            result = ConfigureKeys(td);
            result = result.IsSuccess ? AddControlPages(td, TdxFunction.MngAddcx, td.Tdr, pages[2..]) : GivenBack(pages[2..], result);
            result = result.IsSuccess ? Initialize(td, parameters, attributes, isWide) : result;
            pages = [parameters];
        }

        pages.ForEach(ReturnPage);
        return result;
    }

    /// <summary>A vCPU: its pages, all of them before the first call, and VP.INIT.</summary>
    internal TdxResult CreateVcpu(HostedTd td)
    {
        if (!TryTakePages(TdVcpu.FewestControlPages + 1, out var pages))
        {
            return NoPage;
        }

        var tdvpr = pages[0];
        var result = Call(td, TdxFunction.VpCreate, new(tdvpr.Address.Value, td.Tdr.Address.Value));
        if (!result.IsSuccess)
        {
            return GivenBack(pages, result);
        }

        td.VcpuList.Add(tdvpr);
        result = AddControlPages(td, TdxFunction.VpAddcx, tdvpr, pages[1..]);
        return result.IsSuccess ? Call(td, TdxFunction.VpInit, new(tdvpr.Address.Value)) : result;
    }

    /// <summary>The first half of a TD's end: vCPUs flushed, caches written back, key free. Then its pages can be reclaimed, and nothing else.</summary>
    internal TdxResult Release(HostedTd td)
    {
        var ends = Module.FindTd(td.Tdr)!.Lifecycle is TdLifecycle.Blocked ? default : Flush(td);
        for (var package = 0; ends.IsSuccess && package < Module.Platform.Packages; package++)
        {
            ends = WriteBackCaches(td, package);
        }

        ends = ends.IsSuccess ? Call(td, TdxFunction.MngKeyFreeid, new(td.Tdr.Address.Value)) : ends;
        td.IsReleased = ends.IsSuccess;
        return ends;
    }

    /// <summary>The second half, once the mirror has no page left: what was given behind its back, tables, control pages, the root page last.</summary>
    internal void Reclaim(HostedTd td)
    {
        foreach (var run in PagesOf(td, isPrivate: true))
        {
            Reclaim(td, run.Frame, run.Size);
        }

        foreach (var run in PagesOf(td, isPrivate: false))
        {
            ReclaimPage(td, run.Frame);
        }

        ReclaimPage(td, td.Tdr);
        Remove(td);
    }

    private static TdxResult NoPage => new(TdxStatus.Of(TdxStatusCode.OperandInvalid), TdxHostRules.NoPage);

    // In order of frame; the module's table knows them all.
    private List<PamtRun> PagesOf(HostedTd td, bool isPrivate)
    {
        var pages = new List<PamtRun>();
        foreach (var run in Module.Pamt.Runs())
        {
            if (run.Entry.IsUsed && run.Entry.Owner == td.Tdr && (run.Entry.Type == PageType.Reg) == isPrivate)
            {
                pages.Add(run);
            }
        }

        return pages;
    }

    // What will not come back is leaked.
    private void ReclaimPage(HostedTd td, Pfn page)
    {
        if (Call(td, TdxFunction.PhymemPageReclaim, new(page.Address.Value)).IsSuccess)
        {
            ReturnPage(page);
        }
        else
        {
            _machine.Frames.Leak(new(page, 1));
        }
    }

    // One that was never associated says so; VPFLUSHDONE has the last word.
    private TdxResult Flush(HostedTd td)
    {
        KickVcpus(td.Guest);
        foreach (var tdvpr in td.VcpuList)
        {
            Call(td, TdxFunction.VpFlush, new(tdvpr.Address.Value), Module.FindVcpu(tdvpr)?.Processor ?? 0);
        }

        return Call(td, TdxFunction.MngVpFlushDone, new(td.Tdr.Address.Value));
    }

    private TdxResult ConfigureKeys(HostedTd td)
    {
        var result = default(TdxResult);
        for (var package = 0; result.IsSuccess && package < Module.Platform.Packages; package++)
        {
            result = Call(td, TdxFunction.MngKeyConfig, new(td.Tdr.Address.Value), package * Module.Platform.ProcessorsPerPackage);
        }

        return result;
    }

    private TdxResult Initialize(HostedTd td, Pfn page, ulong attributes, bool isWide)
    {
        var parameters = TdParameters.Of(isWide, isWide ? SeptLevel.Pml5 : SeptLevel.Pml4) with { Attributes = attributes };
        parameters.WriteTo(_machine.Contents, page.Address);
        var result = Call(td, TdxFunction.MngInit, new(td.Tdr.Address.Value, page.Address.Value));
        return result.Status.Code == TdxStatusCode.OperandInvalid ? new(result.Status, TdxHostRules.Parameters) : result;
    }

    // Those the module did not take are the host's again.
    private TdxResult AddControlPages(HostedTd td, TdxFunction function, Pfn owner, List<Pfn> pages)
    {
        for (var index = 0; index < pages.Count; index++)
        {
            var result = Call(td, function, new(pages[index].Address.Value, owner.Address.Value));
            if (!result.IsSuccess)
            {
                return GivenBack(pages[index..], result);
            }
        }

        return default;
    }

    private TdxResult GivenBack(List<Pfn> pages, in TdxResult result)
    {
        pages.ForEach(ReturnPage);
        return result;
    }

    private TdxResult WriteBackCaches(HostedTd td, int package)
    {
        var processor = package * Module.Platform.ProcessorsPerPackage;
        var result = Call(td, TdxFunction.PhymemCacheWb, new(0), processor);
        while (result.Status.Code == TdxStatusCode.InterruptedResumable)
        {
            result = Call(td, TdxFunction.PhymemCacheWb, new(1), processor);
        }

        return result;
    }
}
