namespace GuestMemory.Testing;

/// <content>What a promise builds and asks.</content>
public abstract partial class BackingStoreContract
{
    private (Machine Machine, IBackingStore Store) NewStore(IOwnershipTable? table = null)
    {
        var machine = new MachineFactory(new() { OwnershipTable = table is null ? null : _ => table }).Create();
        return (machine, CreateStore(machine, Pages));
    }

    // The smallest run the store gives back, the n-th of four.
    private static PageIndexRange Unit(IBackingStore store, ulong number)
    {
        var pages = store.Properties.Divisible ? 1UL : 1UL << store.Properties.LargestOrder;
        return new(new(number * pages), pages);
    }

    private BackingPage Get(IBackingStore store, PageIndex index)
    {
        var outcome = store.GetPage(index, out var page);
        Holds(outcome.IsSuccess, $"{index} was refused: {outcome}");
        return page;
    }

    private static Outcome Punch(IBackingStore store, PageIndexRange pages)
    {
        var scope = store.BeginInvalidate(pages, KindFilter.Both);
        var outcome = store.Free(scope);
        store.EndInvalidate(scope);
        return outcome;
    }

    private static MmuAnswer Remember(List<FrameState> states, FrameState state)
    {
        states.Add(state);
        return MmuAnswer.Done;
    }

    private VirtualMachine MappedBy(Machine machine, Pfn frame)
    {
        var vm = machine.CreateVm(new ContractTechnology());
        var mapped = vm.Mmu.Map(new(default, frame, PageSize.Size4K, PageKind.Shared, Writable: true, vm.Sequence.Sample()));
        Holds(mapped.IsDone);
        return vm;
    }

    private Pfn Prepared(Machine machine, IBackingStore store, PageIndexRange pages)
    {
        var frame = Get(store, pages.Start).Frame;
        var vm = machine.CreateVm(new ContractTechnology());
        Holds(machine.Ownership.Prepare(new(new(frame, pages.Count), vm.Id, default, PageKind.Private)).IsSuccess);
        MarkPrepared(store, pages);
        return frame;
    }

    private void RequireRefuses(Func<Outcome> free)
    {
        try
        {
            HoldsNot(free().IsSuccess);
        }
        catch (ModelInvariantException)
        {
            // Saying so by exception is as good as refusing.
        }
    }
}
