namespace GuestMemory.Tdx;

/// <content>The Secure EPTs.</content>
public static partial class TdxInvariants
{
    private static void ScanLeaves(TdxScan scan)
    {
        foreach (var place in scan.Places)
        {
            Require(scan, place with { IsTable = false }, PageType.Reg);
        }
    }

    private static void ScanTables(TdxScan scan)
    {
        foreach (var place in scan.Places)
        {
            if (place.Size == PageSize.Size4K)
            {
                Require(scan, place with { IsTable = true }, PageType.Ept);
            }
        }

        foreach (var td in scan.Module.Tds.Where(static td => td is { Lifecycle: not TdLifecycle.Teardown, Sept: not null }))
        {
            var root = scan.Module.Pamt[PageSize.Size4K, td.Sept!.Root];
            if (root.Type != PageType.Tdcx || root.Owner != td.Tdr)
            {
                scan.Findings.Report(td, $"the root of its tree lies in a page that is {root}");
            }
        }
    }

    // The page is of the type exactly when one entry leads to it, of its owner. What a TD owns that is gone is another invariant's.
    private static void Require(TdxScan scan, PageKey key, PageType type)
    {
        var entry = scan.Module.Pamt[key.Size, key.Frame];
        var claims = scan.Claims.On(key).ToArray();
        var isOne = entry.Type == type && scan.Module.FindTd(entry.Owner) is { Lifecycle: not TdLifecycle.Teardown };
        if (claims.Length != (isOne ? 1 : 0) || (isOne && claims[0].Tdr != entry.Owner))
        {
            var from = claims.Length == 0 ? "no entry leads" : $"{claims.Length} entries lead, the first at {claims[0]},";
            scan.Findings.Report(key, $"it is {entry}, and {from} to it");
        }
    }

    private static void ScanEntries(TdxScan scan)
    {
        foreach (var (tdr, row) in scan.Rows)
        {
            var isRight = row.Entry.State switch
            {
                SeptEntryState.Free => row.Entry.WithLock(false).WithHostPriority(false) == SeptEntry.Free,
                SeptEntryState.Removed => !row.Entry.IsLeaf && row.Entry.Rights == 0,
                var state when state.IsTable() => !row.Entry.IsLeaf && row.Level > SeptLevel.Pt,
                _ => row.Entry.IsLeaf && row.Level <= SeptLevel.Pdpt,
            };
            if (!isRight || row.Entry.Raw >> 63 == 0)
            {
                scan.Findings.Report($"{row.Gfn} of TD {tdr}", $"at {row.Level} is {row.Entry}");
            }
        }
    }

    private static void ScanRights(TdxScan scan)
    {
        foreach (var (tdr, row) in scan.Rows)
        {
            var mayRead = row.Entry.State is SeptEntryState.NonLeafMapped || row.Entry.State.IsGuestAccessible();
            if (!mayRead && row.Entry.Rights != 0)
            {
                scan.Findings.Report($"{row.Gfn} of TD {tdr}", $"can be reached and is {row.Entry}");
            }
        }
    }

    // Q5: an export while paused leaves the page writable in this one state.
    private static void ScanWriteBlocks(TdxScan scan)
    {
        foreach (var (tdr, row) in scan.Rows)
        {
            var isExempt = row.Entry.State == SeptEntryState.ExportedBlockedWrite && scan.Version.PausedExportKeepsWrite;
            if (row.Entry.State.IsWriteBlocked() && (row.Entry.Rights & 2) != 0 && !isExempt)
            {
                scan.Findings.Report($"{row.Gfn} of TD {tdr}", $"can be written and is {row.Entry}");
            }
        }
    }
}
