namespace GuestMemory;

/// <summary>A VM: slots, attributes, the invalidation sequence and the tree that translates its frames.</summary>
/// <remarks>Pages are brought in by <see cref="GuestFault"/>; the kernel's order of checks and its error numbers are not here. Not thread-safe.</remarks>
public sealed partial class VirtualMachine : IHostMappingListener, IStateful
{
    private readonly List<OpenGuestInvalidation> _open = [];
    private readonly List<GfnRange> _found = [];

    internal VirtualMachine(Machine machine, GuestId id)
    {
        Machine = machine;
        Id = id;
        Slots = new(machine);
        Cache = new(machine.Options.CachesTranslations);
    }

    /// <summary>Every guest frame an address of 64 bits can name.</summary>
    public static GfnRange AllGfns { get; } = new(default, 1UL << 52);

    /// <summary>The machine it runs on.</summary>
    public Machine Machine { get; }

    /// <summary>Its number.</summary>
    public GuestId Id { get; }

    /// <summary>Whether it exists.</summary>
    public bool IsLive { get; private set; }

    /// <summary>Whether its memory failed for good: nothing is mapped for it any more.</summary>
    public bool IsDead { get; private set; }

    /// <summary>Its kind.</summary>
    public IGuestTechnology Technology { get; private set; } = null!;

    /// <summary>The tree that translates its frames.</summary>
    public ISecondaryMmu Mmu { get; private set; } = null!;

    /// <summary>Its invalidation sequence, for all its trees.</summary>
    public InvalidationSequence Sequence { get; } = new();

    /// <summary>What its vCPUs hold cached.</summary>
    public TranslationCache Cache { get; }

    /// <summary>Its slots.</summary>
    public SlotTable Slots { get; }

    /// <summary>Its memory attributes.</summary>
    public AttributeMap Attributes { get; } = new();

    /// <summary>Invalidations the VM itself began and did not end: conversions, slot changes, the release of one of its files.</summary>
    public int OwnInvalidations { get; private set; }

    /// <summary>Invalidations of the process's notifier that began and did not end.</summary>
    public int OpenHostInvalidations => _open.Count;

    /// <summary>Creates the plain nested page table of a VM without a tree of its own.</summary>
    public NestedPageTable CreateNestedPageTable() =>
        new(new(MapperKind.NestedTable, Id.Value), Sequence, Machine.Mappings, Cache, Machine.Options.Enforcement);

    /// <summary>Adds a slot and binds its file's pages.</summary>
    /// <param name="layout">What it consists of.</param>
    /// <param name="slot">The slot.</param>
    /// <returns>Success; overlap when guest frames or file pages are taken; busy while an invalidation runs.</returns>
    public Outcome AddSlot(in MemslotLayout layout, out Memslot slot)
    {
        slot = null!;
        if (Sequence.InProgress > 0)
        {
            return CoreRules.InvalidationOpen.Refuse();
        }

        if (Slots.AnyOverlap(layout.Gfns, layout.AddressSpace))
        {
            return CoreRules.Overlap.Refuse(layout.Gfns.Start.Value);
        }

        if (layout.Flags.HasFlag(MemslotFlags.GuestMemfd))
        {
            var bound = Machine.File(layout.File).Bind(Slots.NextHandle(), layout.FileStart, layout.Gfns);
            if (!bound.IsSuccess)
            {
                return bound;
            }
        }

        slot = Slots.Add(layout);
        Emit(StepKind.SlotAdded, layout.Gfns, (ulong)layout.Id, Outcome.Success);
        return Outcome.Success;
    }

    /// <summary>Adds a slot of another make, created for <see cref="SlotTable.NextHandle"/> and bound by its maker.</summary>
    /// <param name="handle">Its place.</param>
    /// <param name="slot">The slot.</param>
    public Outcome AddSlot(SlotHandle handle, IMemslot slot)
    {
        ArgumentNullException.ThrowIfNull(slot);
        if (Sequence.InProgress > 0)
        {
            return CoreRules.InvalidationOpen.Refuse();
        }

        if (Slots.AnyOverlap(slot.Gfns, addressSpace: 0))
        {
            return CoreRules.Overlap.Refuse(slot.Gfns.Start.Value);
        }

        Slots.Put(handle, slot, addressSpace: 0);
        Emit(StepKind.SlotAdded, slot.Gfns, 0, Outcome.Success);
        return Outcome.Success;
    }

    /// <summary>Removes a slot: its translations go, its file's binding ends, its place is freed. Pages and attributes stay.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="unbindsDyingFile">Whether the binding ends also when the file's last reference is gone (see <see cref="UnbindSlot"/>).</param>
    /// <param name="zapsAll">Whether every translation of the VM goes, not just the slot's.</param>
    public Outcome RemoveSlot(Memslot slot, bool unbindsDyingFile = true, bool zapsAll = false)
    {
        ArgumentNullException.ThrowIfNull(slot);
        if (Sequence.InProgress > 0)
        {
            return CoreRules.InvalidationOpen.Refuse();
        }

        InvalidateSlot(slot, zapsAll);
        UnbindSlot(slot, unbindsDyingFile);
        Slots.Remove(slot.Handle);
        Emit(StepKind.SlotRemoved, slot.Gfns, (ulong)slot.Layout.Id, Outcome.Success);
        return Outcome.Success;
    }

