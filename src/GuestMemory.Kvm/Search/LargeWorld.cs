namespace GuestMemory.Kvm;

/// <summary>A guest of a few pages, and a kernel that would like to map them by one large leaf.</summary>
internal sealed class LargeWorld : CoreWorld
{
    public LargeWorld(StepSystemOptions options)
        : base(options.Rules, 8)
    {
        var vm = CreateVm();
        MapAnonymous(2);
        CreateSlot(vm, 0, 0, 2, CreateFile(vm, 2));
        for (var page = 0; page < 2; page++)
        {
            AddGuest(vm, 0, page, page);
        }

        Add("merge size=2M", () => vm.Mmu.TryTranslate(Gfn(0), out _), () => vm.Mmu.Merge(Gfn(0), PageSize.Size2M).Detail);
        Add("split", () => vm.Mmu.TryTranslate(Gfn(0), out _), () => vm.Mmu.Split(Gfn(0)).Detail);
        WatchReads();
    }
}
