using System.Globalization;

namespace GuestMemory.Tests;

/// <summary>
/// Random operations on a machine that finds everything it needs on the machine itself, so that a machine read back from
/// bytes can go on where another stopped. Each answers in words.
/// </summary>
internal static class CoreScript
{
    private const HostRights ReadWrite = HostRights.Read | HostRights.Write;

    public static Machine NewMachine(IStepObserver? observer = null) => new MachineFactory(
        new() { Frames = 40, CachesTranslations = true }, [new TestTechnology(1), new TestTechnology(2)]).Create(observer);

    public static Machine Start(bool directMapped = true, IStepObserver? observer = null)
    {
        var machine = NewMachine(observer);
        machine.CreateProcess();
        var vm = machine.CreateVm(machine.Technologies[0]);
        var store = machine.CreateStore(BackingProperties.Restrictedmem with { DirectMapped = directMapped }, CoreStep.Pages * 4096, PageKind.Private);
        machine.CreateStore(BackingProperties.Memfd with { DirectMapped = directMapped }, CoreStep.Pages * 4096);
        machine.OpenFile(vm.Id, store);
        Apply(machine, new(CoreCall.Map, 0, CoreStep.Pages, 1));
        Apply(machine, new(CoreCall.AddSlot, 0, CoreStep.Pages, 0));
        return machine;
    }

    public static string Apply(Machine machine, CoreStep step)
    {
        var vm = machine.VirtualMachine(new(1));
        var process = machine.Process(0);
        var pages = TestWorld.Pages(step.Page, step.Count);
        var host = TestWorld.HostPages(step.Page, step.Count);
        switch (step.Call)
        {
            case CoreCall.GuestRead:
                return GuestTouch.Make(vm, step.Page, null).ToString();
            case CoreCall.GuestWrite:
                return GuestTouch.Make(vm, step.Page, step.Value).ToString();
            case CoreCall.Convert:
                var attributes = step.Kind == PageKind.Private ? MemoryAttributes.Private : MemoryAttributes.None;
                return Word(vm.SetAttributes(TestWorld.Gfns(step.Page, step.Count), attributes));
            case CoreCall.Populate:
                return Word(vm.Populate(TestWorld.Gfns(step.Page, step.Count), [], MarkingFiller.Instance, out _));
            case CoreCall.HostLoad:
                return process.Load(TestWorld.Hva(step.Page), 8, out var value) + value.ToString(CultureInfo.InvariantCulture);
            case CoreCall.HostStore:
                return process.Store(TestWorld.Hva(step.Page), 8, step.Value).ToString();
            case CoreCall.Discard:
                process.Discard(host);
                return "";
            case CoreCall.Protect when process.IsMapped(host):
                process.Protect(host, step.Kind == PageKind.Private ? HostRights.Read : ReadWrite);
                return "";
            case CoreCall.Unmap:
                process.Unmap(host);
                return "";
            case CoreCall.Map:
                return Map(machine, step);
            default:
                return ApplyToStores(machine, step, pages);
        }
    }

    private static string Map(Machine machine, CoreStep step)
    {
        var own = step.Kind == PageKind.Private;
        var store = own ? machine.CreateStore(BackingProperties.Anonymous, CoreStep.Pages * 4096) : machine.Store(1);
        machine.Process(0).Map(TestWorld.HostPages(step.Page, step.Count), new(store.Id, new(step.Page), ReadWrite, !own, own ? -1 : 1, IsLocked: false));
        return store.Id.ToString(CultureInfo.InvariantCulture);
    }

