using Xunit;

namespace GuestMemory.Tests;

public sealed class MachineTests
{
    private readonly TestTechnology _technology = new();
    private readonly Machine _machine;

    public MachineTests() => _machine = new MachineFactory(null, [_technology]).Create();

    // As descriptors and ids are: the number of what is gone is used again, the lowest first.
    // The rule is the enforcement: without it what is broken is only seen.
    [Fact]
    public void Without_unmap_before_convert_a_machine_observes() => Assert.Equal(
        [Enforcement.Enforce, Enforcement.Observe],
        new[] { RuleSwitches.AllOn, RuleSwitches.AllOn.Without(CoreRules.UnmapBeforeConvert.Id) }.Select(rules => new MachineFactory(new() { Rules = rules }).Create().Enforcement));

    [Fact]
    public void Numbers_of_what_is_gone_are_used_again_lowest_first()
    {
        var vms = Enumerable.Range(0, 3).Select(_ => _machine.CreateVm(_technology)).ToArray();
        var stores = Enumerable.Range(0, 3).Select(_ => _machine.CreateStore(BackingProperties.Memfd, 4096)).ToArray();
        var files = Enumerable.Range(0, 3).Select(_ => _machine.OpenFile(vms[0].Id, stores[0])).ToArray();
        Assert.Equal([1, 2, 3], vms.Select(vm => (int)vm.Id.Value));

        files[2].Release();
        files[1].Release();
        _machine.DestroyStore(stores[2]);
        _machine.DestroyStore(stores[1]);
        vms[2].Destroy();
        vms[1].Destroy();

        Assert.Equal(new(2), _machine.CreateVm(_technology).Id);
        Assert.Equal(1, _machine.CreateStore(BackingProperties.Memfd, 4096).Id);
        Assert.Equal(1, _machine.OpenFile(vms[0].Id, stores[0]).Id);
        Assert.Equal(new(3), _machine.CreateVm(_technology).Id);
    }

    [Fact]
    public void A_VM_that_takes_a_number_again_begins_from_nothing()
    {
        var world = TestWorld.Create();
        world.Convert(0, 16, PageKind.Private);
        world.Write(0, 1);
        world.Mmu.UnmapAnswers.Enqueue(MmuVerdict.Failed);
        world.Convert(1, 1, PageKind.Shared);
        world.File.Release();
        world.Vm.Destroy();
        Assert.False(world.Vm.IsLive);

        var next = world.Machine.CreateVm(world.Vm.Technology);

        Assert.Same(world.Vm, next);
        Assert.True(next is { IsLive: true, IsDead: false });
        Assert.Equal((0, 0, new MmuSample(0)), (next.Attributes.Runs.Length, next.Slots.Places.Count, next.Sequence.Sample()));
        Assert.Equal(2, world.Machine.Mappings.Mappers.Count(mapper => mapper.Id.Kind != MapperKind.Pin));
    }

    [Fact]
    public void A_tree_that_cannot_let_go_is_counted_no_more_once_its_VM_is_gone()
    {
        var world = TestWorld.Create();
        world.Convert(0, 1, PageKind.Private);
        world.Write(0, 1);
        world.File.Release();
        world.Write(1, 1);
        world.Mmu.UnmapAnswers.Enqueue(MmuVerdict.Failed);

        world.Vm.Destroy();

        var before = world.Machine.Fingerprint();
        Assert.Equal(world.Machine.Mappings.WhoMaps(world.Machine.Frames.AllFrames).Count, world.Machine.Mappings.Runs.ToArray().Sum(run => (int)(run.End - run.Start) * run.Value.Shared));
        world.Machine.ReadState(world.Machine.WriteState().ToArray());
        Assert.Equal(before, world.Machine.Fingerprint());
    }

    [Fact]
    public void Destroying_a_VM_leaves_no_mapping()
    {
        var world = TestWorld.Create();
        world.Write(0, 1);

        world.File.Release();
        world.Vm.Destroy();

        Assert.All(world.Machine.Mappings.WhoMaps(world.Machine.Frames.AllFrames), mapping => Assert.Equal(MapperKind.HostProcess, mapping.Mapper.Kind));
        world.Process.Unmap(TestWorld.HostPages(0, 16));
        Assert.Equal(0, world.Machine.Mappings.Runs.Length);
    }

    [Fact]
    public void A_store_has_at_most_2_to_the_63_bytes_less_a_page()
    {
        Assert.Equal((ulong)long.MaxValue / 4096, _machine.CreateStore(BackingProperties.GuestMemfd, long.MaxValue - 4095).PageCount);
        Assert.Throws<ArgumentOutOfRangeException>(() => _machine.CreateStore(BackingProperties.GuestMemfd, long.MaxValue - 4094));
    }

    [Fact]
    public void A_technology_is_found_by_its_number()
    {
        Assert.Same(_technology, _machine.FindTechnology(1));
        Assert.Null(_machine.FindTechnology(2));
    }

    [Fact]
    public void Two_technologies_may_not_claim_one_number()
    {
        var refused = Assert.Throws<ArgumentException>(() => new MachineFactory(null, [new TestTechnology(1), new TestTechnology(3), new TestTechnology(3)]));

        Assert.Contains("VM type 3 is claimed by test technology 3 and test technology 3.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Machines_of_one_factory_are_apart()
    {
        var factory = new MachineFactory();
        var (left, right) = (factory.Create(), factory.Create());

        left.CreateStore(BackingProperties.Memfd, 4096).Allocate(new(default, 1));

        Assert.NotEqual(left.Fingerprint(), right.Fingerprint());
        Assert.Same(left.Options, right.Options);
        Assert.Empty(factory.Technologies);
    }

    // A machine's ownership table may be another: the options make it.
    [Fact]
    public void The_options_make_the_ownership_table()
    {
        var table = new SoftwareOwnershipTable();

        Assert.Same(table, new MachineFactory(new() { OwnershipTable = _ => table }).Create().Ownership);
        Assert.IsType<SoftwareOwnershipTable>(_machine.Ownership);
    }
}
