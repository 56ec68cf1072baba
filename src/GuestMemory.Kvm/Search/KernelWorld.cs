namespace GuestMemory.Kvm;

/// <summary>Two guests, and a host kernel that goes through its direct map to whatever frame it likes.</summary>
internal sealed class KernelWorld : CoreWorld
{
    private const ulong Frames = 5;

    public KernelWorld(StepSystemOptions options)
        : base(options.Rules, Frames)
    {
        MapAnonymous(1);
        for (var number = 0; number < 2; number++)
        {
            var vm = CreateVm();
            var file = CreateFile(vm, 1);
            CreateSlot(vm, 0, 0, 1, file);
            AddGuest(vm, number, 0, number);
            AddPunch(file, number);
        }

        for (var frame = 1UL; frame < Frames; frame++)
        {
            AddRead(new(frame));
        }

        WatchReads();
    }

    private void AddPunch(BackingFile file, int number) => Add($"punch guest={number} page=0", () =>
    {
        var freed = file.Store.Punch(new(default, 1));
        Remembered[number] = freed.IsSuccess ? (byte)0 : Remembered[number];
        return freed;
    });

    // Only what is a guest's now counts: bytes of a frame that came back are the kernel's to clear.
    private void AddRead(Pfn frame) => Add($"kernel-read frame={frame.Value}", () =>
    {
        var judged = Machine.Ownership.Check(new(FrameOwner.Host, AccessKind.Read, frame, PageSize.Size4K, Encrypted: false));
        var isGuests = Machine.Ownership.LookUp(frame).Owner.Kind == OwnerKind.Guest;
        if (judged.IsSuccess && isGuests && Machine.Contents.Read(frame.Address, 8) is >= PrivateToken and < SharedToken)
        {
            Breach |= CallBreach.PrivateLeak;
        }

        return judged;
    });
}
