namespace GuestMemory.Rmp;

/// <content>Splitting, merging, taking out and putting back.</content>
public sealed partial class HostDirectMap
{
    private bool IsMapped(ulong gigabyte) => gigabyte < (ulong)_gigabytes.Length;

    // Down to 4K, level by level, as kernels do: each level that was in use is flushed.
    private void Split(Pfn frame)
    {
        ref var block = ref EntryOf(frame);
        if (block.IsSmall)
        {
            return;
        }

        block.Split();
        CountSplit(block.Absent == 0);
        AddSmallEntries(block.SmallEntries);
    }

    // Back to 2M, and to 1G where the whole gigabyte is 2M entries again. Only what is present throughout can be merged.
    private void Merge(Pfn frame)
    {
        var gigabyte = frame.Value / FramesPerGigabyte;
        if (_gigabytes[gigabyte] is not { } blocks || !blocks[IndexOf(frame)].IsSmall || blocks[IndexOf(frame)].Absent != 0)
        {
            return;
        }

        AddSmallEntries(-blocks[IndexOf(frame)].SmallEntries);
        blocks[IndexOf(frame)].Merge();
        CountMerge();
        if (Array.TrueForAll(blocks, IsWhole))
        {
            _gigabytes[gigabyte] = null;
            CountMerge();
        }
    }

    private static bool IsWhole(DirectMapBlock block) => block.IsWhole;

    private void SetPresent(PfnRange frames, bool present)
    {
        for (var at = frames.Start; at < frames.End && IsMapped(at.Value / FramesPerGigabyte);)
        {
            var head = at.AlignDown(PageSize.Size2M);
            var end = new Pfn(Math.Min(frames.End.Value, (head + FramesPerBlock).Value));
            SetPresentInBlock(head, PfnRange.FromBounds(at, end), present);
            at = end;
        }
    }

    private void SetPresentInBlock(Pfn head, PfnRange frames, bool present)
    {
        if (IsAll(head, frames, present))
        {
            return;
        }

        if (frames.Count < FramesPerBlock)
        {
            Split(head);
        }

        ref var block = ref EntryOf(head);
        var before = block.SmallEntries;
        block.Set(frames.Start - head, frames.End - head, present);
        AddSmallEntries(block.SmallEntries - before);
        Counters = present
            ? Counters with { Remaps = Counters.Remaps + 1 }
            : Counters with { Unmaps = Counters.Unmaps + 1, TlbFlushes = Counters.TlbFlushes + 1 };
    }

    private bool IsAll(Pfn head, PfnRange frames, bool present)
    {
        if (_gigabytes[head.Value / FramesPerGigabyte] is not { } blocks)
        {
            return present;
        }

        ref readonly var block = ref blocks[IndexOf(head)];
        for (var offset = frames.Start - head; offset < frames.End - head; offset++)
        {
            if (block.IsPresent(offset) != present)
            {
                return false;
            }
        }

        return true;
    }

    // The block's 2M entry, or the table in its place.
    private ref DirectMapBlock EntryOf(Pfn frame)
    {
        ref var blocks = ref _gigabytes[frame.Value / FramesPerGigabyte];
        if (blocks is null)
        {
            blocks = new DirectMapBlock[BlocksPerGigabyte];
            CountSplit(isPresent: true);
        }

        return ref blocks[IndexOf(frame)];
    }

    private void CountSplit(bool isPresent) =>
        Counters = Counters with { Splits = Counters.Splits + 1, TlbFlushes = Counters.TlbFlushes + (isPresent ? 1UL : 0) };

    private void CountMerge() => Counters = Counters with { Merges = Counters.Merges + 1, TlbFlushes = Counters.TlbFlushes + 1 };

    private void AddSmallEntries(int entries)
    {
        var now = checked((ulong)((long)Counters.SmallEntries + entries));
        Counters = Counters with { SmallEntries = now, PeakSmallEntries = Math.Max(now, Counters.PeakSmallEntries) };
    }
}
