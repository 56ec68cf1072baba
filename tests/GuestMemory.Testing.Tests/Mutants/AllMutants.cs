using GuestMemory.Testing.Xunit;
using Xunit;

namespace GuestMemory.Testing.Tests.Mutants;

/// <summary>The mutants of every contract, and what is right in all but them.</summary>
internal static class AllMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        .. StoreMutants.All.Select(row => new Mutant($"a store that {row.Mistake}", row.Promise, () => new StoreUnderTest(row.Make))),
        .. SlotMutants.All.Select(row => new Mutant($"a slot that {row.Mistake}", row.Promise, () => new SlotUnderTest(row.Make))),
        .. TreeMutants.All.Select(row => new Mutant($"a tree that {row.Mistake}", row.Promise, () => new TreeUnderTest(row.Make))),
        new("a tree that makes no entry at all", nameof(SecondaryMmuContract.The_tree_makes_entries_of_some_kind), () => new TreeUnderTest(vm => new(vm), KindFilter.None)),
        .. TableMutants.All.Select(row => new Mutant($"a table that {row.Mistake}", row.Promise, () => new TableUnderTest(row.Make))),
    ];

    /// <summary>The same wrapping, and no mistake.</summary>
    public static IReadOnlyList<Contract> Right { get; } =
    [
        new StoreUnderTest((_, store) => new(store)), new SlotUnderTest(slot => new(slot)), new TreeUnderTest(vm => new(vm)), new TableUnderTest(() => new()),
    ];

    private sealed class StoreUnderTest(Func<Machine, BackingStore, FaultyStore> make) : BackingStoreFacts
    {
        protected override IBackingStore CreateStore(Machine machine, ulong pages) =>
            make(machine, machine.CreateStore(BackingProperties.Hugetlb2M with { DirectMapped = false }, pages * 4096, PageKind.Private));

        protected override void MarkPrepared(IBackingStore store, PageIndexRange pages)
        {
            if (store is FaultyStore { IgnoresPrepared: false } faulty)
            {
                faulty.Store.AddFlags(pages, StoredPageFlags.Prepared);
            }
        }
    }

    private sealed class SlotUnderTest(Func<OverlayMemslot, FaultySlot> make) : MemslotFacts
    {
        protected override IMemslot CreateSlot(MemslotParts parts)
        {
            var handle = parts.Vm.Slots.NextHandle();
            Assert.True(parts.File.Bind(handle, parts.FileStart, parts.Gfns).IsSuccess);
            var overlay = new OverlayMemslot(parts.Vm.Machine, handle, parts.Gfns, parts.File.Id, parts.FileStart);
            Assert.True(overlay.Lay(new(parts.Gfns.Start, parts.Gfns.Count / 2), parts.Process.Id.Number, parts.SharedPage.Value).IsSuccess);
            var slot = make(overlay);
            Assert.True(parts.Vm.AddSlot(handle, slot).IsSuccess);
            return slot;
        }
    }

    private sealed class TreeUnderTest(Func<VirtualMachine, FaultyMmu> make, KindFilter kinds = KindFilter.Both) : SecondaryMmuFacts
    {
        protected override KindFilter Kinds => kinds;

        protected override PageSize LargestLeaf => PageSize.Size2M;

        protected override ISecondaryMmu CreateMmu(VirtualMachine vm) => make(vm);
    }

    private sealed class TableUnderTest(Func<FaultyTable> make) : OwnershipTableFacts
    {
        protected override IOwnershipTable CreateTable(Machine machine) => make();
    }
}
