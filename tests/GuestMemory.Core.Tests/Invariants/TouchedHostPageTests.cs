using Xunit;

namespace GuestMemory.Tests;

/// <summary>A process's entry made or dropped touches the guest translations through its pages; one made touches its frame and page too.</summary>
public sealed class TouchedHostPageTests
{
    private const string Orphaned = "I1-address: gfn 0x10 of guest 1 is mapped to pfn 0x1, its slot gives nothing";

    [Fact]
    public void A_dropped_entry_that_a_guest_still_maps_through_is_found()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Touch(0);
        world.EvictWithoutNotifying(0);

        Assert.Equal(Orphaned, Breaches.At(world.Machine, StepKind.HostUnmapped, 0x100));
        Assert.Equal(Orphaned, Breaches.At(world.Machine, StepKind.HostUnmapped, 0xff, 3));
        Assert.Null(Breaches.At(world.Machine, StepKind.HostUnmapped, 0x101, 3));
    }

    [Fact]
    public void An_entry_of_another_process_is_no_matter_of_the_slot()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        var other = world.Machine.CreateProcess();
        world.Touch(0);
        world.EvictWithoutNotifying(0);

        Assert.Null(Breaches.At(world.Machine, StepKind.HostUnmapped, 0x100, detail: (ulong)other.Id.Number));
        Assert.Null(Breaches.At(world.Machine, StepKind.HostMapped, 0x100, count: (ulong)other.Id.Number));
    }

    // What one step touched is forgotten before the next.
    [Fact]
    public void A_breach_at_a_page_touched_before_is_not_blamed_on_a_step_over_another()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Touch(0);
        var checker = Breaches.Checker(world.Machine);
        Assert.Null(Breaches.At(checker, world.Machine, StepKind.HostUnmapped, 0x100));

        world.EvictWithoutNotifying(0);

        Assert.Null(Breaches.At(checker, world.Machine, StepKind.HostUnmapped, 0x101));
        Assert.Equal(Orphaned, Breaches.At(checker, world.Machine, StepKind.HostUnmapped, 0x100));
    }

    [Fact]
    public void A_VM_that_is_gone_is_not_looked_at_whatever_is_left_of_it()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.File.Release();
        world.Vm.Destroy();
        world.Vm.Slots.Add(world.Slot.Layout);
        world.Map(0, new(5), PageKind.Shared);

        Assert.Null(Breaches.At(world.Machine, StepKind.HostUnmapped, 0x100));
        Assert.Empty(Breaches.Of(world.Machine));
    }

    [Fact]
    public void A_slot_of_another_address_space_is_not_translated()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        var layout = new MemslotLayout(2, 1, new(new(0x50), 1), MemslotFlags.None, 0, 0x100, -1, default, FileServesShared: false);
        Assert.True(world.Vm.AddSlot(layout, out _).IsSuccess);
        world.Map(0x40, new(5), PageKind.Shared);

        Assert.Null(Breaches.At(world.Machine, StepKind.HostUnmapped, 0x100));
    }

    [Fact]
    public void A_new_entry_over_which_a_guest_maps_something_else_is_found()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Misplace();

        Assert.Equal(
            "I1-address: gfn 0x10 of guest 1 is mapped to pfn 0x2, its slot gives pfn 0x1",
            Breaches.At(world.Machine, StepKind.HostMapped, 0x100, count: 0, detail: 1));
        Assert.Null(Breaches.At(world.Machine, StepKind.HostMapped, 0x101, count: 0, detail: 2));
    }

    [Fact]
    public void A_new_entry_to_a_frame_that_is_mapped_private_is_found()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.HostStore(0);
        world.Machine.Mappings.Add(new(new(1), 1), PageKind.Private);

        Assert.Equal("I1-frame: pfn 0x1 is mapped shared 1, private 1", Breaches.At(world.Machine, StepKind.HostMapped, 0x100, count: 0, detail: 1));
        Assert.Null(Breaches.At(world.Machine, StepKind.HostMapped, 0x101, count: 0, detail: 2));
    }

    [Fact]
    public void A_new_entry_to_a_page_never_cleared_is_found()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.HostStore(0);
        world.HostStore(1);
        world.UnclearHostPage(0);

        Assert.Equal("I8: host process 0 maps pfn 0x1, which was never cleared", Breaches.At(world.Machine, StepKind.HostMapped, 0x100, count: 0, detail: 1));
        Assert.Null(Breaches.At(world.Machine, StepKind.HostMapped, 0x101, count: 0, detail: 2));
        Assert.Null(Breaches.At(world.Machine, StepKind.HostMapped, 0x102, count: 0, detail: 3));
    }
}
