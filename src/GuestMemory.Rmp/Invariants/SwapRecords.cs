namespace GuestMemory.Rmp;

/// <summary>The metadata entries that could bring a page back before an operation, and those that did at any time.</summary>
internal sealed class SwapRecords
{
    private readonly HashSet<(uint Guest, ulong Vector)> _usedUp = [];
    private readonly SortedSet<Pfn> _pages = [];

    public IReadOnlyList<SwapRecord> Valid { get; private set; } = [];

    public bool WasUsed(in SwapRecord record) => _usedUp.Contains((record.Guest, record.Entry.Vector));

    public void Write(ref StateWriter writer)
    {
        writer.Int32(_usedUp.Count);
        foreach (var (guest, vector) in _usedUp.Order())
        {
            writer.UInt64(guest);
            writer.UInt64(vector);
        }
    }

    public void Read(ref StateReader reader)
    {
        _usedUp.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            var guest = checked((uint)reader.UInt64());
            _usedUp.Add((guest, reader.UInt64()));
        }
    }

    public void Take(SnpPlatform platform)
    {
        _usedUp.Clear();
        _pages.Clear();
        foreach (var run in platform.Table.Runs().Where(run => run.First.State == RmpPageState.Metadata))
        {
            for (var frame = run.Frames.Start; frame < run.Frames.End; frame += 1)
            {
                _pages.Add(frame);
            }
        }

        Valid = Read(platform, _pages);
    }

    public void Follow(RmpStep step)
    {
        if (!step.IsFirmware)
        {
            return;
        }

        if (step is { Command: SevCommand.SwapIn, IsDone: true })
        {
            _usedUp.UnionWith(Vanished(step).Select(record => (record.Guest, record.Entry.Vector)));
        }

        Keep(_pages, step.Changes);
        Valid = Read(step.Platform, _pages);
    }

    /// <summary>The entries that cannot bring a page back any more.</summary>
    public IEnumerable<SwapRecord> Vanished(RmpStep step)
    {
        SortedSet<Pfn> pages = [.. _pages];
        Keep(pages, step.Changes);
        return Valid.Except(Read(step.Platform, pages));
    }

    private static void Keep(SortedSet<Pfn> pages, IReadOnlyList<RmpChange> changes)
    {
        foreach (var change in changes)
        {
            _ = change.New.Entry.State == RmpPageState.Metadata ? pages.Add(change.Frame) : pages.Remove(change.Frame);
        }
    }

    private static List<SwapRecord> Read(SnpPlatform platform, SortedSet<Pfn> pages)
    {
        var found = new List<SwapRecord>();
        foreach (var page in pages)
        {
            var context = new Spa(platform.Table.Resolve(page).Gpa.Value).Frame;
            for (var at = 0UL; at < PageSize.Size4K.Bytes(); at += SwapMetadata.Bytes)
            {
                Add(found, platform, context, SwapMetadata.Read(platform.Contents, page.Address + at));
            }
        }

        foreach (var context in platform.Firmware.Contexts)
        {
            Add(found, platform, context, platform.Firmware.TryGetGuest(context, out var guest) ? guest.Root : default);
        }

        return found;
    }

    private static void Add(List<SwapRecord> found, SnpPlatform platform, Pfn context, in SwapMetadata entry)
    {
        if (entry.IsValid && platform.Firmware.TryGetGuest(context, out var guest))
        {
            found.Add(new(context, guest.KeyNumber, entry));
        }
    }
}
