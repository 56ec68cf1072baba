namespace GuestMemory.Tests;

/// <summary>A slot whose pages come from neither a file nor a process, but from itself: it has none to give.</summary>
/// <param name="gfns">Its guest frames.</param>
internal sealed class ForeignSlot(GfnRange gfns) : IMemslot, IPageSource
{
    public GfnRange Gfns => gfns;

    public bool IsReadOnly => false;

    public bool Serves(PageKind kind) => true;

    public Outcome Resolve(Gfn gfn, PageKind kind, out PageLocation location)
    {
        location = new(this, new(gfn - gfns.Start), default);
        return Outcome.Success;
    }

    public void FindShared(IPageSource source, PageIndexRange pages, ICollection<GfnRange> found)
    {
    }

    public Outcome GetPage(in PageRequest request, out BackingPage page)
    {
        page = default;
        return CoreRules.NotSupported.Refuse(request.Index.Value);
    }

    public void WriteState(ref StateWriter writer)
    {
    }

    public void ReadState(ref StateReader reader)
    {
    }
}
