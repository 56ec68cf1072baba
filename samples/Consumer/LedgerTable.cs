using GuestMemory;

namespace Consumer;

/// <summary>A user's own ownership table: one line a frame that is not simply the host's. Everything is 4K.</summary>
public sealed class LedgerTable : IOwnershipTable
{
    private readonly SortedDictionary<ulong, Line> _lines = [];

    public OwnershipEntry LookUp(Pfn frame) => _lines.GetValueOrDefault(frame.Value) switch
    {
        null => new(FrameOwner.Host, default, 0, GuestId.None, PageSize.Size4K, PageSize.Size4K),
        { Kind: PageKind.Private } line => new(FrameOwner.Of(line.Guest), line.Gfn, 0, GuestId.None, PageSize.Size4K, PageSize.Size4K),
        var line => new(FrameOwner.Host, line.Gfn, 1, line.Guest, PageSize.Size4K, PageSize.Size4K),
    };

    // The whole run or nothing of it.
    public Outcome Prepare(in OwnershipRequest request)
    {
        for (var frame = request.Frames.Start; frame < request.Frames.End; frame += 1)
        {
            if (_lines.TryGetValue(frame.Value, out var line) && line.Guest != request.Guest)
            {
                return CoreRules.WrongOwner.Refuse(frame.Value);
            }
        }

        for (var at = 0UL; at < request.Frames.Count; at++)
        {
            _lines[request.Frames.Start.Value + at] = new(request.Guest, request.Gfn + at, request.Kind);
        }

        return Outcome.Success;
    }

    public Outcome Reclaim(PfnRange frames)
    {
        for (var frame = frames.Start; frame < frames.End; frame += 1)
        {
            _lines.Remove(frame.Value);
        }

        return Outcome.Success;
    }

    public Outcome Split(PhysicalPage page) => Outcome.Success;

    public Outcome Merge(PhysicalPage page) => Outcome.Success;

    public Outcome Check(in FrameAccess access)
    {
        var allowed = !_lines.TryGetValue(access.Frame.Value, out var line)
            || access.Accessor == FrameOwner.Of(line.Guest)
            || (line.Kind == PageKind.Shared && access.Accessor == FrameOwner.Host);
        return allowed ? Outcome.Success : CoreRules.Denied.Refuse(access.Frame.Value) with { Lane = Lane.Fault };
    }

    public void WriteState(ref StateWriter writer)
    {
        writer.Int32(_lines.Count);
        foreach (var (frame, line) in _lines)
        {
            writer.UInt64(frame);
            writer.Int32(line.Guest.Value);
            writer.UInt64(line.Gfn.Value);
            writer.Byte((byte)line.Kind);
        }
    }

    public void ReadState(ref StateReader reader)
    {
        _lines.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            _lines[reader.UInt64()] = new(new((ushort)reader.Int32()), new(reader.UInt64()), (PageKind)reader.Byte());
        }
    }

    private sealed record Line(GuestId Guest, Gfn Gfn, PageKind Kind);
}
