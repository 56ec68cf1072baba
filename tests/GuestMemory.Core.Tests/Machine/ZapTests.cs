using Xunit;

namespace GuestMemory.Tests;

/// <summary>What a VM does with its tree's answers, and what it asks the tree before it converts.</summary>
public sealed class ZapTests
{
    private readonly TestWorld _world = TestWorld.Create();

    [Fact]
    public void A_flush_that_is_done_is_asked_for_once()
    {
        _world.Mmu.FlushAnswers.Enqueue(MmuVerdict.Done);
        _world.Mmu.FlushAnswers.Enqueue(MmuVerdict.Failed);

        Assert.True(_world.Vm.Zap(TestWorld.Gfns(0, 1), KindFilter.Both).IsDone);
        Assert.Single(_world.Mmu.FlushAnswers);
    }

    [Fact]
    public void A_dead_guest_stays_dead_whatever_else_fails()
    {
        foreach (var verdict in new[] { MmuVerdict.Failed, MmuVerdict.Failed, MmuVerdict.Done })
        {
            _world.Mmu.UnmapAnswers.Enqueue(verdict);
            _world.Vm.Zap(TestWorld.Gfns(0, 1), KindFilter.Both);
            Assert.True(_world.Vm.IsDead);
        }
    }

    [Fact]
    public void A_guest_is_dead_when_it_is_killed()
    {
        Assert.False(_world.Vm.IsDead);

        _world.Vm.Kill();

        Assert.True(_world.Vm.IsDead);
        Assert.Equal(FaultVerdict.GuestDead, _world.Read(0).Verdict);
    }

    // A tree of another make is asked what it maps.
    [Fact]
    public void Attributes_of_frames_the_tree_still_maps_are_not_changed()
    {
        _world.Write(3, 1);
        _world.Vm.OpenConversion(TestWorld.Gfns(0, 16));

        Assert.Equal(CoreRules.UnmapBeforeConvert, _world.Vm.StoreAttributes(TestWorld.Gfns(2, 2), MemoryAttributes.Private).DecidedBy);
        Assert.True(_world.Vm.StoreAttributes(TestWorld.Gfns(4, 2), MemoryAttributes.Private).IsSuccess);
        Assert.Equal(PageKind.Shared, _world.Vm.Attributes.KindOf(TestWorld.Gfn(3)));
    }

    [Fact]
    public void A_technology_hears_that_a_VM_is_gone()
    {
        var technology = new TestTechnology();
        var vm = new MachineFactory(null, [technology]).Create().CreateVm(technology);

        vm.Destroy();

        Assert.Equal([vm.Id], technology.Gone);
    }

    [Fact]
    public void A_conversion_without_memory_for_it_changes_nothing()
    {
        var world = TestWorld.Create(configure: options => options.Injector = new StrikesAt(InjectionPoint.KernelAllocation, time: 1));
        var before = world.Machine.Fingerprint();

        Assert.Equal(CoreRules.OutOfMemory, world.Convert(0, 4, PageKind.Private).DecidedBy);

        Assert.Equal(before, world.Machine.Fingerprint());
        Assert.True(world.Convert(0, 4, PageKind.Private).IsSuccess);
    }

    [Fact]
    public void A_slot_whose_file_pages_are_bound_already_is_not_added()
    {
        var layout = new MemslotLayout(1, 0, TestWorld.Gfns(64, 4), MemslotFlags.GuestMemfd, 0, TestWorld.HostBase, _world.File.Id, default, FileServesShared: false);

        Assert.Equal(CoreRules.Overlap, _world.Vm.AddSlot(layout, out var slot).DecidedBy);

        Assert.Null(slot);
        Assert.Null(_world.Vm.Slots.Find(TestWorld.Gfn(64)));
    }

    [Fact]
    public void A_slot_of_any_make_waits_for_an_open_invalidation()
    {
        var scope = _world.Store.BeginInvalidate(TestWorld.Pages(3, 1), KindFilter.Both);

        Assert.Equal(CoreRules.InvalidationOpen, _world.Vm.RemoveSlot(_world.Slot.Handle).DecidedBy);

        Assert.Same(_world.Slot, _world.Vm.Slots.Find(TestWorld.Gfn(0)));
        _world.Store.EndInvalidate(scope);
        Assert.True(_world.Vm.RemoveSlot(_world.Slot.Handle).IsSuccess);
        Assert.Null(_world.Vm.Slots.Find(TestWorld.Gfn(0)));
    }
}
