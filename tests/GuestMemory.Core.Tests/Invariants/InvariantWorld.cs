namespace GuestMemory.Tests;

/// <summary>A small machine with one VM, a slot of two sides or of one, and ways to do a step wrong.</summary>
internal sealed class InvariantWorld
{
    public const ulong Pages = 4;
    private const ulong HostPage = 0x100;

    public InvariantWorld(IStepObserver? observer, bool inPlace, Enforcement enforcement = Enforcement.Observe)
    {
        var options = new MachineOptions { Frames = 64, Enforcement = enforcement, CachesTranslations = false };
        Machine = new MachineFactory(options, [PrivateVm.Instance]).Create(observer);
        Process = Machine.CreateProcess();
        Vm = Machine.CreateVm(PrivateVm.Instance);
        Store = inPlace
            ? Machine.CreateStore(BackingProperties.MappableGuestMemfd, Pages * 4096, PageKind.Shared)
            : Machine.CreateStore(BackingProperties.GuestMemfd, Pages * 4096, PageKind.Private);
        File = Machine.OpenFile(Vm.Id, Store);
        var shared = inPlace ? Store : Machine.CreateStore(BackingProperties.Anonymous, Pages * 4096);
        var area = new HostArea(shared.Id, default, HostRights.Read | HostRights.Write, IsShared: inPlace, inPlace ? 0 : -1, IsLocked: false);
        Process.Map(new(new(HostPage), Pages), area);
        var layout = new MemslotLayout(1, 0, new(new(0x10), Pages), MemslotFlags.GuestMemfd, 0, HostPage, File.Id, default, inPlace);
        Vm.AddSlot(layout, out var slot);
        Slot = slot;
    }

    public Machine Machine { get; }

    public HostAddressSpace Process { get; }

    public VirtualMachine Vm { get; }

    public BackingStore Store { get; }

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

    /// <summary>A technology whose guests have private memory and nothing else.</summary>
    private sealed class PrivateVm : IGuestTechnology
    {
        public static PrivateVm Instance { get; } = new();

        public string Name => "VM with private memory";

        public ulong VmType => 7;

        public TechnologyTraits Traits { get; } = new(HasPrivateMemory: true, HasSystemManagementMode: false, PrivateBytesSurviveUnmap: true);

        public ISecondaryMmu CreateMmu(VirtualMachine vm) => vm.CreateNestedPageTable();

        public PageKind WantedKind(PageKind attribute, bool? asksPrivate) => attribute;

        public Outcome Command(VirtualMachine vm, uint command, Span<byte> data) => Outcome.Success;
    }
}
