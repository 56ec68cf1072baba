namespace GuestMemory.Rmp;

/// <summary>What a host promises of its pages. Source: linux-sev-host, linux-ccp; INV-SNP-23.</summary>
public static class SnpHostInvariants
{
    /// <summary>INV-SNP-23: no page that is assigned, or on the leak list, is on the free list.</summary>
    /// <param name="host">The host.</param>
    /// <param name="machine">Its machine.</param>
    /// <returns>The first such page; <see langword="null"/> when it holds.</returns>
    public static Pfn? FindAssignedFree(SnpHost host, Machine machine)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(machine);
        foreach (var run in host.Platform.Table.Runs())
        {
            for (var frame = run.Frames.Start; run.First.Assigned && frame < run.Frames.End; frame += 1)
            {
                if (machine.Frames[frame] == FrameState.Free)
                {
                    return frame;
                }
            }
        }

        foreach (var run in host.Leaked)
        {
            if (machine.Frames[new(run.Start)] == FrameState.Free)
            {
                return new(run.Start);
            }
        }

        return null;
    }
}
