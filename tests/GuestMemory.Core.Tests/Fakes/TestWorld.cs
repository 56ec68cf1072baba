namespace GuestMemory.Tests;

/// <summary>A machine with one VM, one process and one slot: anonymous or in-place shared side, a file as private side.</summary>
internal sealed class TestWorld
{
    public const ulong Base = 0x40000;
    public const ulong HostBase = 0x7f000;

    private TestWorld(Machine machine, VirtualMachine vm, HostAddressSpace process, BackingStore store, BackingFile file)
    {
        Machine = machine;
        Vm = vm;
        Process = process;
        Store = store;
        File = file;
    }

    public Machine Machine { get; }

    public VirtualMachine Vm { get; }

    public HostAddressSpace Process { get; }

    /// <summary>The private side's store.</summary>
    public BackingStore Store { get; }

    public BackingFile File { get; }

    public Memslot Slot { get; private set; } = null!;

    /// <summary>The shared side's store, at <see cref="HostBase"/>.</summary>
    public BackingStore SharedStore { get; private set; } = null!;

    /// <summary>The VM's tree, unless the world was made with a plain table.</summary>
    public ScriptedMmu Mmu => (ScriptedMmu)Vm.Mmu;

    public static TestWorld Create(
        BackingProperties? properties = null, ulong pages = 16, Action<MachineOptions>? configure = null, bool anonymous = true, bool plainTable = false)
    {
        var options = new MachineOptions();
        configure?.Invoke(options);
        var technology = new TestTechnology(1, plainTable ? null : vm => new ScriptedMmu(vm.CreateNestedPageTable()));
        var machine = new MachineFactory(options, [technology]).Create();
        var process = machine.CreateProcess();
        var vm = machine.CreateVm(technology);
        var chosen = properties ?? BackingProperties.GuestMemfd;
        var store = machine.CreateStore(chosen, pages * 4096, chosen.HostMappable ? PageKind.Shared : PageKind.Private);
        var world = new TestWorld(machine, vm, process, store, machine.OpenFile(vm.Id, store));
        world.MapShared(pages, anonymous, chosen.SingleSided);
        world.AddSlot(pages, chosen.SingleSided);
        return world;
    }

    public static Gfn Gfn(ulong page) => new(Base + page);

    public static GfnRange Gfns(ulong page, ulong count) => new(Gfn(page), count);

    public static Hva Hva(ulong page) => new((HostBase + page) * 4096);

    public static PageIndexRange HostPages(ulong page, ulong count) => new(new(HostBase + page), count);

    public static PageIndexRange Pages(ulong page, ulong count) => new(new(page), count);

    public Outcome Convert(ulong page, ulong count, PageKind kind) =>
        Vm.SetAttributes(Gfns(page, count), kind == PageKind.Private ? MemoryAttributes.Private : MemoryAttributes.None);

    public GuestAccess Read(ulong page, int vcpu = 0)
    {
        var ended = Fault(page, isWrite: false, vcpu, out var translation);
        if (ended.Verdict != FaultVerdict.Mapped)
        {
            return ended;
        }

        var judged = Vm.Read(vcpu, Gfn(page).Address, 8, translation, out var value);
        return ended with { Status = (CoreStatus)judged.Code, Value = value };
    }

    public GuestAccess Write(ulong page, ulong value, int vcpu = 0)
    {
        var ended = Fault(page, isWrite: true, vcpu, out var translation);
        if (ended.Verdict != FaultVerdict.Mapped)
        {
            return ended;
        }

        return ended with { Status = (CoreStatus)Vm.Write(vcpu, Gfn(page).Address, 8, translation, value).Code };
    }

    public Pfn FrameOf(ulong page) => Store.TryLookUp(new(page), out var stored) ? stored.Frame : throw new InvalidOperationException($"Page {page} is not held.");

    private GuestAccess Fault(ulong page, bool isWrite, int vcpu, out Translation translation)
    {
        if (Vm.TryTranslate(vcpu, Gfn(page), isWrite, out translation))
        {
            return new(FaultVerdict.Mapped, CoreStatus.Done, 0);
        }

        var ended = GuestAccess.Refused(FaultVerdict.Retry);
        for (var tries = 0; tries < 4 && ended.Verdict == FaultVerdict.Retry; tries++)
        {
            var fault = new GuestFault(Vm, Gfn(page), isWrite, Vm.Attributes.KindOf(Gfn(page)));
            ended = GuestAccess.Refused(fault.Run(), (CoreStatus)fault.Detail.Code);
            Vm.TryTranslate(vcpu, Gfn(page), isWrite, out translation);
        }

        return ended;
    }

    private void MapShared(ulong pages, bool anonymous, bool singleSided)
    {
        SharedStore = singleSided ? Store : Machine.CreateStore(anonymous ? BackingProperties.Anonymous : BackingProperties.Memfd, pages * 4096);
        Process.Map(HostPages(0, pages), new(SharedStore.Id, default, HostRights.Read | HostRights.Write, IsShared: singleSided || !anonymous, singleSided || !anonymous ? 1 : -1, IsLocked: false));
    }

    private void AddSlot(ulong pages, bool singleSided)
    {
        var added = Vm.AddSlot(new(0, 0, Gfns(0, pages), MemslotFlags.GuestMemfd, 0, HostBase, File.Id, default, singleSided), out var slot);
        Slot = added.IsSuccess ? slot : throw new InvalidOperationException($"The slot was refused: {added}.");
    }
}
