namespace GuestMemory.Tests;

/// <summary>A small machine with one VM, a slot of two sides or of one, and ways to do a step wrong.</summary>
internal sealed class InvariantWorld
{
    public const ulong Pages = 4;
    private const ulong HostPage = 0x100;

    public InvariantWorld(
        IStepObserver? observer, bool inPlace, Enforcement enforcement = Enforcement.Observe,
        Action<MachineOptions>? configure = null, Func<VirtualMachine, ISecondaryMmu>? tree = null)
    {
        var options = new MachineOptions { Frames = 64, Enforcement = enforcement, CachesTranslations = false };
        configure?.Invoke(options);
        var technology = new TestTechnology(7, tree);
        Machine = new MachineFactory(options, [technology]).Create(observer);
        Process = Machine.CreateProcess();
        Vm = Machine.CreateVm(technology);
        Store = inPlace
            ? Machine.CreateStore(BackingProperties.MappableGuestMemfd, Pages * 4096, PageKind.Shared)
            : Machine.CreateStore(BackingProperties.GuestMemfd, Pages * 4096, PageKind.Private);
        File = Machine.OpenFile(Vm.Id, Store);
        SharedStore = inPlace ? Store : Machine.CreateStore(BackingProperties.Anonymous, Pages * 4096);
        var area = new HostArea(SharedStore.Id, default, HostRights.Read | HostRights.Write, IsShared: inPlace, inPlace ? 0 : -1, IsLocked: false);
        Process.Map(new(new(HostPage), Pages), area);
        var layout = new MemslotLayout(1, 0, new(new(0x10), Pages), MemslotFlags.GuestMemfd, 0, HostPage, File.Id, default, inPlace);
        Vm.AddSlot(layout, out var slot);
        Slot = slot;
    }

    public Machine Machine { get; }

    public HostAddressSpace Process { get; }

    public VirtualMachine Vm { get; }

    public BackingStore Store { get; }

    /// <summary>The store behind the process's addresses.</summary>
    public BackingStore SharedStore { get; }

    public BackingFile File { get; }

    public Memslot Slot { get; }

    public Gfn GfnOf(ulong page) => new(0x10 + page);

    public FaultVerdict Touch(ulong page, bool isWrite = true)
    {
        var gfn = GfnOf(page);
        if (Vm.TryTranslate(0, gfn, isWrite, out var translation))
        {
            Vm.Write(0, gfn.Address, 8, translation, page + 1);
            return FaultVerdict.Mapped;
        }

        return new GuestFault(Vm, gfn, isWrite, Vm.Attributes.KindOf(gfn)).Run();
    }

    public HostFault HostStore(ulong page, ulong value = 1) => Process.Store(new((HostPage + page) << 12), 8, value);

    public void Convert(ulong page, bool toPrivate) => Vm.SetAttributes(new(GfnOf(page), 1), toPrivate ? MemoryAttributes.Private : MemoryAttributes.None);

    /// <summary>A conversion that does not unmap first.</summary>
    public void ConvertWithoutUnmap(ulong page, bool toPrivate)
    {
        Vm.StoreAttributes(new(GfnOf(page), 1), toPrivate ? MemoryAttributes.Private : MemoryAttributes.None);
    }

    /// <summary>A hole punched behind the back of whoever maps the page.</summary>
    public void PunchWithoutNotifying(ulong page)
    {
        Store.Detach(File);
        Store.Detach(Process);
        Store.Punch(new(new(page), 1));
        Store.Attach(File);
        Store.Attach(Process);
    }

    /// <summary>A translation made by hand.</summary>
    public void Map(ulong page, Pfn frame, PageKind kind, bool writable = true) =>
        Vm.Mmu.Map(new(GfnOf(page), frame, PageSize.Size4K, kind, writable, Vm.Sequence.Sample()));

    /// <summary>The shared translation of page 0 leads to the frame of page 1.</summary>
    public Pfn Misplace(bool writable = true)
    {
        Touch(0);
        Touch(1);
        Vm.Mmu.TryTranslate(GfnOf(1), out var translation);
        Map(0, translation.Frame, PageKind.Shared, writable);
        Vm.Mmu.Flush(new(GfnOf(0), 1));
        return translation.Frame;
    }

    /// <summary>The process drops its entry and the VM does not hear of it.</summary>
    public void EvictWithoutNotifying(ulong page)
    {
        Process.Detach(Vm);
        Process.Evict(new(new(HostPage + page), 1));
        Process.Attach(Vm);
    }

    /// <summary>A page of the process is taken away and comes back in the same frame, never cleared; its entry stays.</summary>
    public void UnclearHostPage(ulong page)
    {
        SharedStore.Detach(Process);
        SharedStore.Punch(new(new(page), 1));
        SharedStore.Allocate(new(new(page), 1));
        SharedStore.Attach(Process);
    }

    /// <summary>A page is mapped private that was allocated and never cleared.</summary>
    public void MapUncleared(ulong page)
    {
        Convert(page, toPrivate: true);
        Store.Allocate(new(new(page), 1));
        Store.TryLookUp(new(page), out var stored);
        Machine.Ownership.Prepare(new(new(stored.Frame, 1), Vm.Id, GfnOf(page), PageKind.Private));
        Map(page, stored.Frame, PageKind.Private);
    }
}
