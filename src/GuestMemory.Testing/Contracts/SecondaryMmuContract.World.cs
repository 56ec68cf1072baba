namespace GuestMemory.Testing;

/// <content>What a promise builds and asks.</content>
public abstract partial class SecondaryMmuContract
{
    private Machine Machine => _machine ??= NewMachine();

    private VirtualMachine Vm => _vm ??= NewVm();

    private PageKind[] EachKind =>
        [.. new[] { PageKind.Shared, PageKind.Private }.Where(kind => Kinds.HasFlag(kind == PageKind.Shared ? KindFilter.Shared : KindFilter.Private))];

    // Each on a machine of its own.
    private IEnumerable<(PageSize Size, PageKind Kind)> EachLargeLeaf
    {
        get
        {
            for (var size = PageSize.Size2M; size <= LargestLeaf; size++)
            {
                foreach (var kind in EachKind)
                {
                    Renew();
                    yield return (size, kind);
                }
            }
        }
    }

    private protected override void Renew()
    {
        _machine = null;
        _vm = null;
    }

    private Machine NewMachine(Enforcement enforcement = Enforcement.Enforce) =>
        new MachineFactory(
            new() { CachesTranslations = true, Enforcement = enforcement, OwnershipTable = CreateOwnershipTable },
            [new ContractTechnology(CreateMmu)]).Create();

    private VirtualMachine NewVm() => Machine.CreateVm(Machine.Technologies[0]);

    private PfnRange Mapped(Gfn gfn, ulong count, PageSize size, PageKind kind)
    {
        var frames = TakeFrames(Vm, gfn, count, size);
        RequireDone(Map(Vm, gfn, frames, size, kind));
        return frames;
    }

    private MmuAnswer Map(VirtualMachine vm, Gfn gfn, PfnRange frames, PageSize size, PageKind kind, bool writable = true)
    {
        var prepared = Machine.Ownership.Prepare(new(frames, vm.Id, gfn, kind, size));
        Holds(prepared.IsSuccess, $"{frames} could not be prepared for {vm.Id} at {gfn}: {prepared}");
        return MapUnprepared(vm, gfn, frames, size, kind, writable);
    }

    private static MmuAnswer MapUnprepared(VirtualMachine vm, Gfn gfn, PfnRange frames, PageSize size, PageKind kind, bool writable = true) =>
        vm.Mmu.Map(new(gfn, frames.Start, size, kind, writable, vm.Sequence.Sample(), frames.Count / size.FrameCount()));

    private void Zap(VirtualMachine vm, GfnRange gfns)
    {
        RequireDone(vm.Mmu.Unmap(gfns, KindFilter.Both));
        RequireDone(vm.Mmu.Flush(gfns));
    }

    private void RequireDone(MmuAnswer answer) => Holds(answer.IsDone, $"The tree answered {answer}");

    private void RequireTranslates(Gfn gfn, PfnRange frames, PageSize size, PageKind kind)
    {
        foreach (var offset in new[] { 0UL, frames.Count / 2, frames.Count - 1 })
        {
            Holds(Vm.Mmu.TryTranslate(gfn + offset, out var translation), $"{gfn + offset} is not mapped");
            Equal(new Translation(frames.Start + offset, size, kind, Writable: true), translation);
        }
    }

    private void RequireRetried(Gfn gfn, PfnRange frames, PageSize size, PageKind kind, MmuSample sample)
    {
        Holds(Machine.Ownership.Prepare(new(frames, Vm.Id, gfn, kind, size)).IsSuccess);
        var before = Snapshot.Of(Machine);

        var answer = Vm.Mmu.Map(new(gfn, frames.Start, size, kind, Writable: true, sample, frames.Count / size.FrameCount()));

        Equal(MmuVerdict.Retry, answer.Verdict);
        Unchanged(before, "A map to be retried");
    }

    private void RequireRefused(Gfn gfn, PfnRange frames, PageSize size, PageKind kind)
    {
        var before = Snapshot.Of(Machine);
        Equal(MmuVerdict.Refused, MapUnprepared(Vm, gfn, frames, size, kind).Verdict);
        Unchanged(before, "A refused map");
    }

    // 512 leaves: the first as told, the rest in one request.
    private void RequireNotMerged(PageKind kind, Func<PfnRange, Gfn, MmuAnswer> map)
    {
        Renew();
        var frames = TakeFrames(Vm, Base, 1024, PageSize.Size2M);
        RequireDone(map(new(frames.Start, 1), Base));
        RequireDone(map(new(frames.Start + 1, 511), Base + 1));
        var before = Snapshot.Of(Machine);

        var answer = Vm.Mmu.Merge(Base, PageSize.Size2M);

        Holds(answer.Verdict == MmuVerdict.Refused, $"Unlike {kind} leaves were merged: {answer}");
        Unchanged(before, "A refused merge");
    }

    private PfnRange Mapped(Gfn gfn, ulong count, PageSize alignment, PageKind kind, PageSize leaf)
    {
        var frames = TakeFrames(Vm, gfn, count, alignment);
        RequireDone(Map(Vm, gfn, frames, leaf, kind));
        return frames;
    }

    private static PageKind Other(PageKind kind) => kind == PageKind.Private ? PageKind.Shared : PageKind.Private;

    private static MemoryAttributes AttributeOf(PageKind kind) => kind == PageKind.Private ? MemoryAttributes.Private : MemoryAttributes.None;

    // Four pages: of a process and of a file, or of a file that serves both sides.
    private void AddSlot(bool inPlace)
    {
        var properties = inPlace ? BackingProperties.MappableGuestMemfd : BackingProperties.GuestMemfd;
        var bytes = Slot.Count * 4096;
        var file = Machine.OpenFile(Vm.Id, Machine.CreateStore(properties, bytes, inPlace ? PageKind.Shared : PageKind.Private));
        var process = Machine.CreateProcess();
        var shared = Machine.CreateStore(BackingProperties.Anonymous, bytes);
        process.Map(new(SharedPage, Slot.Count), new(shared.Id, default, HostRights.Read | HostRights.Write, IsShared: false, Holder: -1, IsLocked: false));
        var layout = new MemslotLayout(
            Id: 0, AddressSpace: 0, Slot, MemslotFlags.GuestMemfd, process.Id.Number, SharedPage.Value, file.Id, default, inPlace);
        var added = Vm.AddSlot(layout, out _);
        Holds(added.IsSuccess, $"that the slot was refused: {added}");
    }

    private bool TryFrameBehind(Gfn gfn, PageKind kind, out Pfn frame)
    {
        frame = default;
        PageLocation location = default;
        if (Vm.Slots.Find(gfn)?.Resolve(gfn, kind, out location).IsSuccess != true)
        {
            return false;
        }

        if (location.Source is HostAddressSpace process)
        {
            return process.TryGetEntry(location.Index, out frame);
        }

        var held = ((BackingFile)location.Source).Store.TryLookUp(location.Index, out var page);
        frame = page.Frame;
        return held;
    }
}
