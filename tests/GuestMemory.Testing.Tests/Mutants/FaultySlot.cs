namespace GuestMemory.Testing.Tests.Mutants;

/// <summary>A slot with chosen members done wrongly.</summary>
internal sealed class FaultySlot(OverlayMemslot slot) : IMemslot
{
    private int _released;

    public delegate Outcome Resolving(IMemslot slot, Gfn gfn, PageKind kind, out PageLocation location);

    public delegate void Finding(IMemslot slot, IPageSource source, PageIndexRange pages, ICollection<GfnRange> found);

    public Resolving? OnResolve { get; init; }

    public Finding? OnFindShared { get; init; }

    public Func<IMemslot, PageKind, bool>? OnServes { get; init; }

    public bool IsReadOnly { get; init; }

    public Func<GfnRange, GfnRange>? OnGfns { get; init; }

    public bool ForgetsRelease { get; init; }

    /// <summary>Whether it takes any file's release for its own file's.</summary>
    public bool LosesAnyFile { get; init; }

    /// <summary>Whether its state holds something that it does not read back.</summary>
    public bool ForgetsState { get; init; }

    public GfnRange Gfns => OnGfns?.Invoke(slot.Gfns) ?? slot.Gfns;

    public bool Serves(PageKind kind) => OnServes?.Invoke(slot, kind) ?? slot.Serves(kind);

    public Outcome Resolve(Gfn gfn, PageKind kind, out PageLocation location)
    {
        return OnResolve is null ? slot.Resolve(gfn, kind, out location) : OnResolve(slot, gfn, kind, out location);
    }

    public void DetachFile(int file)
    {
        _released++;
        if (!ForgetsRelease)
        {
            slot.DetachFile(LosesAnyFile ? slot.File : file);
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

    public void WriteState(ref StateWriter writer)
    {
        slot.WriteState(ref writer);
        writer.Int32(ForgetsState ? _released : 0);
    }

    public void ReadState(ref StateReader reader)
    {
        slot.ReadState(ref reader);
        reader.Int32();
    }
}
