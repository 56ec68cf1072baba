namespace GuestMemory.Tests.Fakes;

/// <summary>A slot with chosen members done wrongly.</summary>
internal sealed class FaultySlot(OverlayMemslot slot) : IMemslot
{
    public delegate Outcome Resolving(IMemslot slot, Gfn gfn, PageKind kind, out PageLocation location);

    public delegate void Finding(IMemslot slot, IPageSource source, PageIndexRange pages, ICollection<GfnRange> found);

    public Resolving? OnResolve { get; init; }

    public Finding? OnFindShared { get; init; }

    public Func<IMemslot, PageKind, bool>? OnServes { get; init; }

    public bool IsReadOnly { get; init; }

    public Func<GfnRange, GfnRange>? OnGfns { get; init; }

    public bool ForgetsRelease { get; init; }

    public GfnRange Gfns => OnGfns?.Invoke(slot.Gfns) ?? slot.Gfns;

    public bool Serves(PageKind kind) => OnServes?.Invoke(slot, kind) ?? slot.Serves(kind);

    public Outcome Resolve(Gfn gfn, PageKind kind, out PageLocation location)
    {
        return OnResolve is null ? slot.Resolve(gfn, kind, out location) : OnResolve(slot, gfn, kind, out location);
    }

    public void DetachFile(int file)
    {
        if (!ForgetsRelease)
        {
            slot.DetachFile(file);
        }
    }

    public void FindShared(IPageSource source, PageIndexRange pages, ICollection<GfnRange> found)
    {
        if (OnFindShared is null)
        {
            slot.FindShared(source, pages, found);
        }
        else
        {
            OnFindShared(slot, source, pages, found);
        }
    }

    public void WriteState(ref StateWriter writer) => slot.WriteState(ref writer);

    public void ReadState(ref StateReader reader) => slot.ReadState(ref reader);
}
