using Xunit;

namespace GuestMemory.Tests;

/// <summary>Every invariant has a mutant that breaks it, on a slot of two sides and on an in-place one; and without mutants none breaks.</summary>
public sealed class InvariantTests
{
    // systems.md 1.0: the names are I1 (two predicates), I4, I5, I6, I8, and the lifetime rule of the bug zoo.
    [Fact]
    public void Every_state_invariant_has_a_name_a_sentence_and_a_source_of_its_own()
    {
        var names = MachineInvariants.All.Select(invariant => invariant.Name).ToArray();

        Assert.Equal(["I1-frame", "I1-address", "I4", "I5", "I6", "I8", "lifetime"], names);
        Assert.All(MachineInvariants.All, invariant => Assert.False(string.IsNullOrWhiteSpace(invariant.Sentence)));
        Assert.All(MachineInvariants.All, invariant => Assert.Contains(',', invariant.Source));
    }

    // An in-place page that a process has mapped gets a private entry: only Observe lets it.
    [Fact]
    public void A_private_map_over_a_host_mapping_breaks_the_frame_rule_in_place()
    {
        var world = new InvariantWorld(new InvariantChecker(), inPlace: true);
        world.Convert(0, toPrivate: true);
        Assert.Equal(HostFault.None, world.HostStore(0));

        AssertBreaks("I1-frame", () => world.Touch(0));
    }

    // On two sides the frames differ, so it takes a freed frame that somebody still maps.
    [Fact]
    public void A_freed_frame_still_mapped_private_breaks_the_frame_rule_on_two_sides_once_the_host_gets_it()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Convert(0, toPrivate: true);
        world.Touch(0);
        world.PunchWithoutNotifying(0);
        world.HostStore(1);

        Assert.Contains("I1-frame", Broken(world));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_conversion_without_unmap_breaks_the_address_rule(bool inPlace)
    {
        var world = new InvariantWorld(observer: null, inPlace);
        world.Touch(0);
        world.ConvertWithoutUnmap(0, toPrivate: true);

        Assert.Contains("I1-address", Broken(world));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_conversion_without_unmap_is_caught_as_it_stores(bool inPlace)
    {
        var world = new InvariantWorld(new InvariantChecker(), inPlace);
        world.Touch(0);

        AssertBreaks("I2", () => world.ConvertWithoutUnmap(0, toPrivate: true));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_conversion_without_flush_is_caught_as_it_stores(bool inPlace)
    {
        var world = new InvariantWorld(new InvariantChecker(), inPlace);
        world.Touch(0);
        world.Vm.Mmu.Unmap(new(world.GfnOf(0), 1), KindFilter.Both);

        AssertBreaks("I2", () => world.ConvertWithoutUnmap(0, toPrivate: true));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_punch_that_tells_nobody_is_caught_as_it_frees(bool inPlace)
    {
        var world = new InvariantWorld(new InvariantChecker(), inPlace);
        world.Convert(0, toPrivate: true);
        world.Touch(0);

        AssertBreaks("I3", () => world.PunchWithoutNotifying(0));
    }

    [Fact]
    public void A_begin_without_its_end_breaks_the_balance()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Vm.Sequence.Begin(new(world.GfnOf(0), 1));

        Assert.Equal(["I4"], Broken(world));
    }

    [Fact]
    public void A_private_frame_of_another_owner_breaks_one_page_one_guest()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Convert(0, toPrivate: true);
        world.Touch(0);
        world.Store.TryLookUp(default, out var page);
        world.Machine.Ownership.Reclaim(new(page.Frame, 1));

        Assert.Equal(["I5"], Broken(world));
    }

    [Fact]
    public void A_slot_moved_from_under_its_binding_breaks_one_binding()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.File.Unbind(default, InvariantWorld.Pages);
        world.File.Bind(world.Slot.Handle, default, new(new(0x20), InvariantWorld.Pages));

        Assert.Equal(["I6"], Broken(world));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_page_mapped_without_clearing_breaks_the_clearing_rule(bool inPlace)
    {
        var world = new InvariantWorld(observer: null, inPlace);
        world.MapUncleared(0);

        Assert.Equal(["I8"], Broken(world));
    }

    [Fact]
    public void A_slot_freed_while_its_binding_stays_breaks_lifetimes()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.File.DropLastReference();
        world.Vm.RemoveSlot(world.Slot, unbindsDyingFile: false);

        Assert.Equal(["lifetime"], Broken(world));
    }

    [Fact]
    public void A_step_that_is_no_access_may_change_no_byte()
    {
        var world = new InvariantWorld(new InvariantChecker(), inPlace: false);
        world.Touch(0);
        world.Machine.Contents.Write(new(0x5000), 8, 1);

        AssertBreaks("I7", () => world.Convert(0, toPrivate: true));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Right_steps_break_nothing(bool inPlace)
    {
        var world = new InvariantWorld(new InvariantChecker(CheckScope.Everything), inPlace, Enforcement.Enforce);
        for (var page = 0UL; page < InvariantWorld.Pages; page++)
        {
            world.Touch(page);
            world.HostStore(page);
            world.Process.Discard(new(new(0x100 + page), 1));
            world.Convert(page, toPrivate: true);
            world.Touch(page);
            world.Store.Punch(new(new(page), 1));
            world.Touch(page);
            world.Convert(page, toPrivate: false);
            world.Touch(page);
        }

        Assert.Empty(Broken(world));
    }

    internal static string[] Broken(InvariantWorld world) =>
        [.. MachineInvariants.All.Where(invariant => invariant.FindBreach(world.Machine) is not null).Select(invariant => invariant.Name)];

    private static void AssertBreaks(string name, Action step) =>
        Assert.Equal(name, Assert.Throws<ModelInvariantException>(step).Invariant);
}
