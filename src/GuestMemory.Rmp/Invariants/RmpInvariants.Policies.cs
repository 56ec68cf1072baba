namespace GuestMemory.Rmp;

/// <content>What host and guest have to keep by themselves, and what their mappings lead to.</content>
public static partial class RmpInvariants
{
    private static void ScanMixedMappings(RmpScan scan)
    {
        foreach (var mapping in scan.Views.Host?.Mappings ?? [])
        {
            if (!mapping.IsWritable || mapping.Size == PageSize.Size4K || !scan.Reaches(mapping.Frames))
            {
                continue;
            }

            foreach (var block in RmpScan.BlocksOf(mapping.Frames))
            {
                if (scan.Table.AssignedIn2M(block) is > 0 and < (int)ReverseMapTable.PagesPerBlock)
                {
                    scan.Report($"{mapping} covers the block at {block}, {scan.Table.AssignedIn2M(block)} pages of which are assigned");
                }
            }
        }
    }

    private static void ScanMappedPages(RmpScan scan)
    {
        foreach (var mapping in scan.Views.Host?.Mappings ?? [])
        {
            foreach (var block in RmpScan.BlocksOf(mapping.Frames))
            {
                if (scan.Table.AssignedIn2M(block) > 0 && FirstAssigned(scan.Table, mapping.Frames.Intersect(new(block, ReverseMapTable.PagesPerBlock))) is { } frame)
                {
                    scan.Report($"{mapping} covers {frame}, which is {scan.Table.Resolve(frame)}");
                }
            }
        }
    }

    private static Pfn? FirstAssigned(ReverseMapTable table, PfnRange frames)
    {
        for (var frame = frames.Start; frame < frames.End; frame += 1)
        {
            if (table.Resolve(frame).Assigned)
            {
                return frame;
            }
        }

        return null;
    }

    private static void ScanFreePages(RmpScan scan)
    {
        if (scan.Views.IsFree is not { } isFree)
        {
            return;
        }

        foreach (var block in scan.Blocks)
        {
            for (var frame = block; frame < block + ReverseMapTable.PagesPerBlock; frame += 1)
            {
                if (IsNeverFree(RmpPage.Of(scan.Table, frame).Entry.State) && isFree(frame))
                {
                    scan.Report($"{frame} is free to the host and {RmpPage.Of(scan.Table, frame).Entry}");
                }
            }
        }
    }

    private static bool IsNeverFree(RmpPageState state) => state is
        RmpPageState.Firmware or RmpPageState.Context or RmpPageState.Metadata or RmpPageState.Reclaim or RmpPageState.IommuBuffer;

    private static void ScanNestedMappings(RmpScan scan)
    {
        foreach (var leaf in scan.Views.Nested?.Mappings ?? [])
        {
            for (var page = 0UL; leaf.IsPrivate && scan.Platform.IsOn && page < leaf.Size.FrameCount(); page++)
            {
                var (frame, gpa) = (leaf.Frame + page, (leaf.Gfn + page).Address);
                if (!IsFor(RmpPage.Of(scan.Table, frame).Entry, leaf.Asid, gpa.Frame, leaf.Size) && LetsThrough(scan.Platform, leaf, frame, gpa))
                {
                    scan.Report($"{leaf} lets an access through to {frame}, which is {scan.Table.Resolve(frame)}");
                    break;
                }
            }
        }
    }

    private static bool IsFor(in RmpEntry entry, Asid asid, Gfn gfn, PageSize mapping) =>
        entry.Asid == asid && entry.Gpa.Frame == gfn && (entry.Size == PageSize.Size4K) == (mapping == PageSize.Size4K);

    private static bool LetsThrough(SnpPlatform platform, in NestedMapping leaf, Pfn frame, Gpa gpa) =>
        platform.Check(RmpAccess.Private(leaf.Asid, AccessKind.Read, gpa, frame, leaf.Size)).IsAllowed
        || platform.Check(RmpAccess.Private(leaf.Asid, AccessKind.Write, gpa, frame, leaf.Size)).IsAllowed;

    private static void CheckMappingSize(RmpStep step)
    {
        var access = step.Operation.Access;
        if (step.IsPrivateAccess && (access.MappingSize == PageSize.Size4K) != (RmpPage.Of(step.Table, access.Frame).Entry.Size == PageSize.Size4K))
        {
            step.Report($"{access} went through to a page of {step.Table.Resolve(access.Frame).Size}");
        }
    }

    private static void ScanDoubleValidation(RmpScan scan)
    {
        if (scan.IsWhole)
        {
            FindTwice(scan);
        }
    }

    private static void CheckDoubleValidation(RmpStep step)
    {
        foreach (var change in step.Changes)
        {
            if (change.New.Entry.Validated && !(change.Old.Entry.Validated && change.Old.Entry.Gpa == change.New.Entry.Gpa))
            {
                FindTwice(step);
                return;
            }
        }
    }

    private static void FindTwice(RmpScan scan)
    {
        var end = default(Gfn);
        var last = default(RmpRun);
        foreach (var run in scan.Table.Runs().Where(run => run.First.Validated).OrderBy(run => run.First.Asid.Value).ThenBy(run => run.First.Gpa))
        {
            if ((run.First.Asid == last.First.Asid && run.First.Gpa.Frame < end) || (run.Frames.Count > 1 && !run.Advances))
            {
                scan.Report($"{run} and {last} are validated at one address");
            }

            end = run.First.Gpa.Frame + run.Frames.Count;
            last = run;
        }
    }
}
