namespace GuestMemory.Tdx;

/// <content>The PAMT.</content>
public static partial class TdxInvariants
{
    private static void ScanHierarchy(TdxScan scan)
    {
        var pamt = scan.Module.Pamt;
        foreach (var (frame, size, _) in scan.Places)
        {
            if (!pamt[size, frame].IsUsed || pamt[size, frame].Type == PageType.Pamt)
            {
                continue;
            }

            for (var larger = size + 1; larger <= PageSize.Size1G; larger++)
            {
                if (pamt[larger, frame] is { IsUsed: true, Type: not PageType.Pamt } above)
                {
                    scan.Findings.Report(frame, $"its {size} entry is {pamt[size, frame]}, its {larger} entry {above}");
                }
            }

            if (!IsFreeBelow(pamt, frame, size))
            {
                scan.Findings.Report(frame, $"its {size} entry is {pamt[size, frame]}, and a smaller one is not free");
            }
        }
    }

    private static bool IsFreeBelow(Pamt pamt, Pfn frame, PageSize size)
    {
        for (var offset = 0UL; size != PageSize.Size4K && offset < size.FrameCount(); offset += PageSize.Size2M.FrameCount())
        {
            if (!pamt.IsFree2M(frame + offset) || (size == PageSize.Size1G && pamt[PageSize.Size2M, frame + offset].IsUsed))
            {
                return false;
            }
        }

        return true;
    }

    private static void ScanLargeTypes(TdxScan scan)
    {
        foreach (var (frame, size, _) in scan.Places)
        {
            var type = scan.Module.Pamt[size, frame].Type;
            var isRight = size == PageSize.Size4K || type is PageType.Nda or PageType.Reg
                || (type == PageType.Pamt && size == PageSize.Size2M && scan.Version.HasDynamicPamt);
            if (!isRight)
            {
                scan.Findings.Report(frame, $"its {size} entry is {type}");
            }
        }
    }

    private static void ScanReserved(TdxScan scan)
    {
        foreach (var (frame, size, _) in scan.Places)
        {
            var isReserved = size == PageSize.Size4K
                && scan.Module.Pamt.Tdmrs.Any(tdmr => tdmr.ReservedAreas.Any(area => area.Contains(frame)));
            if (isReserved != (scan.Module.Pamt[size, frame].Type == PageType.Rsvd))
            {
                scan.Findings.Report(frame, $"its {size} entry is {scan.Module.Pamt[size, frame].Type}");
            }
        }
    }

    private static void ScanCounts(TdxScan scan)
    {
        foreach (var td in scan.Module.Tds)
        {
            if (td.ChildCount != scan.Owned[td.Tdr])
            {
                scan.Findings.Report(td, $"it counts {td.ChildCount} pages and owns {scan.Owned[td.Tdr]}");
            }
        }

        foreach (var owner in scan.Owned.Owners)
        {
            if (scan.Module.FindTd(owner) is null)
            {
                scan.Findings.Report($"TD {owner}", $"it is gone and owns {scan.Owned[owner]} pages");
            }
        }
    }

    private static void CheckGone(TdxStep step)
    {
        foreach (var (tdr, td) in step.Before.Tds)
        {
            if (step.Module.FindTd(tdr) is null && td.Facts.ChildCount != 0)
            {
                step.Findings.Report(td.Facts, $"its root page was taken while it had {td.Facts.ChildCount} pages");
            }
        }
    }

    private static void ScanOwners(TdxScan scan)
    {
        foreach (var key in scan.Places)
        {
            foreach (var claim in scan.Claims.On(key))
            {
                RequireOwn(scan, key.Frame, claim.Tdr);
            }
        }

        foreach (var td in scan.Module.Tds.Where(td => scan.Module.Pamt[PageSize.Size4K, td.Tdr].Type != PageType.Tdr))
        {
            scan.Findings.Report(td, $"its root page is {scan.Module.Pamt[PageSize.Size4K, td.Tdr]}, free for others");
        }

        foreach (var td in scan.Module.Tds.Where(static td => td.Lifecycle != TdLifecycle.Teardown))
        {
            foreach (var page in td.ControlPages.Concat(td.Vcpus.Select(static vcpu => vcpu.Tdvpr)).Concat(td.Vcpus.SelectMany(static vcpu => vcpu.ControlPages)))
            {
                RequireOwn(scan, page, td.Tdr);
            }
        }
    }

    // A page that nobody owns is another invariant's.
    private static void RequireOwn(TdxScan scan, Pfn page, Pfn tdr)
    {
        var entry = scan.Module.Pamt.LookUp(page, out _);
        if (entry.IsUsed && (entry.Type == PageType.Tdr || entry.Owner != tdr))
        {
            scan.Findings.Report(page, $"TD {tdr} uses it, and it is {entry}");
        }
    }
}
