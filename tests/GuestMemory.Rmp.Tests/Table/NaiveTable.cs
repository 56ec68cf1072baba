namespace GuestMemory.Rmp.Tests.Table;

/// <summary>The table as plainly as it can be said: every stored entry in a dictionary, zero where there is none.</summary>
internal sealed class NaiveTable
{
    private readonly Dictionary<Pfn, RmpEntry> _entries = [];

    public RmpEntry Raw(Pfn frame) => _entries.GetValueOrDefault(frame);

    public RmpEntry Resolve(Pfn frame)
    {
        var head = frame.AlignDown(PageSize.Size2M);
        var further = Raw(head).Asid.IsGuest ? (frame - head) << 12 : 0;
        return IsLarge(frame) ? Raw(head) with { Gpa = Raw(head).Gpa + further } : Raw(frame);
    }

    public bool IsLarge(Pfn frame) => Raw(frame.AlignDown(PageSize.Size2M)) is { Assigned: true, Size: PageSize.Size2M };

    public int AssignedIn2M(Pfn head) => Enumerable.Range(0, 512).Count(page => Raw(head + (ulong)page).Assigned);

    public ulong PagesOf(Asid asid, IEnumerable<Pfn> frames) => (ulong)frames.Count(frame => asid.IsGuest && Resolve(frame).Asid == asid);

    public void Write(Pfn frame, RmpEntry entry)
    {
        if (entry == default)
        {
            _entries.Remove(frame);
        }
        else
        {
            _entries[frame] = entry;
        }
    }

    public void WriteLarge(Pfn head, RmpEntry entry)
    {
        Write(head, entry.Assigned ? entry with { Size = PageSize.Size2M } : default);
        for (var page = 1UL; page < 512; page++)
        {
            Write(head + page, entry.Assigned ? new() { Assigned = true } : default);
        }
    }

    public void Smash(Pfn head)
    {
        var small = Enumerable.Range(0, 512).Select(page => Resolve(head + (ulong)page) with { Size = PageSize.Size4K }).ToArray();
        for (var page = 0; page < 512; page++)
        {
            Write(head + (ulong)page, small[page]);
        }
    }
}
