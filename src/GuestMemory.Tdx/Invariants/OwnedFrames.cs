namespace GuestMemory.Tdx;

/// <summary>How many frames of 4 KiB each TD owns by the PAMT, its root page apart.</summary>
internal sealed class OwnedFrames
{
    private readonly SortedList<ulong, ulong> _frames = [];

    public ulong this[Pfn tdr] => _frames.GetValueOrDefault(tdr.Value);

    public IEnumerable<Pfn> Owners => _frames.Keys.Select(static tdr => new Pfn(tdr));

    public static OwnedFrames Of(Pamt pamt)
    {
        var owned = new OwnedFrames();
        foreach (var run in pamt.Runs())
        {
            owned.Count(run.Entry, run.Size, 1);
        }

        return owned;
    }

    public void Count(PamtEntry entry, PageSize size, int times)
    {
        if (!entry.IsUsed || entry.Type is PageType.Tdr or PageType.Pamt)
        {
            return;
        }

        var frames = unchecked(this[entry.Owner] + ((ulong)times * size.FrameCount()));
        if (frames == 0)
        {
            _frames.Remove(entry.Owner.Value);
        }
        else
        {
            _frames[entry.Owner.Value] = frames;
        }
    }
}
