namespace GuestMemory.Kvm;

/// <summary>A slot over a file, a slot without one, and a slot of another make whose maker asks for pages that are bound already.</summary>
internal sealed class OverlayWorld : CoreWorld
{
    private const int Plain = 2;
    private const int Overlay = 4;

    public OverlayWorld(StepSystemOptions options)
        : base(options.Rules, 8)
    {
        var vm = CreateVm();
        MapAnonymous(Overlay + 2);
        var file = CreateFile(vm, 2);
        CreateSlot(vm, 0, 0, 2, file);
        CreateSlot(vm, 1, Plain, 1, file: null);
        AddGuest(vm, 0, 0, 0);
        AddGuest(vm, 0, Plain, 1);
        AddGuest(vm, 0, Overlay, 2);
        Add("add-overlay", () => vm.Slots.Find(Gfn(Overlay)) is null, () => AddOverlay(vm, file));
        Add("lay-shared-piece", () => vm.Slots.Find(Gfn(Overlay)) is not null, () => Lay(vm, vm.Slots.Find(Gfn(Overlay)) as OverlayMemslot));
        WatchReads();
    }

    // The file refuses a second binding, and the maker does not look.
    private Outcome AddOverlay(VirtualMachine vm, BackingFile file)
    {
        var handle = vm.Slots.NextHandle();
        var gfns = new GfnRange(Gfn(Overlay), 1);
        file.Bind(handle, default, gfns);
        return vm.AddSlot(handle, new OverlayMemslot(Machine, handle, gfns, file.Id, default));
    }

    // Whoever changes what lies behind a slot makes its translations go.
    private Outcome Lay(VirtualMachine vm, OverlayMemslot? overlay)
    {
        vm.OpenConversion(overlay!.Gfns);
        vm.Zap(overlay.Gfns, KindFilter.Both);
        var laid = overlay.Lay(new(Gfn(Overlay), 1), Process.Id.Number, SharedPage + Overlay);
        vm.EndConversion(overlay.Gfns);
        return laid;
    }
}
