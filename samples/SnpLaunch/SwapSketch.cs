using GuestMemory;
using GuestMemory.Rmp;

/// <summary>A guest's 4K page out to ciphertext and in again: the one way by which private bytes leave their place and come back.</summary>
internal sealed class SwapSketch(Machine machine, SnpHost host, VirtualMachine vm, Gfn gfn)
{
    private readonly Pfn _metadata = Take(host);
    private readonly Pfn _cipher = Take(host);
    private Pfn _frame;

    private Spa Context => host.Find(vm.Id)!.Context!.Value.Address;

    private SnpFirmware Firmware => host.Platform.Firmware;

    public void OutAndIn(Action<string> say)
    {
        Out(say);
        In(say);
    }

    private void Out(Action<string> say)
    {
        Firmware.MetadataInit(Context.Frame, _metadata);
        _frame = vm.Mmu.TryTranslate(gfn, out var translation) ? translation.Frame : throw new InvalidOperationException($"{gfn} is not mapped");
        Unmap();
        Update(isImmutable: true);
        say($"swap out: {State()}, SWAP_OUT {Firmware.SwapOut(new(Context, _frame.Address, _cipher.Address, _metadata.Address, SwapPageType.Data))}, {State()}");
        Firmware.PageReclaim(new(_frame, PageSize.Size4K));
        host.Update(RmpUpdateOperands.Share(new(_frame, PageSize.Size4K)));
        machine.Contents.Clear(new(_frame, 1));
        say($"  the frame is {State()} and cleared; its bytes are ciphertext elsewhere");
    }

    private void In(Action<string> say)
    {
        Update(isImmutable: true);
        say($"swap in: {State()}, SWAP_IN {Firmware.SwapIn(new(Context, _cipher.Address, _frame.Address, _metadata.Address, SwapPageType.Data))}, {State()}");
        Firmware.PageReclaim(new(_frame, PageSize.Size4K));
        say($"  after PAGE_RECLAIM {State()}; the same entry again: {Firmware.SwapIn(new(Context, _cipher.Address, _frame.Address, _metadata.Address, SwapPageType.Data))}");
        host.ReturnFirmwarePage(_metadata);
        host.ReturnFirmwarePage(_cipher);
    }

    private static Pfn Take(SnpHost host) => host.TryTakeFirmwarePage(out var page) ? page : throw new InvalidOperationException("no page is left");

    // Unmap before convert: nobody may use the page while it leaves.
    private void Unmap()
    {
        vm.BeginConversion(new(gfn, 1));
        vm.EndConversion(new(gfn, 1));
    }

    private void Update(bool isImmutable) =>
        host.Update(RmpUpdateOperands.Assign(new(_frame, PageSize.Size4K), host.Find(vm.Id)!.Asid, gfn.Address, isImmutable));

    private RmpPageState State() => host.Platform.Table.StateOf(_frame);
}
