namespace GuestMemory.Rmp;

/// <content>What holds of every page by itself, and of the counts.</content>
public static partial class RmpInvariants
{
    private static bool IsInAState(in RmpPage page) => page.IsCovered ? page.Entry.State != RmpPageState.Invalid : page.Own == default;

    private static bool HasOneOwner(in RmpPage page) =>
        page.Resolved.Asid == page.Entry.Asid
        && (!page.Entry.Asid.IsGuest || page.Resolved.Gpa == page.Entry.Gpa)
        && (page.IsHead || !page.IsInLarge || !page.Own.Asid.IsGuest || page.Own.Asid == page.Entry.Asid);

    private static bool IsValidatedAsAGuests(in RmpPage page) => page.Entry is not { Validated: true } or { Assigned: true, Asid.IsGuest: true };

    private static bool IsBlankWhenUnassigned(in RmpPage page) =>
        page.Entry is { Assigned: true } or { Asid.IsGuest: false, Validated: false, Gpa.Value: 0, Vmsa: false, Size: PageSize.Size4K };

    private static bool IsAssignedWhenOwned(in RmpPage page) => page.Entry is not { Asid.IsGuest: true } or { Assigned: true };

    private static bool HasVmsaRightly(in RmpPage page) =>
        page.Entry is not { Vmsa: true } or { Asid.IsGuest: true } or { State: RmpPageState.Context };

    private static bool IsWellFormedLarge(in RmpPage page) => page.IsInLarge && !page.IsHead
        ? page.Own == ReverseMapTable.SubEntry
        : page.Own.Size == PageSize.Size4K || (page.IsHead && page.Own.Gpa.Frame.IsAligned(PageSize.Size2M));

    private static bool HasNoOwnerInsideLarge(in RmpPage page) =>
        !page.IsInLarge || page.IsHead || page.Own is { Asid.IsGuest: false, Immutable: false, Validated: false, Size: PageSize.Size4K };

    private static void ScanBlockCounts(RmpScan scan)
    {
        foreach (var block in scan.Blocks)
        {
            var assigned = 0;
            for (var offset = 0UL; offset < ReverseMapTable.PagesPerBlock; offset++)
            {
                assigned += scan.Table.Raw(block + offset).Assigned ? 1 : 0;
            }

            if (assigned != scan.Table.AssignedIn2M(block))
            {
                scan.Report($"the block at {block} has {assigned} assigned pages and counts {scan.Table.AssignedIn2M(block)}");
            }
        }
    }

    // ASIDs below 1024 are asked for even if no page carries them.
    private static void ScanAsidCounts(RmpScan scan)
    {
        if (!scan.IsWhole)
        {
            return;
        }

        var counts = RmpMemory.Count(scan.Table);
        for (var asid = 1u; asid < 1024; asid++)
        {
            counts.TryAdd(new(asid), 0);
        }

        RequireCounts(scan, counts);
    }

    private static void CheckAsidCounts(RmpStep step)
    {
        RequireCounts(step, step.Memory.CountAfter(step));
        CheckBinding(step);
    }

    private static void RequireCounts(RmpScan scan, Dictionary<Asid, long> counts)
    {
        foreach (var (asid, pages) in counts)
        {
            if (scan.Table.PagesOf(asid) != (ulong)pages)
            {
                scan.Report($"{pages} pages carry {asid}, and the count is {scan.Table.PagesOf(asid)}");
            }
        }
    }

    private static void ScanMetadata(RmpScan scan)
    {
        foreach (var page in scan.Pages)
        {
            if (page.Entry.State == RmpPageState.Metadata && !scan.Table.Coverage.Covers(new(page.Entry.Gpa.Frame.Value)))
            {
                scan.Report($"{page} names a page without entry as its context");
            }
        }
    }

    // Until the firmware begins, a table may lie where it will not be built.
    private static void ScanOwnPages(RmpScan scan)
    {
        if (scan.Platform.Firmware.State != SnpPlatformState.Init)
        {
            return;
        }

        foreach (var run in scan.Table.Coverage.OwnPages.Where(scan.Reaches))
        {
            for (var frame = run.Start; frame < run.End; frame += 1)
            {
                if (scan.Table.StateOf(frame) != RmpPageState.Firmware)
                {
                    scan.Report($"{frame} holds entries of the table and is {scan.Table.Resolve(frame)}");
                    return;
                }
            }
        }
    }
}
