namespace GuestMemory.Tests;

/// <summary>The world of <see cref="TestWorld"/> with an overlay slot instead of one of two sides.</summary>
internal sealed class OverlayWorld
{
    private const ulong Pages = 16;

    public OverlayWorld()
    {
        var technology = new TestTechnology();
        Machine = new MachineFactory(new() { CachesTranslations = true }, [technology]).Create();
        Process = Machine.CreateProcess();
        Vm = Machine.CreateVm(technology);
        Store = Machine.CreateStore(BackingProperties.GuestMemfd, Pages * 4096, PageKind.Private);
        File = Machine.OpenFile(Vm.Id, Store);
        Shared = Machine.CreateStore(BackingProperties.Memfd, Pages * 4096);
        Process.Map(TestWorld.HostPages(0, Pages), new(Shared.Id, default, HostRights.Read | HostRights.Write, IsShared: true, 1, IsLocked: false));
        var handle = Vm.Slots.NextHandle();
        Slot = new(Machine, handle, TestWorld.Gfns(0, Pages), File.Id, default);
        File.Bind(handle, default, Slot.Gfns);
        Vm.AddSlot(handle, Slot);
    }

    public Machine Machine { get; }

    public VirtualMachine Vm { get; }

    public HostAddressSpace Process { get; }

    public BackingStore Store { get; }

    public BackingStore Shared { get; }

    public BackingFile File { get; }

    public OverlayMemslot Slot { get; }

    /// <summary>A conversion, the pieces laid or lifted inside its invalidation.</summary>
    public Outcome Convert(ulong page, ulong count, PageKind kind)
    {
        var gfns = TestWorld.Gfns(page, count);
        Vm.BeginConversion(gfns);
        var changed = kind == PageKind.Private ? Slot.Lift(gfns) : Slot.Lay(gfns, 0, TestWorld.HostBase + page);
        if (changed.IsSuccess)
        {
            Vm.StoreAttributes(gfns, kind == PageKind.Private ? MemoryAttributes.Private : MemoryAttributes.None);
        }

        Vm.EndConversion(gfns);
        return changed;
    }

    /// <summary>A guest access: a write of a value, or a read.</summary>
    public GuestAccess Touch(ulong page, ulong? value) => GuestTouch.Make(Vm, page, value);
}