    /// <summary>Removes a slot of another make: its translations go, its place is freed. Its maker ends its bindings.</summary>
    /// <param name="handle">Its place.</param>
    public Outcome RemoveSlot(SlotHandle handle)
    {
        if (Sequence.InProgress > 0)
        {
            return CoreRules.InvalidationOpen.Refuse();
        }

        var gfns = Slots[handle].Gfns;
        BeginOwn(gfns);
        Zap(gfns, KindFilter.Both);
        EndOwn();
        Slots.Remove(handle);
        Emit(StepKind.SlotRemoved, gfns, 0, Outcome.Success);
        return Outcome.Success;
    }

    /// <summary>Ends a slot's binding. A file whose last reference is gone cannot be reached by it on a kernel that needs a reference to unbind.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="unbindsDyingFile"><see langword="false"/>: the binding of a dying file stays, as in guest_memfd as first merged.</param>
    public void UnbindSlot(Memslot slot, bool unbindsDyingFile)
    {
        ArgumentNullException.ThrowIfNull(slot);
        if (!slot.HasFile || slot.FileDetached)
        {
            return;
        }

        var file = Machine.File(slot.Layout.File);
        if (file.Life == FileLife.Live || unbindsDyingFile)
        {
            file.Unbind(slot.Layout.FileStart, slot.Gfns.Count);
        }
    }

    /// <summary>Moves a slot to other guest frames.</summary>
    /// <param name="slot">The slot; it has no file.</param>
    /// <param name="gfns">The new frames, as many.</param>
    /// <param name="zapsAll">Whether every translation of the VM goes, not just the slot's.</param>
    public Outcome MoveSlot(Memslot slot, GfnRange gfns, bool zapsAll = false)
    {
        ArgumentNullException.ThrowIfNull(slot);
        if (Sequence.InProgress > 0)
        {
            return CoreRules.InvalidationOpen.Refuse();
        }

        if (Slots.AnyOverlap(gfns, slot.Layout.AddressSpace, slot))
        {
            return CoreRules.Overlap.Refuse(gfns.Start.Value);
        }

        var old = slot.Gfns.Start.Value;
        InvalidateSlot(slot, zapsAll);
        Slots.Move(slot, gfns);
        Emit(StepKind.SlotMoved, gfns, old, Outcome.Success);
        return Outcome.Success;
    }

    /// <summary>Changes a slot's flags. Switching the log on makes the next write to each page fault.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="flags">The new flags.</param>
    public void ChangeSlotFlags(Memslot slot, MemslotFlags flags)
    {
        ArgumentNullException.ThrowIfNull(slot);
        slot.ChangeFlags(flags);
        if (slot.LogsDirtyPages)
        {
            WriteProtect(slot.Gfns);
        }
    }

    /// <summary>Takes the write right from translations of a range, so that the next write is noticed.</summary>
    /// <param name="gfns">The frames.</param>
    public void WriteProtect(GfnRange gfns) => (Mmu as NestedPageTable)?.WriteProtect(gfns);

    /// <summary>Sets attributes: reserves, begins, zaps, stores, ends. After the reserve nothing can fail.</summary>
    /// <param name="gfns">The frames, backed by slots or not.</param>
    /// <param name="attributes">Their attributes.</param>
    public Outcome SetAttributes(GfnRange gfns, MemoryAttributes attributes)
    {
        if (Attributes.HasAll(gfns, attributes))
        {
            return Outcome.Success;
        }

        Attributes.Reserve();
        var zapped = BeginConversion(gfns);
        if (zapped.IsDone)
        {
            StoreAttributes(gfns, attributes);
        }

        EndConversion(gfns);
        return zapped.Verdict == MmuVerdict.Failed ? CoreRules.GuestDead.Refuse() : zapped.Detail;
    }

    /// <summary>First step of a conversion: begin, unmap and flush.</summary>
    /// <param name="gfns">The frames.</param>
    public MmuAnswer BeginConversion(GfnRange gfns)
    {
        BeginOwn(gfns);
        Emit(StepKind.InvalidationBegan, gfns, 0, Outcome.Success);
        return Zap(gfns, KindFilter.Both);
    }

    /// <summary>Second step: store. Nothing of the range is mapped now.</summary>
    /// <param name="gfns">The frames.</param>
    /// <param name="attributes">Their attributes.</param>
    public void StoreAttributes(GfnRange gfns, MemoryAttributes attributes)
    {
        Attributes.Set(gfns, attributes);
        Emit(StepKind.AttributesStored, gfns, (ulong)attributes, Outcome.Success);
    }

