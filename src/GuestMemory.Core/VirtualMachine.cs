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

    private MapperId Mapper => new(MapperKind.NestedTable, Id.Value);

    /// <summary>Creates the plain nested page table of a VM without a tree of its own.</summary>
    public NestedPageTable CreateNestedPageTable() =>
        new(Mapper, Sequence, Machine.Mappings, Cache, Machine.Enforcement, Machine.Options.Rules);

    /// <summary>Takes the write right from translations of a range, so that the next write is noticed. Only nested page tables log writes; other trees keep their rights.</summary>
    /// <param name="gfns">The frames.</param>
    public void WriteProtect(GfnRange gfns) => (Mmu as NestedPageTable)?.WriteProtect(gfns);

    /// <summary>Sets attributes: reserves, begins, zaps, stores, ends. After the reserve only a zap can fail; nothing is stored then.</summary>
    /// <param name="gfns">The frames, backed by slots or not.</param>
    /// <param name="attributes">Their attributes.</param>
    /// <returns>Success; out of memory, with nothing done; the refusal of what still maps a frame; or that the guest is dead, because its memory could not be unmapped.</returns>
    public Outcome SetAttributes(GfnRange gfns, MemoryAttributes attributes)
    {
        if (Attributes.HasAll(gfns, attributes))
        {
            return Outcome.Success;
        }

        if (Machine.Strikes(InjectionPoint.KernelAllocation))
        {
            return CoreRules.OutOfMemory.Refuse();
        }

        Attributes.Reserve();
        var zapped = BeginConversion(gfns);
        var outcome = zapped.Verdict == MmuVerdict.Failed ? CoreRules.GuestDead.Refuse() : zapped.Detail;
        if (zapped.IsDone)
        {
            outcome = StoreAttributes(gfns, attributes);
        }

        EndConversion(gfns);
        return outcome;
    }

    /// <summary>First step of a conversion: begin, unmap and flush.</summary>
    /// <param name="gfns">The frames.</param>
    public MmuAnswer BeginConversion(GfnRange gfns)
    {
        OpenConversion(gfns);
        return Zap(gfns, KindFilter.Both);
    }

    /// <summary>The begin of the first step alone: unmapping and flushing are still to be done.</summary>
    /// <param name="gfns">The frames.</param>
    public void OpenConversion(GfnRange gfns)
    {
        BeginOwn(gfns);
        Emit(StepKind.InvalidationBegan, gfns, 0, Outcome.Success);
    }

    /// <summary>Second step: store. Nothing of the range may be mapped any more.</summary>
    /// <param name="gfns">The frames.</param>
    /// <param name="attributes">Their attributes.</param>
    /// <returns>Success; or, where unmap-before-convert is enforced, its refusal while the tree still maps a frame of the range or awaits its flush.</returns>
    public Outcome StoreAttributes(GfnRange gfns, MemoryAttributes attributes)
    {
        if (Machine.Enforcement == Enforcement.Enforce && StillMaps(gfns))
        {
            return CoreRules.UnmapBeforeConvert.Refuse(Mapper.ToInfo());
        }

        Attributes.Set(gfns, attributes);
        Emit(StepKind.AttributesStored, gfns, (ulong)attributes, Outcome.Success);
        return Outcome.Success;
    }

    /// <summary>Last step: end.</summary>
    /// <param name="gfns">The frames.</param>
    public void EndConversion(GfnRange gfns)
    {
        EndOwn();
        Emit(StepKind.InvalidationEnded, gfns, 0, Outcome.Success);
    }

    /// <summary>Its memory or what guards it failed for good: nothing is mapped for it any more, and the kernel's face answers EIO to every call.</summary>
    public void Kill() => IsDead = true;

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
            EmitEnded(process, pages);
        }
    }

    /// <summary>Destroys the VM: slots, translations and attributes go; files that view stores for it must be gone.</summary>
    public void Destroy()
    {
        Technology.End(this);
        var zapped = Zap(AllGfns, KindFilter.Both);
        Technology.Ended(this);
        Close();
        if (!zapped.IsDone)
        {
            // The tree that could not let go is gone with its VM, and its entries with it.
            Machine.Mappings.Rebuild();
        }
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
        // A technology that cannot run here throws, and no VM is left.
        Technology = technology;
        Mmu = technology.CreateMmu(this);
        IsLive = true;
        IsDead = false;
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

    internal bool StillMaps(GfnRange gfns)
    {
        if (Mmu is NestedPageTable table)
        {
            return table.TryFindIn(gfns, out _);
        }

        return MappingsOfTree().Exists(mapping => new GfnRange(new(mapping.InputPage), mapping.Frames.Count).Overlaps(gfns));
    }

    // Everything a tree maps that is asked by frame.
    internal List<FrameMapping> MappingsOfTree()
    {
        var mappings = new List<FrameMapping>();
        (Mmu as IFrameMapper)?.FindMappings(Machine.Frames.AllFrames, mappings);
        return mappings;
    }

    private void EmitEnded(HostAddressSpace process, PageIndexRange pages)
    {
        if (Machine.Observer is null)
        {
            return;
        }

        CollectShared(process, pages);
        foreach (var gfns in _found)
        {
            Emit(StepKind.InvalidationEnded, gfns, 0, Outcome.Success);
        }
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

        Machine.Mappings.UnregisterAll(Mapper);
        Slots.Clear();
        Cache.Clear();
        Attributes.Clear();
        Sequence.Reset();
        OwnInvalidations = 0;
        _open.Clear();
        IsLive = false;
    }
}
