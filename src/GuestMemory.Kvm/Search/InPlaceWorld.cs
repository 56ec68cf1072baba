namespace GuestMemory.Kvm;

/// <summary>A VMM that makes files a process may map, or asks for such, and maps and touches them.</summary>
internal sealed class InPlaceWorld : KvmWorld
{
    private const HostRights ReadWrite = HostRights.Read | HostRights.Write;
    private readonly int _own;

    public InPlaceWorld(StepSystemOptions options, KernelProfile profile)
        : base(options, profile)
    {
        _own = Host.Process.Areas.Length;
        AddGuest(0);
        for (var flags = 0UL; flags < 4; flags++)
        {
            AddFile(flags);
        }

        Call("map-file", () => Mapped is null && File >= 0, () => Host.Mmap(File, 0, 2 << 12, ReadWrite, isShared: true));
        Call("map-file rights=rwx", () => Mapped is null && File >= 0, () => Host.Mmap(File, 0, 2 << 12, ReadWrite | HostRights.Execute, isShared: true));
        Call("protect rights=rwx", () => Mapped is not null, () => Host.Mprotect(Mapped!.Value, 2 << 12, ReadWrite | HostRights.Execute));
        Add("host-load page=0", () => Mapped is not null, HostLoad);
        Add("host-store page=0", () => Mapped is not null, () => new(Lane.Fault, (ulong)Host.Store(Mapped!.Value, 8, SharedToken), 0, null));
        Call("create-slot slot=0 page=0", () => File >= 0 && Guest.Slots.FindById(0, 0) is null, () => SetRegion(0, 0, Memory, File));
        WatchReads();
        Always("runs-nothing", "No process runs code from guest memory.", () => !AnyArea(static (store, area) => area.Rights.HasFlag(HostRights.Execute)));
        Always("maps-what-may-be", "A process maps only stores that allow it.", () => !AnyArea(static (store, _) => !store.Properties.HostMappable));
    }

    /// <inheritdoc/>
    protected override bool IsInPlace => Guest.Slots.FindById(0, 0) is { Layout.FileServesShared: true };

    private int File => Remembered[7] - 1;

    // Where the file is mapped: the area after those the world began with.
    private ulong? Mapped => Host.Process.Areas.Length > _own ? Host.Process.Areas[_own].Start << 12 : null;

    private void AddFile(ulong flags) => Call($"create-file flags={flags}", () => File < 0, () =>
    {
        var created = Host.CreateGuestMemfd(Vm, 2 << 12, flags);
        Remembered[7] = created.IsSuccess ? (byte)(created.Value + 1) : (byte)0;
        return created;
    });

    private Outcome HostLoad()
    {
        var fault = Host.Load(Mapped!.Value, 8, out var value);
        SeenByHost(value);
        return new(Lane.Fault, (ulong)fault, 0, null);
    }

    private bool AnyArea(Func<BackingStore, HostArea, bool> condition)
    {
        foreach (var run in Host.Process.Areas)
        {
            if (run.Value.IsShared && condition(Machine.Store(run.Value.Store), run.Value))
            {
                return true;
            }
        }

        return false;
    }
}
