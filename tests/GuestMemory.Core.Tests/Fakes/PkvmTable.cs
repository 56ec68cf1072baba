namespace GuestMemory.Tests.Fakes;

/// <summary>What the host has of a page, as pKVM keeps it. Owned is every page that no guest has anything of.</summary>
internal enum PkvmState : byte { Owned, SharedOwned, SharedBorrowed, NoPage }

/// <summary>A run of pages a guest has something of.</summary>
internal readonly record struct PkvmPage(PkvmState Host, GuestId Guest, Gfn Gfn) : IRangeValue<PkvmPage>
{
    public PkvmPage Advance(ulong count) => this with { Gfn = Gfn + count };
}

/// <summary>The ownership table of <see cref="PkvmLike"/>. Its own calls only check; <see cref="PkvmMmu"/> moves pages.</summary>
internal sealed class PkvmTable : IOwnershipTable
{
    private readonly RangeMap<PkvmPage> _pages = new();

    public OwnershipEntry LookUp(Pfn frame)
    {
        _pages.TryGet(frame.Value, out var page);
        var owner = page.Host is PkvmState.NoPage or PkvmState.SharedBorrowed ? FrameOwner.Of(page.Guest) : FrameOwner.Host;
        var borrower = page.Host == PkvmState.SharedOwned ? page.Guest : GuestId.None;
        return new(owner, page.Gfn, page.Host is PkvmState.Owned or PkvmState.NoPage ? 0 : 1, borrower, PageSize.Size4K, PageSize.Size1G);
    }

    public Outcome Prepare(in OwnershipRequest request)
    {
        foreach (var run in _pages.Overlapping(request.Frames.Start.Value, request.Frames.End.Value))
        {
            if (run.Value.Guest != request.Guest || run.Value.Gfn != request.Gfn + (run.Start - request.Frames.Start.Value)
                || (run.Value.Host == PkvmState.SharedOwned) != (request.Kind == PageKind.Shared))
            {
                return CoreRules.WrongOwner.Refuse(run.Start);
            }
        }

        return Outcome.Success;
    }

    public Outcome Reclaim(PfnRange frames) =>
        _pages.ContainsAny(frames.Start.Value, frames.End.Value) ? CoreRules.WrongOwner.Refuse(frames.Start.Value) : Outcome.Success;

    public Outcome Split(PhysicalPage page) => Outcome.Success;

    public Outcome Merge(PhysicalPage page) => Outcome.Success;

    public Outcome Check(in FrameAccess access)
    {
        _pages.TryGet(access.Frame.Value, out var page);
        var allowed = access.Accessor.Kind == OwnerKind.Guest ? page.Guest == access.Accessor.Guest : page.Host != PkvmState.NoPage;
        return allowed ? Outcome.Success : CoreRules.Denied.Refuse(access.Frame.Value) with { Lane = Lane.Fault };
    }

    /// <summary>Donates or shares a run the host owns.</summary>
    public void Give(PfnRange frames, GuestId guest, Gfn gfn, PageKind kind) => _pages.Set(
        frames.Start.Value, frames.End.Value, new(kind == PageKind.Private ? PkvmState.NoPage : PkvmState.SharedOwned, guest, gfn));

    public void TakeBack(PfnRange frames) => _pages.Remove(frames.Start.Value, frames.End.Value);

    /// <summary>The guest that owns a page lends it to the host.</summary>
    public Outcome ShareWithHost(Pfn frame)
    {
        _pages.TryGet(frame.Value, out var page);
        _pages.Set(frame.Value, frame.Value + 1, page with { Host = PkvmState.SharedBorrowed });
        return Outcome.Success;
    }

    public void WriteState(ref StateWriter writer) => writer.Runs(_pages, static (ref writer, in page) =>
    {
        writer.Byte((byte)page.Host);
        writer.Int32(page.Guest.Value);
        writer.UInt64(page.Gfn.Value);
    });

    public void ReadState(ref StateReader reader) =>
        reader.Runs(_pages, static (ref reader) => new((PkvmState)reader.Byte(), new(checked((ushort)reader.Int32())), new(reader.UInt64())));
}
