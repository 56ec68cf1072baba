using Xunit;

namespace GuestMemory.Tests;

/// <summary>I6 in its words: a binding and the slot it names say the same of file, first page and guest frames.</summary>
public sealed class BindingRuleTests
{
    [Fact]
    public void A_binding_of_other_guest_frames_is_named()
    {
        var world = Unbound();
        world.File.Bind(world.Slot.Handle, default, new(new(0x20), InvariantWorld.Pages));

        Assert.Equal(
            ["I6: file 0 binds [0x0, 0x4) to slot object 0 at gfn 0x20, whose slot is slot 1.0 gfn [0x10, 0x14) GuestMemfd"],
            Breaches.Of(world.Machine));
    }

    [Fact]
    public void A_binding_of_another_first_page_is_named()
    {
        var world = Unbound();
        world.File.Bind(world.Slot.Handle, new(4), world.Slot.Gfns);

        Assert.Equal(
            ["I6: file 0 binds [0x4, 0x8) to slot object 0 at gfn 0x10, whose slot is slot 1.0 gfn [0x10, 0x14) GuestMemfd"],
            Breaches.Of(world.Machine));
    }

    [Fact]
    public void A_binding_of_another_file_is_named_though_all_else_agrees()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Machine.OpenFile(world.Vm.Id, world.Store).Bind(world.Slot.Handle, default, world.Slot.Gfns);

        Assert.Equal(
            ["I6: file 1 binds [0x0, 0x4) to slot object 0 at gfn 0x10, whose slot is slot 1.0 gfn [0x10, 0x14) GuestMemfd"],
            Breaches.Of(world.Machine));
    }

    [Fact]
    public void A_binding_to_a_slot_without_a_file_is_named_though_all_else_agrees()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Vm.ChangeSlotFlags(world.Slot, MemslotFlags.None);

        Assert.Equal(
            ["I6: file 0 binds [0x0, 0x4) to slot object 0 at gfn 0x10, whose slot is slot 1.0 gfn [0x10, 0x14) None"],
            Breaches.Of(world.Machine));
    }

    // Whoever names a slot that is not there breaks lifetimes, not bindings.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_binding_to_a_place_the_table_never_had_is_a_matter_of_lifetimes(int number)
    {
        var world = Unbound();
        world.File.Bind(new(number), default, world.Slot.Gfns);

        Assert.Equal([$"lifetime: file 0 of guest 1 is bound to slot object {number}, which is freed"], Breaches.Of(world.Machine));
    }

    [Fact]
    public void A_file_that_is_gone_binds_nothing()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.File.Release();
        world.File.Bind(world.Slot.Handle, default, new(new(0x20), InvariantWorld.Pages));

        Assert.False(world.File.Bindings.IsEmpty);
        Assert.Empty(Breaches.Of(world.Machine));
    }

    private static InvariantWorld Unbound()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.File.Unbind(default, InvariantWorld.Pages);
        Assert.Empty(Breaches.Of(world.Machine));
        return world;
    }
}
