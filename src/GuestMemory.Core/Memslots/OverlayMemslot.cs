namespace GuestMemory;

/// <summary>The other design for two sides: a private slot, over which ordinary shared pieces are laid. Look-up goes to the shared piece first.</summary>
/// <remarks>Proposed in the 2021 discussion (guest-memfd-rfc, overlay slots); a piece covers whole pages inside the slot or is refused. Not thread-safe.</remarks>
public sealed class OverlayMemslot : IMemslot, IStateful
{
    private readonly Machine _machine;
    private readonly RangeMap<SharedPiece> _pieces = new();

    /// <summary>Creates a slot that is wholly private.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="handle">Its place in the VM's table, as the file's binding names it.</param>
    /// <param name="gfns">Its guest frames.</param>
    /// <param name="file">The private file, by its number.</param>
    /// <param name="fileStart">First page of that file.</param>
    public OverlayMemslot(Machine machine, SlotHandle handle, GfnRange gfns, int file, PageIndex fileStart)
    {
        _machine = machine;
        Handle = handle;
        Gfns = gfns;
        File = file;
        FileStart = fileStart;
    }

    /// <summary>Its place in the VM's table.</summary>
    public SlotHandle Handle { get; }

    /// <inheritdoc/>
    public GfnRange Gfns { get; private set; }

    /// <summary>The private file's number.</summary>
    public int File { get; private set; }

    /// <summary>First page of that file.</summary>
    public PageIndex FileStart { get; private set; }

    /// <summary>Whether its file is released: the slot stays, the private side is gone.</summary>
    public bool FileDetached { get; private set; }

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <summary>Lays shared pages over a part of the slot.</summary>
    /// <param name="gfns">The part; it must lie within the slot.</param>
    /// <param name="process">The process whose addresses back it.</param>
    /// <param name="page">Page number of the first address.</param>
    /// <returns>Success; overlap when the part reaches beyond the slot (partial cover).</returns>
    public Outcome Lay(GfnRange gfns, int process, ulong page)
    {
        if (!Gfns.Contains(gfns) && !_machine.IsOff(CoreRules.Overlap))
        {
            return CoreRules.Overlap.Refuse(gfns.Start.Value);
        }

        _pieces.Set(gfns.Start.Value, gfns.End.Value, new(process, page));
        return Outcome.Success;
    }

    /// <summary>Takes shared pages away: the part is private again.</summary>
    /// <param name="gfns">The part; it must lie within the slot.</param>
    /// <returns>Success; overlap when the part reaches beyond the slot.</returns>
    public Outcome Lift(GfnRange gfns)
    {
        if (!Gfns.Contains(gfns) && !_machine.IsOff(CoreRules.Overlap))
        {
            return CoreRules.Overlap.Refuse(gfns.Start.Value);
        }

        _pieces.Remove(gfns.Start.Value, gfns.End.Value);
        return Outcome.Success;
    }

    /// <inheritdoc/>
    public bool Serves(PageKind kind) => true;

    /// <inheritdoc/>
    public Outcome Resolve(Gfn gfn, PageKind kind, out PageLocation location)
    {
        location = default;
        var covered = _pieces.TryGet(gfn.Value, out var piece);
        if (!Gfns.Contains(gfn) || covered != (kind == PageKind.Shared))
        {
            return CoreRules.NoBacking.Refuse(gfn.Value);
        }

        if (!covered && FileDetached)
        {
            return CoreRules.FileGone.Refuse((ulong)File);
        }

        location = covered
            ? new(_machine.Process(piece.Process), new(piece.Page), Handle)
            : new(_machine.File(File), FileStart + (gfn - Gfns.Start), Handle);
        return Outcome.Success;
    }

    /// <inheritdoc/>
    public void FindShared(IPageSource source, PageIndexRange pages, ICollection<GfnRange> found)
    {
        ArgumentNullException.ThrowIfNull(found);
        foreach (var run in _pieces.Runs)
        {
            var mine = new PageIndexRange(new(run.Value.Page), run.End - run.Start);
            if (ReferenceEquals(source, _machine.Process(run.Value.Process)) && mine.Overlaps(pages))
            {
                var common = mine.Intersect(pages);
                found.Add(new(new(run.Start + (common.Start - mine.Start)), common.Count));
            }
        }
    }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.UInt64(Gfns.Start.Value);
        writer.UInt64(Gfns.Count);
        writer.Int32(File);
        writer.UInt64(FileStart.Value);
        writer.Flag(FileDetached);
        writer.Runs(_pieces, static (ref writer, in value) =>
        {
            writer.Int32(value.Process);
            writer.UInt64(value.Page);
        });
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        Gfns = new(new(reader.UInt64()), reader.UInt64());
        File = reader.Int32();
        FileStart = new(reader.UInt64());
        FileDetached = reader.Flag();
        reader.Runs(_pieces, static (ref reader) => new(reader.Int32(), reader.UInt64()));
    }

    /// <inheritdoc/>
    public void DetachFile(int file) => FileDetached |= File == file;
}
