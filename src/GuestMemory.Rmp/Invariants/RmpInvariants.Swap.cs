namespace GuestMemory.Rmp;

/// <content>Pages that were swapped out, and ASIDs that are bound.</content>
public static partial class RmpInvariants
{
    private static void CheckSwappedIn(RmpStep step)
    {
        if (step is not { Command: SevCommand.SwapIn, IsDone: true })
        {
            return;
        }

        var used = step.Memory.Swaps.Vanished(step).ToArray();
        if (used.Length != 1 || step.Memory.Swaps.WasUsed(used[0]))
        {
            step.Report($"a page came back through {(used.Length == 1 ? "an entry used before" : $"{used.Length} entries")}");
            return;
        }

        foreach (var change in step.Changes)
        {
            if (!IsBack(step.Platform, change.New.Entry, change.Frame, used[0]))
            {
                step.Report($"a page came back through the entry {used[0].Entry}: {change}");
            }
        }
    }

    private static bool IsBack(SnpPlatform platform, in RmpEntry entry, Pfn frame, in SwapRecord record)
    {
        platform.Firmware.TryGetGuest(record.Context, out var guest);
        var kept = record.Entry;
        if (kept.Type == SwapPageType.Metadata)
        {
            return entry.State == RmpPageState.Metadata && entry.Gpa.Value == record.Context.Address.Value;
        }

        var page = kept.IsLarge ? frame.Value % ReverseMapTable.PagesPerBlock : 0;
        return entry.Asid == guest.Asid && entry.Gpa == kept.Gpa + (page * PageSize.Size4K.Bytes())
            && entry.Validated == kept.IsValidated && entry.Vmsa == (kept.Type == SwapPageType.Vmsa) && entry.Permissions == kept.Permissions;
    }

    private static void CheckBinding(RmpStep step)
    {
        var isBound = step.Platform.Firmware.TryGetGuest(step.Operation.Frames.Start, out var guest);
        if (step is { Command: SevCommand.Activate, IsDone: true } && isBound && step.Memory.PagesOf(guest.Asid) != 0)
        {
            step.Report($"{guest.Asid} was bound while {step.Memory.PagesOf(guest.Asid)} pages carry it");
        }
    }
}
