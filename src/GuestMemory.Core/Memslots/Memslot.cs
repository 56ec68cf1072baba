namespace GuestMemory;

/// <summary>A slot with two sides: a process's addresses for shared pages, a file for private ones.</summary>
/// <remarks>The shared side names addresses, not what lies behind them. Source: kvm-api, KVM_SET_USER_MEMORY_REGION2. Not thread-safe.</remarks>
public sealed class Memslot : IMemslot, IStateful
{
    private readonly Machine _machine;
    private readonly RangeSet _dirty = new();

    internal Memslot(Machine machine, SlotHandle handle)
    {
        _machine = machine;
        Handle = handle;
    }

    /// <summary>Its place in the VM's table.</summary>
    public SlotHandle Handle { get; }

    /// <summary>What it consists of.</summary>
    public MemslotLayout Layout { get; private set; }

    /// <summary>Whether its file is released: the slot stays, the private side is gone.</summary>
    public bool FileDetached { get; private set; }

    /// <inheritdoc/>
    public GfnRange Gfns => Layout.Gfns;

    /// <inheritdoc/>
    public bool IsReadOnly => Layout.Flags.HasFlag(MemslotFlags.ReadOnly);

    /// <summary>Whether it has a private side.</summary>
    public bool HasFile => Layout.Flags.HasFlag(MemslotFlags.GuestMemfd);

    /// <summary>Whether guest writes are logged.</summary>
    public bool LogsDirtyPages => Layout.Flags.HasFlag(MemslotFlags.LogDirtyPages);

    /// <inheritdoc/>
    public bool Serves(PageKind kind) => kind == PageKind.Shared || HasFile;

    /// <inheritdoc/>
    public Outcome Resolve(Gfn gfn, PageKind kind, out PageLocation location)
    {
        location = default;
        if (!Gfns.Contains(gfn))
        {
            return CoreRules.NoBacking.Refuse(gfn.Value);
        }

        var offset = gfn - Gfns.Start;
        if (IsFromProcess(kind))
        {
            location = new(_machine.Process(Layout.Process), new(Layout.SharedPage + offset), Handle);
            return Outcome.Success;
        }

        if (!HasFile)
        {
            return CoreRules.NoBacking.Refuse(gfn.Value);
        }

        if (FileDetached && !_machine.IsOff(CoreRules.FileGone))
        {
            return CoreRules.FileGone.Refuse((ulong)Layout.File);
        }

        location = new(_machine.File(Layout.File), Layout.FileStart + offset, Handle);
        return Outcome.Success;
    }

    /// <inheritdoc/>
    public void FindShared(IPageSource source, PageIndexRange pages, ICollection<GfnRange> found)
    {
        ArgumentNullException.ThrowIfNull(found);
        if (!ReferenceEquals(source, _machine.Process(Layout.Process)))
        {
            return;
        }

        var mine = new PageIndexRange(new(Layout.SharedPage), Gfns.Count);
        if (mine.Overlaps(pages))
        {
            var common = mine.Intersect(pages);
            found.Add(new(Gfns.Start + (common.Start - mine.Start), common.Count));
        }
    }

    /// <summary>Marks a page written, when writes are logged.</summary>
    /// <param name="gfn">A frame of the slot.</param>
    public void MarkDirty(Gfn gfn)
    {
        if (LogsDirtyPages)
        {
            var page = gfn - Gfns.Start;
            _dirty.Add(page, page + 1);
        }
    }

    /// <summary>Whether a page was written since the log was last taken.</summary>
    /// <param name="page">Page of the slot, from 0.</param>
    public bool IsDirty(ulong page) => _dirty.Contains(page);

    /// <summary>Runs of pages written since the log was last taken, from 0 at the slot's first page.</summary>
    public ReadOnlySpan<RangeEntry<Present>> DirtyRuns => _dirty.Runs;

    /// <summary>Empties the log.</summary>
    public void ClearDirty() => _dirty.Clear();

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Int32(Layout.Id);
        writer.Int32(Layout.AddressSpace);
        writer.UInt64(Gfns.Start.Value);
        writer.UInt64(Gfns.Count);
        writer.Byte((byte)Layout.Flags);
        writer.Int32(Layout.Process);
        writer.UInt64(Layout.SharedPage);
        writer.Int32(Layout.File);
        writer.UInt64(Layout.FileStart.Value);
        writer.Flag(Layout.FileServesShared);
        writer.Flag(FileDetached);
        writer.Runs(_dirty);
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        Layout = new(
            reader.Int32(), reader.Int32(), new(new(reader.UInt64()), reader.UInt64()), (MemslotFlags)reader.Byte(),
            reader.Int32(), reader.UInt64(), reader.Int32(), new(reader.UInt64()), reader.Flag());
        FileDetached = reader.Flag();
        reader.Runs(_dirty);
    }

    // Without the rule a private page of a slot that has no private side comes from its shared side.
    private bool IsFromProcess(PageKind kind) => kind == PageKind.Shared
        ? !Layout.FileServesShared
        : !HasFile && _machine.IsOff(CoreRules.NoBacking);

    internal void Open(in MemslotLayout layout)
    {
        Layout = layout;
        FileDetached = false;
        _dirty.Clear();
    }

    internal void MoveTo(GfnRange gfns) => Layout = Layout with { Gfns = gfns };

    internal void ChangeFlags(MemslotFlags flags)
    {
        Layout = Layout with { Flags = flags };
        if (!LogsDirtyPages)
        {
            _dirty.Clear();
        }
    }

    /// <inheritdoc/>
    public void DetachFile(int file) => FileDetached |= HasFile && Layout.File == file;
}