    /// <summary>Last step: end.</summary>
    /// <param name="gfns">The frames.</param>
    public void EndConversion(GfnRange gfns)
    {
        EndOwn();
        Emit(StepKind.InvalidationEnded, gfns, 0, Outcome.Success);
    }

    /// <summary>Unmaps and flushes a range. A failure kills the guest.</summary>
    /// <param name="gfns">The frames.</param>
    /// <param name="kinds">Which kinds.</param>
    public MmuAnswer Zap(GfnRange gfns, KindFilter kinds)
    {
        // A busy technology is asked once more with the vCPUs kept out; busy again is a failure.
        var answer = Mmu.Unmap(gfns, kinds);
        answer = answer.Verdict == MmuVerdict.Busy ? Mmu.Unmap(gfns, kinds) : answer;
        if (answer.IsDone)
        {
            answer = Mmu.Flush(gfns);
            answer = answer.Verdict == MmuVerdict.Busy ? Mmu.Flush(gfns) : answer;
        }

        answer = answer.Verdict == MmuVerdict.Busy ? new(MmuVerdict.Failed, answer.Detail) : answer;
        IsDead |= answer.Verdict == MmuVerdict.Failed;
        Emit(StepKind.Zapped, gfns, (ulong)kinds, answer.Detail);
        return answer;
    }

    /// <inheritdoc/>
    public void BeginHostInvalidate(HostAddressSpace process, PageIndexRange pages)
    {
        ArgumentNullException.ThrowIfNull(process);
        CollectShared(process, pages);
        if (_found.Count == 0)
        {
            return;
        }

        _open.InsertSorted(new(process.Id.Number, pages), static (left, right) => left.ComesBefore(right));
        Sequence.Begin(Around(_found));
        foreach (var gfns in _found)
        {
            Zap(gfns, KindFilter.Shared);
        }
    }

    /// <inheritdoc/>
    public void EndHostInvalidate(HostAddressSpace process, PageIndexRange pages)
    {
        ArgumentNullException.ThrowIfNull(process);
        if (_open.Remove(new(process.Id.Number, pages)))
        {
            Sequence.End();
            CollectShared(process, pages);
            foreach (var gfns in _found)
            {
                Emit(StepKind.InvalidationEnded, gfns, 0, Outcome.Success);
            }
        }
    }

    /// <summary>Destroys the VM: slots, translations and attributes go; files that view stores for it must be gone.</summary>
    public void Destroy()
    {
        Technology.End(this);
        Zap(AllGfns, KindFilter.Both);
        Close();
    }

    internal void BeginOwn(GfnRange gfns)
    {
        OwnInvalidations++;
        Sequence.Begin(gfns);
    }

    internal void EndOwn()
    {
        OwnInvalidations--;
        Sequence.End();
    }

    internal void Open(IGuestTechnology technology)
    {
        Technology = technology;
        IsLive = true;
        IsDead = false;
        Mmu = technology.CreateMmu(this);
        foreach (var process in Machine.Processes)
        {
            process.Attach(this);
        }
    }

    internal void Emit(StepKind kind, GfnRange gfns, ulong detail, Outcome outcome)
    {
        if (Machine.Observer is not null)
        {
            Machine.Emit(new(kind, Id, gfns.Start.Value, gfns.Count, detail, outcome));
        }
    }

    private static GfnRange Around(List<GfnRange> ranges)
    {
        var (start, end) = (ranges[0].Start, ranges[0].End);
        foreach (var range in ranges)
        {
            start = range.Start < start ? range.Start : start;
            end = range.End > end ? range.End : end;
        }

        return GfnRange.FromBounds(start, end);
    }

    /// <summary>Makes every translation of a slot go; the slot stays.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="zapsAll">Whether every translation of the VM goes, not just the slot's.</param>
    public void InvalidateSlot(Memslot slot, bool zapsAll)
    {
        ArgumentNullException.ThrowIfNull(slot);

        // Only address space 0 is ever translated: vCPUs of this model do not enter system management mode.
        if (slot.Layout.AddressSpace != 0 && !zapsAll)
        {
            return;
        }

        var gfns = zapsAll ? AllGfns : slot.Gfns;
        BeginOwn(gfns);
        Zap(gfns, KindFilter.Both);
        EndOwn();
    }

    private void CollectShared(HostAddressSpace process, PageIndexRange pages)
    {
        _found.Clear();
        foreach (var place in Slots.PlaceSpan)
        {
            if (place is { IsLive: true, AddressSpace: 0 })
            {
                place.Slot.FindShared(process, pages, _found);
            }
        }
    }

    private void Close()
    {
        foreach (var process in Machine.Processes)
        {
            process.Detach(this);
        }

        Machine.Mappings.UnregisterAll(new(MapperKind.NestedTable, Id.Value));

        Slots.Clear();
        Cache.Clear();
        Attributes.Clear();
        Sequence.Reset();
        OwnInvalidations = 0;
        _open.Clear();
        IsLive = false;
    }
}
