using Xunit;

namespace GuestMemory.Tests;

/// <summary>KVM_SET_MEMORY_ATTRIBUTES as steps: reserve, begin, zap, store, end. Source: systems.md 1.2; kvm-api.</summary>
public sealed class SetAttributesTests
{
    [Fact]
    public void The_steps_come_in_order_and_the_store_comes_after_the_zap()
    {
        var world = TestWorld.Create();
        world.Write(0, 1);
        var observer = new Steps(world);
        world.Machine.Observer = observer;

        world.Convert(0, 4, PageKind.Private);

        Assert.Equal(
            ["InvalidationBegan open 1 mapped True Shared", "Zapped open 1 mapped False Shared", "AttributesStored open 1 mapped False Private", "InvalidationEnded open 0 mapped False Private"],
            observer.Made);
    }

    // An exact match leaves early: nothing is zapped, no fault has to start again.
    [Fact]
    public void Setting_what_is_set_changes_nothing()
    {
        var world = TestWorld.Create();
        world.Convert(0, 16, PageKind.Private);
        world.Write(0, 1);
        var before = world.Machine.Fingerprint();

        Assert.True(world.Convert(0, 16, PageKind.Private).IsSuccess);

        Assert.Equal(before, world.Machine.Fingerprint());
        Assert.True(world.Vm.Mmu.TryTranslate(TestWorld.Gfn(0), out _));
    }

    // The range is always invalidated, also where nothing was mapped and no slot is.
    [Fact]
    public void A_range_without_a_slot_is_converted_and_invalidated_too()
    {
        var world = TestWorld.Create();
        var sample = world.Vm.Sequence.Sample();

        Assert.True(world.Convert(1000, 5, PageKind.Private).IsSuccess);

        Assert.NotEqual(sample, world.Vm.Sequence.Sample());
        Assert.Equal(PageKind.Private, world.Vm.Attributes.KindOf(TestWorld.Gfn(1004)));
    }

    // Past the point of no return only the zap can fail; then the guest is dead, the attribute stays and the invalidation is ended.
    [Fact]
    public void A_failed_zap_kills_the_guest_and_stores_nothing()
    {
        var world = TestWorld.Create();
        world.Mmu.UnmapAnswers.Enqueue(MmuVerdict.Failed);

        Assert.Equal(CoreRules.GuestDead, world.Convert(0, 4, PageKind.Private).DecidedBy);

        Assert.True(world.Vm.IsDead);
        Assert.Equal((0, PageKind.Shared), (world.Vm.Sequence.InProgress, world.Vm.Attributes.KindOf(TestWorld.Gfn(0))));
    }

    // Core copies and zeroes nothing: each side keeps its own bytes, in place there is one side.
    [Fact]
    public void Conversion_touches_no_byte()
    {
        var dual = TestWorld.Create();
        dual.Write(0, 0x5);
        dual.Convert(0, 1, PageKind.Private);
        Assert.Equal(GuestAccess.Done(0), dual.Read(0));
        dual.Write(0, 0x9);
        dual.Convert(0, 1, PageKind.Shared);
        Assert.Equal(GuestAccess.Done(0x5), dual.Read(0));
        dual.Convert(0, 1, PageKind.Private);
        Assert.Equal(GuestAccess.Done(0x9), dual.Read(0));

        var inPlace = TestWorld.Create(BackingProperties.MappableGuestMemfd);
        inPlace.Write(0, 0x5);
        inPlace.Convert(0, 1, PageKind.Private);
        Assert.Equal(GuestAccess.Done(0x5), inPlace.Read(0));
    }

    [Fact]
    public void Attributes_outlive_slots()
    {
        var world = TestWorld.Create();
        world.Convert(0, 4, PageKind.Private);

        world.Vm.RemoveSlot(world.Slot);

        Assert.Equal(PageKind.Private, world.Vm.Attributes.KindOf(TestWorld.Gfn(3)));
    }

    private sealed class Steps(TestWorld world) : IStepObserver
    {
        public List<string> Made { get; } = [];

        public void OnStep(Machine machine, in StepEvent step)
        {
            var vm = world.Vm;
            var kind = vm.Attributes.KindOf(TestWorld.Gfn(0));
            Made.Add($"{step.Kind} open {vm.Sequence.InProgress} mapped {vm.Mmu.TryTranslate(TestWorld.Gfn(0), out _)} {kind}");
        }
    }
}