    private static string ApplyToStores(Machine machine, CoreStep step, PageIndexRange pages)
    {
        var (store, memfd) = (machine.Store(0), machine.Store(1));
        var open = step.Kind == PageKind.Private ? store : memfd;
        switch (step.Call)
        {
            case CoreCall.PunchPrivate:
                return Word(store.Punch(pages));
            case CoreCall.PunchShared:
                return Word(memfd.Punch(pages));
            case CoreCall.Poison:
                return Word(store.Poison(pages.Start));
            case CoreCall.MarkPoisoned:
                machine.Process(0).MarkPoisoned(1, pages.Start);
                return Word(memfd.Poison(pages.Start));
            case CoreCall.Move:
                return Word(step.Kind == PageKind.Private ? store.Move(pages.Start) : memfd.Move(pages.Start));
            case CoreCall.BeginInvalidate when open.OpenInvalidations.Count < 3:
                return open.BeginInvalidate(pages, KindFilter.Both).ToString();
            case CoreCall.FreeOpened when open.OpenInvalidations.Count > 0:
                return Word(open.Free(new(open.OpenInvalidations[0], Failed: false)));
            case CoreCall.EndInvalidate when open.OpenInvalidations.Count > 0:
                open.EndInvalidate(new(open.OpenInvalidations[0], Failed: false));
                return "";
            case CoreCall.Pin:
                return Pin(machine, memfd, pages.Start, step);
            case CoreCall.Unpin when machine.Frames.Pins.All.Count > 0:
                var pin = machine.Frames.Pins.All[(int)(step.Value % (ulong)machine.Frames.Pins.All.Count)];
                machine.Frames.Unpin(pin.Frames, pin.Owner);
                return pin.ToString();
            default:
                return ApplyToVms(machine, step);
        }
    }

    private static string ApplyToVms(Machine machine, CoreStep step)
    {
        var vm = machine.VirtualMachine(new(1));
        var slot = vm.Slots.FindById(0, 0);
        var life = machine.Files.Count > 0 ? machine.File(0).Life : FileLife.Gone;
        switch (step.Call)
        {
            case CoreCall.RemoveSlot when slot is not null:
                return Word(vm.RemoveSlot(slot, zapsAll: step.Kind == PageKind.Private));
            case CoreCall.AddSlot when slot is null && life == FileLife.Live:
                return Word(vm.AddSlot(Layout(0), out _));
            case CoreCall.Release when life == FileLife.Live && machine.Store(0).OpenInvalidations.Count == 0 && step.Value < 300:
                machine.File(0).Release();
                return "";
            case CoreCall.OpenFile when life == FileLife.Gone:
                return machine.OpenFile(vm.Id, machine.Store(0)).Id.ToString(CultureInfo.InvariantCulture);
            case CoreCall.CreateVm when machine.VirtualMachines.Count(one => one.IsLive) < 2:
                var second = machine.CreateVm(machine.Technologies[(int)(step.Value % 2)]);
                return Word(second.AddSlot(Layout(-1) with { Flags = MemslotFlags.LogDirtyPages }, out _)) + Touch(second, step);
            case CoreCall.DestroyVm when machine.VirtualMachines.Count > 1 && machine.VirtualMachine(new(2)).IsLive:
                machine.VirtualMachine(new(2)).Destroy();
                return "";
            default:
                return "nothing";
        }
    }

    private static string Touch(VirtualMachine vm, CoreStep step) => GuestTouch.Make(vm, step.Page, step.Value).ToString();

    private static string Pin(Machine machine, BackingStore memfd, PageIndex index, CoreStep step)
    {
        if (!memfd.TryLookUp(index, out var page) || page.Flags.HasFlag(StoredPageFlags.Poisoned) || machine.Frames.Pins.All.Count >= 3)
        {
            return "nothing";
        }

        machine.Frames.Pin(new(page.Frame, 1), (PinOwner)(step.Value % 3));
        return page.Frame.ToString();
    }

    private static MemslotLayout Layout(int file) =>
        new(0, 0, TestWorld.Gfns(0, CoreStep.Pages), file < 0 ? MemslotFlags.None : MemslotFlags.GuestMemfd, 0, TestWorld.HostBase, file, default, FileServesShared: false);

    private static string Word(Outcome outcome) => $"{outcome.Lane} {outcome.Code} {outcome.Info} {outcome.DecidedBy?.Id}";

    private sealed class MarkingFiller : IPopulateFiller
    {
        public static MarkingFiller Instance { get; } = new();

        public Outcome Fill(VirtualMachine vm, Gfn gfn, Pfn frame, ReadOnlySpan<byte> bytes)
        {
            var prepared = vm.Machine.Ownership.Prepare(new(new(frame, 1), vm.Id, gfn, PageKind.Private));
            if (prepared.IsSuccess)
            {
                vm.Machine.Contents.Fill(frame, [1, 2, 3, (byte)(gfn.Value & 0xff)]);
            }

            return prepared;
        }
    }
}
