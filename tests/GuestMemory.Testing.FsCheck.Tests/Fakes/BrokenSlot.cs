namespace GuestMemory.Testing.FsCheck.Tests.Fakes;

/// <summary>A slot with chosen members done wrongly.</summary>
internal sealed class BrokenSlot(IMemslot slot) : IMemslot
{
    public ulong SharedOff { get; init; }

    public bool OutlivesFile { get; init; }

    public bool FindsOneLess { get; init; }

    public GfnRange Gfns => slot.Gfns;

    public bool IsReadOnly => slot.IsReadOnly;

    public bool Serves(PageKind kind) => slot.Serves(kind);

    public Outcome Resolve(Gfn gfn, PageKind kind, out PageLocation location)
    {
        var outcome = slot.Resolve(gfn, kind, out location);
        if (kind == PageKind.Shared && gfn > slot.Gfns.Start)
        {
            location = location with { Index = location.Index + SharedOff };
        }

        return outcome;
    }

    public void FindShared(IPageSource source, PageIndexRange pages, ICollection<GfnRange> found) =>
        slot.FindShared(source, FindsOneLess && pages.Count > 2 ? new(pages.Start, pages.Count - 1) : pages, found);

    public void DetachFile(int file)
    {
        if (!OutlivesFile)
        {
            slot.DetachFile(file);
        }
    }

    public void WriteState(ref StateWriter writer) => slot.WriteState(ref writer);

    public void ReadState(ref StateReader reader) => slot.ReadState(ref reader);
}
