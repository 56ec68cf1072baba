using Xunit;

namespace GuestMemory.Tests;

/// <summary>No live object names a freed one: each way to do so, in its words.</summary>
public sealed class LifetimeRuleTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_whose_VM_is_gone_is_named_bound_or_not(bool isBound)
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        if (!isBound)
        {
            world.File.Unbind(default, InvariantWorld.Pages);
        }

        world.Vm.Destroy();

        Assert.Equal(["lifetime: file 0 names guest 1, which is gone"], Breaches.Of(world.Machine));
    }

    [Fact]
    public void A_file_whose_store_is_gone_is_named()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Machine.DestroyStore(world.Store);

        Assert.Equal(["lifetime: file 0 names store 0, which is gone"], Breaches.Of(world.Machine));
    }

    [Fact]
    public void A_file_bound_to_a_slot_that_is_freed_is_named()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Vm.FreeSlot(world.Slot);

        Assert.Equal(["lifetime: file 0 of guest 1 is bound to slot object 0, which is freed"], Breaches.Of(world.Machine));
    }

    [Fact]
    public void A_slot_whose_file_is_gone_is_named_unless_it_let_go_of_it()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.File.Unbind(default, InvariantWorld.Pages);
        world.File.Release();

        Assert.Equal(["lifetime: guest 1 gfn [0x10, 0x14) in address space 0 names a file that is gone"], Breaches.Of(world.Machine));
        world.Slot.DetachFile(world.File.Id);
        Assert.Empty(Breaches.Of(world.Machine));
    }

    [Fact]
    public void A_VM_that_is_gone_names_no_file_whatever_is_left_of_its_slots()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.File.Release();
        world.Vm.Destroy();

        world.Vm.Slots.Add(world.Slot.Layout);

        Assert.Empty(Breaches.Of(world.Machine));
    }

    [Fact]
    public void A_process_that_maps_a_store_that_is_gone_is_named()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Machine.DestroyStore(world.SharedStore);

        Assert.Equal(["lifetime: host process 0 maps store 1, which is gone"], Breaches.Of(world.Machine));
    }
}
