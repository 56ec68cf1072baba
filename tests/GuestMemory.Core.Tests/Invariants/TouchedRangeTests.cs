using Xunit;

namespace GuestMemory.Tests;

/// <summary>A step over a range of a VM touches the translations there, the VM's balance and the VM's files, and nothing else.</summary>
public sealed class TouchedRangeTests
{
    private const string Misplaced = "I1-address: gfn 0x10 of guest 1 is mapped to pfn 0x2, its slot gives pfn 0x1";
    private const string Unbalanced = "I4: guest 1 counts 1 running invalidations, 0 were begun and not ended";
    private const string StoreGone = "lifetime: file 0 names store 0, which is gone";

    public static TheoryData<StepKind> Kinds =>
        [StepKind.InvalidationEnded, StepKind.SlotAdded, StepKind.SlotRemoved, StepKind.SlotMoved, StepKind.FileReleased];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_misplaced_translation_is_found_in_the_range_and_not_beside_it(StepKind kind)
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Misplace();

        Assert.Equal(Misplaced, Breaches.At(world.Machine, kind, 0x10, 1, detail: 0x30));
        Assert.Equal(Misplaced, Breaches.At(world.Machine, kind, 0xf, 3, detail: 0x30));
        Assert.Null(Breaches.At(world.Machine, kind, 0x11, 3, detail: 0x30));
    }

    // The detail is a range's start for a moved slot only; for others it is a number or nothing.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_move_touches_where_the_slot_was_too(StepKind kind)
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Misplace();

        Assert.Equal(kind == StepKind.SlotMoved ? Misplaced : null, Breaches.At(world.Machine, kind, 0x30, 4, detail: 0x10));
        Assert.Null(Breaches.At(world.Machine, kind, 0x30, 4, detail: 0x40));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    [InlineData(StepKind.InvalidationBegan)]
    public void A_lost_end_is_found_on_the_VM_of_the_step_and_on_no_other(StepKind kind)
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        var other = world.Machine.CreateVm(world.Vm.Technology);
        world.Vm.Sequence.Begin(new(world.GfnOf(0), 1));

        Assert.Equal(Unbalanced, Breaches.At(world.Machine, kind));
        Assert.Null(Breaches.At(world.Machine, kind, guest: other.Id.Value));
    }

    [Theory]
    [InlineData(StepKind.FaultMapped)]
    [InlineData(StepKind.GuestAccess)]
    [InlineData(StepKind.HostUnmapped)]
    [InlineData(StepKind.Zapped)]
    public void A_lost_end_is_not_the_matter_of_a_step_that_begins_and_ends_nothing(StepKind kind)
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Vm.Sequence.Begin(new(world.GfnOf(0), 1));

        Assert.Null(Breaches.At(world.Machine, kind));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_file_whose_store_is_gone_is_found_on_the_VM_of_the_step_and_on_no_other(StepKind kind)
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        var other = world.Machine.CreateVm(world.Vm.Technology);
        world.Machine.DestroyStore(world.Store);

        Assert.Equal(StoreGone, Breaches.At(world.Machine, kind));
        Assert.Null(Breaches.At(world.Machine, kind, guest: other.Id.Value));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_file_that_is_gone_itself_may_have_lost_its_store(StepKind kind)
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.File.Release();
        world.Machine.DestroyStore(world.Store);

        Assert.Null(Breaches.At(world.Machine, kind));
        Assert.Empty(Breaches.Of(world.Machine));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_binding_that_its_slot_does_not_know_is_found_on_the_VM_of_the_step_and_on_no_other(StepKind kind)
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        var other = world.Machine.CreateVm(world.Vm.Technology);
        world.File.Bind(world.Slot.Handle, new(8), new(new(0x20), 2));

        Assert.Equal(
            "I6: file 0 binds [0x8, 0xa) to slot object 0 at gfn 0x20, whose slot is slot 1.0 gfn [0x10, 0x14) GuestMemfd",
            Breaches.At(world.Machine, kind));
        Assert.Null(Breaches.At(world.Machine, kind, guest: other.Id.Value));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_binding_to_a_place_the_table_never_had_is_a_matter_of_lifetimes(StepKind kind)
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.File.Bind(new(1), new(8), new(new(0x20), 2));

        Assert.Equal("lifetime: file 0 of guest 1 is bound to slot object 1, which is freed", Breaches.At(world.Machine, kind));
    }
}
