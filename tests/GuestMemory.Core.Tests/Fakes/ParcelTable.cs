namespace GuestMemory.Tests.Fakes;

/// <summary>The ownership table of <see cref="GunyahLike"/>: parcels, sorted by frame. A parcel goes back whole, when its guest has ended.</summary>
internal sealed class ParcelTable : IOwnershipTable, IStateful
{
    private readonly List<OwnershipRequest> _parcels = [];
    private readonly List<GuestId> _ended = [];

    public bool HasEnded(GuestId guest) => _ended.Contains(guest);

    public void End(GuestId guest)
    {
        if (!HasEnded(guest))
        {
            _ended.Add(guest);
            _ended.Sort(static (left, right) => left.Value.CompareTo(right.Value));
        }
    }

    public OwnershipEntry LookUp(Pfn frame)
    {
        var at = _parcels.FindIndex(parcel => parcel.Frames.Contains(frame));
        if (at < 0)
        {
            return new(FrameOwner.Host, default, 0, GuestId.None, PageSize.Size4K, PageSize.Size1G);
        }

        var (gfn, lent) = (_parcels[at].Gfn + (frame - _parcels[at].Frames.Start), _parcels[at].Kind == PageKind.Private);
        return lent
            ? new(FrameOwner.Of(_parcels[at].Guest), gfn, 0, GuestId.None, PageSize.Size4K, PageSize.Size1G)
            : new(FrameOwner.Host, gfn, 1, _parcels[at].Guest, PageSize.Size4K, PageSize.Size1G);
    }

    public Outcome Prepare(in OwnershipRequest request)
    {
        var frames = request.Frames;
        var at = _parcels.FindIndex(parcel => parcel.Frames.Overlaps(frames));
        if (at >= 0)
        {
            var parcel = _parcels[at];
            var isPart = parcel.Frames.Contains(frames) && (parcel.Guest, parcel.Kind) == (request.Guest, request.Kind)
                && parcel.Gfn + (frames.Start - parcel.Frames.Start) == request.Gfn;
            return isPart ? Outcome.Success : CoreRules.WrongOwner.Refuse(frames.Start.Value);
        }

        _parcels.Add(request with { Size = PageSize.Size4K });
        _parcels.Sort(static (left, right) => left.Frames.Start.CompareTo(right.Frames.Start));
        return Outcome.Success;
    }

    public Outcome Reclaim(PfnRange frames)
    {
        foreach (var parcel in _parcels)
        {
            if (parcel.Frames.Overlaps(frames) && !(frames.Contains(parcel.Frames) && HasEnded(parcel.Guest)))
            {
                return CoreRules.Pinned.Refuse(parcel.Frames.Start.Value);
            }
        }

        _parcels.RemoveAll(parcel => parcel.Frames.Overlaps(frames));
        return Outcome.Success;
    }

    public Outcome Split(PhysicalPage page) => Outcome.Success;

    public Outcome Merge(PhysicalPage page) => Outcome.Success;

    public Outcome Check(in FrameAccess access)
    {
        var entry = LookUp(access.Frame);
        var allowed = access.Accessor == entry.Owner || (access.Accessor.Kind == OwnerKind.Guest && access.Accessor.Guest == entry.Borrower);
        return allowed ? Outcome.Success : CoreRules.Denied.Refuse(access.Frame.Value) with { Lane = Lane.Fault };
    }

    public void WriteState(ref StateWriter writer)
    {
        writer.Int32(_ended.Count);
        foreach (var guest in _ended)
        {
            writer.Int32(guest.Value);
        }

        writer.Int32(_parcels.Count);
        foreach (var parcel in _parcels)
        {
            writer.UInt64(parcel.Frames.Start.Value);
            writer.UInt64(parcel.Frames.Count);
            writer.Int32(parcel.Guest.Value);
            writer.UInt64(parcel.Gfn.Value);
            writer.Byte((byte)parcel.Kind);
        }
    }

    public void ReadState(ref StateReader reader)
    {
        _ended.Clear();
        _parcels.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            _ended.Add(new(checked((ushort)reader.Int32())));
        }

        for (var left = reader.Count(); left > 0; left--)
        {
            var frames = new PfnRange(new(reader.UInt64()), reader.UInt64());
            _parcels.Add(new(frames, new(checked((ushort)reader.Int32())), new(reader.UInt64()), (PageKind)reader.Byte()));
        }
    }
}
