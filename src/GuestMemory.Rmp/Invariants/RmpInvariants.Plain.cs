namespace GuestMemory.Rmp;

/// <content>What the firmware gives out.</content>
public static partial class RmpInvariants
{
    internal static bool IsDebugged(RmpStep step, Asid asid)
    {
        var isKnown = false;
        foreach (var context in step.Platform.Firmware.Contexts)
        {
            if (step.Platform.Firmware.TryGetGuest(context, out var guest) && guest.Asid == asid)
            {
                isKnown = true;
                if (!DebugPolicy.IsDebugged(guest))
                {
                    return false;
                }
            }
        }

        return isKnown;
    }

    // The command's source is told by its bytes: they are no breach where a guest that allows it has the same.
    private static void CheckPlainBytes(RmpStep step)
    {
        if (step is not { Command: SevCommand.DebugDecrypt, IsDone: true })
        {
            return;
        }

        var holders = PagesThatRead(step, step.Operation.Frames.Start).ToArray();
        if (holders.Length > 0 && !holders.Any(page => IsDebugged(step, page.Asid)))
        {
            step.Report($"{step.Operation.Frames.Start} has in plain what {holders[0].Asid} has in {holders[0].Frame}");
        }
    }

    private static IEnumerable<(Asid Asid, Pfn Frame)> PagesThatRead(RmpStep step, Pfn plain)
    {
        foreach (var run in step.Table.Runs().Where(run => run.First.Asid.IsGuest))
        {
            for (var frame = run.Frames.Start; frame < run.Frames.End; frame += 1)
            {
                if (frame != plain && HasBytesOf(step.Platform, frame, run.First.Asid, plain))
                {
                    yield return (run.First.Asid, frame);
                }
            }
        }
    }

    private static bool HasBytesOf(SnpPlatform platform, Pfn frame, Asid asid, Pfn plain)
    {
        for (var offset = 0UL; offset < PageSize.Size4K.Bytes(); offset += 8)
        {
            if (platform.Contents.Read(frame.Address + offset, 8, platform.Keys[asid]) != platform.Contents.Read(plain.Address + offset, 8))
            {
                return false;
            }
        }

        return true;
    }
}
