namespace GuestMemory.Kvm;

/// <summary>A VMM that gives slots, files and attributes whatever arguments it likes.</summary>
internal sealed class RegionWorld : KvmWorld
{
    private const ulong KernelAddress = 0xffff_8000_0000_0000;

    public RegionWorld(StepSystemOptions options, KernelProfile profile)
        : base(options, profile)
    {
        var file = SearchMachine.Done(Host.CreateGuestMemfd(Vm, 4 << 12, 0));
        var foreign = SearchMachine.Done(Host.CreateGuestMemfd(CreateVm(), 4 << 12, 0));
        var memfd = SearchMachine.Done(Host.CreateMemfd(4 << 12));
        AddGuest(0);
        AddSlots(file);
        Call("create-slot slot=2 userspace=kernel", () => IsFree(2), () => SetRegion(2, 4, KernelAddress));
        Call("create-slot slot=2 file=memfd", () => IsFree(2), () => SetRegion(2, 4, Memory, memfd));
        Call("create-slot slot=2 file=other-vm", () => IsFree(2), () => SetRegion(2, 4, Memory, foreign));
        Call("set-attributes attributes=0x10", () => Host.SetMemoryAttributes(Vm, CallGuest.At, 0x1000, 0x10));
        Call("read-file", () => Read(file));
        Call("write-file", () => Host.Write(file));
        WatchReads();
        Always("shared-side-is-user-memory", "A slot's shared side is user memory.", IsSharedSideUsers);
        Always("known-attributes", "A guest frame has only attributes of its VM's kind.", AreAttributesKnown);
    }

    private void AddSlots(int file)
    {
        Call("create-slot slot=0 page=0", () => IsFree(0), () => SetRegion(0, 0, Memory, file));
        Call("create-slot slot=1 page=2 offset=1", () => IsFree(1), () => SetRegion(1, 2, Memory, file, 1 << 12));
        Call("move-slot slot=0 page=8", () => !IsFree(0), () => SetRegion(0, 8, Memory, file));
        Call("log-slot slot=0", () => !IsFree(0), () => Host.SetUserMemoryRegion2(Vm, new(0, 5, CallGuest.At, 2 << 12, Memory, 0, file)));
    }

    private bool IsFree(int id) => Guest.Slots.FindById(id, 0) is null;

    private KvmResult Read(int file)
    {
        var result = Host.Read(file);
        SeenByHost(result.IsSuccess ? result.Value : 0);
        return result;
    }

    private bool IsSharedSideUsers()
    {
        foreach (var place in Guest.Slots.Places)
        {
            if (place is { IsLive: true, Slot: Memslot slot } && !UserAddresses.Contains(slot.Layout.SharedPage << 12, slot.Gfns.Count << 12))
            {
                return false;
            }
        }

        return true;
    }

    private bool AreAttributesKnown()
    {
        foreach (var run in Guest.Attributes.Runs)
        {
            if ((run.Value.Attributes & ~MemoryAttributes.Private) != 0)
            {
                return false;
            }
        }

        return true;
    }
}
