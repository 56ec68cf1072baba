namespace GuestMemory.Kvm;

/// <summary>Two guests whose files view one store, as when a guest's memory is handed to another VM while the first still runs.</summary>
internal sealed class InodeWorld : CoreWorld
{
    public InodeWorld(StepSystemOptions options)
        : base(options.Rules, 6)
    {
        MapAnonymous(1);
        var store = Machine.CreateStore(BackingProperties.GuestMemfd, 1 << 12, PageKind.Private);
        for (var number = 0; number < 2; number++)
        {
            var vm = CreateVm();
            CreateSlot(vm, 0, 0, 1, Machine.OpenFile(vm.Id, store));
            AddGuest(vm, number, 0, number);
        }

        WatchReads();
    }
}
