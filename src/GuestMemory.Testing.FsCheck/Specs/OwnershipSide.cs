namespace GuestMemory.Testing;

/// <summary>One of two tables that are given the same commands, on a machine of its own.</summary>
internal sealed class OwnershipSide
{
    private static readonly Gfn FirstGfn = new(0x200);
    private readonly Machine _machine;
    private readonly GuestId[] _guests;
    private readonly Pfn _first;

    public OwnershipSide(Func<Machine, IOwnershipTable> create)
    {
        _machine = new MachineFactory(new() { Frames = 4096, OwnershipTable = create }, [new SpecTechnology()]).Create();
        _guests = [GuestId.None, .. Enumerable.Range(0, OwnershipCommand.Guests).Select(_ => _machine.CreateVm(_machine.Technologies[0]).Id)];
        _machine.Frames.TryTake(new(PageSize.Size2M.Order(), PageSize.Size2M.FrameCount(), FramePurpose.Guest), out var frames);
        _first = frames.Start;
    }

    /// <summary>What the table says of a frame, in numbers that do not depend on the machine.</summary>
    /// <param name="frame">The frame, from 0.</param>
    public OwnershipView View(ulong frame)
    {
        var entry = _machine.Ownership.LookUp(_first + frame);
        return new(
            entry.Owner.Kind, Number(entry.Owner.Guest), entry.Owner.Kind == OwnerKind.Guest ? entry.Gfn.Value - FirstGfn.Value : 0, entry.Borrowers > 0, Number(entry.Borrower));
    }

    /// <summary>Gives the table a command other than an access.</summary>
    public Outcome Apply(in OwnershipCommand command)
    {
        var frames = new PfnRange(_first + command.Frame, command.Count);
        switch (command.Call)
        {
            case OwnershipCall.Prepare:
                return _machine.Ownership.Prepare(new(frames, _guests[command.Guest], FirstGfn + command.Gfn, command.Kind));
            case OwnershipCall.Reclaim:
                return _machine.Ownership.Reclaim(frames);
            case OwnershipCall.Split:
                return _machine.Ownership.Split(new(frames.Start, PageSize.Size4K));
            case OwnershipCall.Merge:
                return _machine.Ownership.Merge(new(_first, PageSize.Size2M));
            default:
                ReadBack();
                return Outcome.Success;
        }
    }

    /// <summary>Has the table judge an access.</summary>
    public Outcome Check(in OwnershipCommand command)
    {
        var accessor = command.Guest == 0 ? FrameOwner.Host : FrameOwner.Of(_guests[command.Guest]);
        var entry = _machine.Ownership.LookUp(_first + command.Frame);
        return _machine.Ownership.Check(new(
            accessor, command.Access, _first + command.Frame, PageSize.Size4K, Encrypted: command.Guest != 0 && entry.Owner == accessor, entry.Gfn));
    }

    private int Number(GuestId guest) => Array.IndexOf(_guests, guest);

    private void ReadBack()
    {
        var writer = new StateWriter([]);
        _machine.Ownership.WriteState(ref writer);
        StateReader.ReadWhole(writer.Written, _machine.Ownership);
    }
}
