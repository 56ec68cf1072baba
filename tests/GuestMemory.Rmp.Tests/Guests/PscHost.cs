namespace GuestMemory.Rmp.Tests.Guests;

/// <summary>A host that serves page state changes page by page out of the block H; strict ones name what they would otherwise repair or pass by.</summary>
internal sealed class PscHost(GuestWorld world, bool isStrict = false)
{
    public ulong Serve(PscBuffer buffer)
    {
        var request = new PscRequest(buffer);
        while (request.TryNextRun(out var run))
        {
            var word = isStrict ? Judge(run) : PscResult.Done;
            if (word != PscResult.Done)
            {
                request.End(word);
                break;
            }

            request.Complete(Convert(run) ? 0UL : 22);
        }

        return request.ExitInfo2;
    }

    private static Pfn FrameOf(Gfn gfn) => SnpWorld.H(gfn - SnpWorld.G().Frame);

    private ulong Judge(in PscRun run)
    {
        for (var gfn = run.Frames.Start; gfn < run.Frames.End; gfn += 1)
        {
            var frame = FrameOf(gfn);
            if (!run.IsLarge && world.World.Table.IsInLargePage(frame))
            {
                return PscResult.Overlap;
            }

            if (world.World.Table.Resolve(frame).Assigned == run.IsPrivate)
            {
                return PscResult.AlreadyDone;
            }
        }

        return PscResult.Done;
    }

    private bool Convert(in PscRun run)
    {
        var isDone = true;
        for (var gfn = run.Frames.Start; gfn < run.Frames.End; gfn += 1)
        {
            isDone &= Convert(gfn, FrameOf(gfn), run.IsPrivate);
        }

        return isDone;
    }

    private bool Convert(Gfn gfn, Pfn frame, bool isPrivate)
    {
        var platform = world.World.Platform;
        if (world.World.Table.IsInLargePage(frame))
        {
            _ = platform.Psmash(frame.Address);
        }

        world.Map(gfn.Address, frame);
        if (world.World.Table.Resolve(frame).Assigned == isPrivate)
        {
            return true;
        }

        var page = new PhysicalPage(frame, PageSize.Size4K);
        return platform.RmpUpdate(isPrivate ? RmpUpdateOperands.Assign(page, SnpWorld.A, gfn.Address) : RmpUpdateOperands.Share(page)).IsSuccess;
    }
}
