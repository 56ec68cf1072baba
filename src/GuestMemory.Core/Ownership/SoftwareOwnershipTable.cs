namespace GuestMemory;

/// <summary>The ownership table of a machine without hardware for it: what software-protected and ordinary VMs need.</summary>
/// <remarks>Every frame begins as the host's. A frame is one guest's at a time (I5). Not thread-safe.</remarks>
public sealed class SoftwareOwnershipTable : IOwnershipTable, IStateful
{
    private readonly RangeMap<SoftwareOwner> _owners = new();
    private readonly RuleSwitches _rules;

    /// <summary>Creates the table of a machine whose every frame is the host's.</summary>
    /// <param name="rules">Which rules are off; <see langword="null"/> for none.</param>
    public SoftwareOwnershipTable(RuleSwitches? rules = null) => _rules = rules ?? RuleSwitches.AllOn;

    /// <inheritdoc/>
    public OwnershipEntry LookUp(Pfn frame)
    {
        if (!_owners.TryGet(frame.Value, out var owner))
        {
            return new(FrameOwner.Host, default, 0, GuestId.None, PageSize.Size4K, PageSize.Size1G);
        }

        return owner.Kind == PageKind.Private
            ? new(FrameOwner.Of(owner.Guest), owner.Gfn, 0, GuestId.None, PageSize.Size4K, PageSize.Size1G)
            : new(FrameOwner.Host, owner.Gfn, 1, owner.Guest, PageSize.Size4K, PageSize.Size1G);
    }

    /// <inheritdoc/>
    public Outcome Prepare(in OwnershipRequest request)
    {
        var start = request.Frames.Start.Value;
        var end = request.Frames.End.Value;
        foreach (var run in _owners.Overlapping(start, end))
        {
            if (run.Value.Guest != request.Guest && !_rules.IsOff(CoreRules.WrongOwner))
            {
                return CoreRules.WrongOwner.Refuse(run.Start);
            }
        }

        _owners.Set(start, end, new(request.Guest, request.Gfn, request.Kind));
        return Outcome.Success;
    }

    /// <inheritdoc/>
    public Outcome Reclaim(PfnRange frames)
    {
        _owners.Remove(frames.Start.Value, frames.End.Value);
        return Outcome.Success;
    }

    /// <inheritdoc/>
    public Outcome Split(PhysicalPage page) => Outcome.Success;

    /// <inheritdoc/>
    public Outcome Merge(PhysicalPage page) => Outcome.Success;

    /// <inheritdoc/>
    public Outcome Check(in FrameAccess access)
    {
        if (!_owners.TryGet(access.Frame.Value, out var owner))
        {
            return Outcome.Success;
        }

        var isItsGuest = access.Accessor.Kind == OwnerKind.Guest && access.Accessor.Guest == owner.Guest;
        var allowed = isItsGuest || (owner.Kind == PageKind.Shared && access.Accessor.Kind == OwnerKind.Host);
        return allowed || _rules.IsOff(CoreRules.Denied) ? Outcome.Success : CoreRules.Denied.Refuse(access.Frame.Value) with { Lane = Lane.Fault };
    }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Runs(_owners, static (ref writer, in value) =>
        {
            writer.Int32(value.Guest.Value);
            writer.UInt64(value.Gfn.Value);
            writer.Byte((byte)value.Kind);
        });
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        reader.Runs(_owners, static (ref reader) => new(new(checked((ushort)reader.Int32())), new(reader.UInt64()), (PageKind)reader.Byte()));
    }
}
