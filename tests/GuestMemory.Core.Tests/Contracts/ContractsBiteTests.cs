using GuestMemory.Testing;
using GuestMemory.Tests.Fakes;
using Xunit;

namespace GuestMemory.Tests.Contracts;

/// <summary>A contract is worth what it catches: each wrong implementation here fails the fact that is there for it.</summary>
public sealed class ContractsBiteTests
{
    public static TheoryData<string, string> WrongStores => Names(FaultyStores.All);

    public static TheoryData<string, string> WrongSlots => Names(FaultySlots.All);

    public static TheoryData<string, string> WrongTrees => Names(FaultyTrees.All);

    public static TheoryData<string, string> WrongTables => Names(FaultyTables.All);

    [Theory]
    [MemberData(nameof(WrongStores))]
    public void A_wrong_store_is_caught(string mistake, string fact)
    {
        var make = FaultyStores.All.Single(wrong => wrong.Mistake == mistake).Make;
        Assert.Contains(fact, ContractRun.Failures(() => new StoreUnderTest(make)));
    }

    [Theory]
    [MemberData(nameof(WrongSlots))]
    public void A_wrong_slot_is_caught(string mistake, string fact)
    {
        var make = FaultySlots.All.Single(wrong => wrong.Mistake == mistake).Make;
        Assert.Contains(fact, ContractRun.Failures(() => new SlotUnderTest(make)));
    }

    [Theory]
    [MemberData(nameof(WrongTrees))]
    public void A_wrong_tree_is_caught(string mistake, string fact)
    {
        var make = FaultyTrees.All.Single(wrong => wrong.Mistake == mistake).Make;
        Assert.Contains(fact, ContractRun.Failures(() => new TreeUnderTest(make)));
    }

    [Theory]
    [MemberData(nameof(WrongTables))]
    public void A_wrong_table_is_caught(string mistake, string fact)
    {
        var make = FaultyTables.All.Single(wrong => wrong.Mistake == mistake).Make;
        Assert.Contains(fact, ContractRun.Failures(() => new TableUnderTest(make)));
    }

    // Else a fact could fail for the wrapping and not for the mistake.
    [Fact]
    public void Wrapped_without_a_mistake_everything_passes()
    {
        Assert.Empty(ContractRun.Failures(() => new StoreUnderTest((_, store) => new(store))));
        Assert.Empty(ContractRun.Failures(() => new SlotUnderTest(slot => new(slot))));
        Assert.Empty(ContractRun.Failures(() => new TreeUnderTest(vm => new(vm))));
        Assert.Empty(ContractRun.Failures(() => new TableUnderTest(() => new())));
    }

    [Fact]
    public void A_fact_that_is_hidden_is_missed() =>
        Assert.Contains(nameof(OwnershipTableContract.Every_fact_of_the_contract_runs), ContractRun.Failures(() => new HidesAFact()));

    [Fact]
    public void A_fact_that_is_skipped_is_missed() =>
        Assert.Contains(nameof(OwnershipTableContract.Every_fact_of_the_contract_runs), ContractRun.Failures(() => new SkipsAFact()));

    // Every fact but the guard has a mistake that it catches.
    [Fact]
    public void Every_fact_catches_a_mistake()
    {
        Assert.Equal([], Uncaught(typeof(BackingStoreContract), FaultyStores.All.Select(wrong => wrong.Fact)));
        Assert.Equal([], Uncaught(typeof(MemslotContract), FaultySlots.All.Select(wrong => wrong.Fact)));
        Assert.Equal([], Uncaught(typeof(SecondaryMmuContract), FaultyTrees.All.Select(wrong => wrong.Fact)));
        Assert.Equal([], Uncaught(typeof(OwnershipTableContract), FaultyTables.All.Select(wrong => wrong.Fact)));
    }

    private static IEnumerable<string> Uncaught(Type contract, IEnumerable<string> caught) =>
        contract.GetMethods().Where(method => method.IsDefined(typeof(FactAttribute), inherit: false)).Select(method => method.Name)
            .Except(caught).Except([nameof(OwnershipTableContract.Every_fact_of_the_contract_runs)]);

    private static TheoryData<string, string> Names<TMake>(IEnumerable<(string Mistake, string Fact, TMake Make)> all)
    {
        var names = new TheoryData<string, string>();
        foreach (var (mistake, fact, _) in all)
        {
            names.Add(mistake, fact);
        }

        return names;
    }

    private sealed class StoreUnderTest(Func<Machine, BackingStore, FaultyStore> make) : BackingStoreContract
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

    private sealed class SlotUnderTest(Func<OverlayMemslot, FaultySlot> make) : MemslotContract
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

    private sealed class TreeUnderTest(Func<VirtualMachine, FaultyMmu> make) : SecondaryMmuContract
    {
        protected override PageSize LargestLeaf => PageSize.Size2M;

        protected override ISecondaryMmu CreateMmu(VirtualMachine vm) => make(vm);
    }

    private sealed class TableUnderTest(Func<FaultyTable> make) : OwnershipTableContract
    {
        protected override IOwnershipTable CreateTable(Machine machine) => make();
    }

#pragma warning disable xUnit1000, xUnit1004, xUnit1024 // Hiding and skipping are the mistakes shown here.
    private sealed class HidesAFact : OwnershipTableContract
    {
        public new void Checking_changes_no_entry()
        {
        }

        protected override IOwnershipTable CreateTable(Machine machine) => new SoftwareOwnershipTable();
    }

    // The mistake under test: a class that inherits the contract and leaves a fact out.
    private sealed class SkipsAFact : OwnershipTableContract
    {
        [LeftOut]
        public new void Checking_changes_no_entry()
        {
        }

        protected override IOwnershipTable CreateTable(Machine machine) => new SoftwareOwnershipTable();
    }
#pragma warning restore xUnit1000, xUnit1004, xUnit1024

    private sealed class LeftOutAttribute : FactAttribute
    {
        private const string Excuse = "not for this table";

        public LeftOutAttribute() => Skip = Excuse;
    }
}
