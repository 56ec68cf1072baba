namespace GuestMemory.Kvm;

/// <summary>Pages that stand behind both kinds in one frame, a process that maps them, and a device that pins them. Core refuses what it was not told to let go of.</summary>
internal sealed class DeviceWorld : CoreWorld
{
    private readonly BackingStore _store;

    public DeviceWorld(StepSystemOptions options)
        : base(options.Rules, 2 + (ulong)options.Pages, Enforcement.Enforce)
    {
        var vm = CreateVm();
        _store = Machine.CreateStore(BackingProperties.MappableGuestMemfd, (ulong)options.Pages << 12);
        Process.Map(new(new(SharedPage), (ulong)options.Pages), new(_store.Id, default, HostRights.Read | HostRights.Write, IsShared: true, Holder: 0, IsLocked: false));
        CreateSlot(vm, 0, 0, options.Pages, Machine.OpenFile(vm.Id, _store), servesShared: true);
        for (var page = 0; page < Math.Min(options.Pages, 2); page++)
        {
            AddPage(vm, page);
        }
    }

    private void AddPage(VirtualMachine vm, int page)
    {
        var at = new PageIndex(SharedPage + (ulong)page);
        Add($"convert page={page}", () => Convert(vm, page));
        Add($"guest-store page={page}", () => Touch(vm, page));
        Add($"host-touch page={page}", () => new(Lane.Fault, (ulong)Process.Touch(at, AccessKind.Write, out _), 0, null));
        Add($"host-evict page={page}", () => Evict(at));
        Add($"pin page={page}", () => Remembered[page] == 0, () => Pin(page, at));
        Add($"unpin page={page}", () => Remembered[page] != 0, () => Unpin(page));
        Add($"punch page={page}", () => Remembered[page] == 0, () => _store.Punch(new(new((ulong)page), 1)));
    }

    private static Outcome Touch(VirtualMachine vm, int page)
    {
        var token = SharedToken;
        return Access(vm, page, isWrite: true, ref token);
    }

    private Outcome Evict(PageIndex at)
    {
        Process.Evict(new(at, 1));
        return Outcome.Success;
    }

    private Outcome Pin(int page, PageIndex at)
    {
        if (Process.Touch(at, AccessKind.Write, out var frame) is not HostFault.None and var fault)
        {
            return new(Lane.Fault, (ulong)fault, 0, null);
        }

        var pinned = Machine.Frames.Pin(new(frame, 1), PinOwner.Vfio);
        Remembered[page] = pinned.IsSuccess ? (byte)1 : (byte)0;
        return pinned;
    }

    private Outcome Unpin(int page)
    {
        _store.TryLookUp(new((ulong)page), out var stored);
        Machine.Frames.Unpin(new(stored.Frame, 1), PinOwner.Vfio);
        Remembered[page] = 0;
        return Outcome.Success;
    }
}
