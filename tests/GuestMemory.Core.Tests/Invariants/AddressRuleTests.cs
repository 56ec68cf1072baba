using Xunit;

namespace GuestMemory.Tests;

/// <summary>Every translation leads where slot, attribute and store say now; what excuses one that does not, and what does not excuse it.</summary>
public sealed class AddressRuleTests
{
    private const string Misplaced = "I1-address: gfn 0x10 of guest 1 is mapped to pfn 0x2, its slot gives pfn 0x1";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_translation_of_the_other_kind_is_named_with_what_the_attribute_says(bool isPrivate)
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Convert(0, isPrivate);
        world.Touch(0);
        world.ConvertWithoutUnmap(0, !isPrivate);

        Assert.Equal(
            [$"I1-address: gfn 0x10 of guest 1 is mapped {(isPrivate ? "Private, its attribute says Shared" : "Shared, its attribute says Private")}"],
            Breaches.Of(world.Machine));
    }

    [Fact]
    public void A_translation_to_another_frame_is_named_with_the_right_one()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Misplace();

        Assert.Equal([Misplaced], Breaches.Of(world.Machine));
    }

    [Fact]
    public void A_translation_of_a_frame_that_no_slot_has_leads_nowhere()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Map(8, new(5), PageKind.Shared);

        Assert.Equal(["I1-address: gfn 0x18 of guest 1 is mapped to pfn 0x5, its slot gives nothing"], Breaches.Of(world.Machine));
    }

    [Fact]
    public void A_translation_through_a_process_without_the_entry_leads_nowhere()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Touch(0);
        world.EvictWithoutNotifying(0);

        Assert.Equal(["I1-address: gfn 0x10 of guest 1 is mapped to pfn 0x1, its slot gives nothing"], Breaches.Of(world.Machine));
    }

    [Fact]
    public void A_translation_to_a_page_that_its_file_holds_no_more_leads_nowhere()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Convert(0, toPrivate: true);
        world.Touch(0);
        world.PunchWithoutNotifying(0);

        Assert.Equal("I1-address: gfn 0x10 of guest 1 is mapped to pfn 0x1, its slot gives nothing", Breaches.Of(world.Machine)[0]);
    }

    // The store still names the broken frame; nobody may map it.
    [Fact]
    public void A_translation_to_a_broken_page_leads_nowhere()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Convert(0, toPrivate: true);
        world.Touch(0);
        world.Store.AddFlags(new(default, 1), StoredPageFlags.Poisoned);

        Assert.Equal(["I1-address: gfn 0x10 of guest 1 is mapped to pfn 0x1, its slot gives nothing"], Breaches.Of(world.Machine));
    }

    [Fact]
    public void A_translation_to_a_side_that_is_neither_file_nor_process_leads_nowhere()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        Assert.True(world.Vm.AddSlot(world.Vm.Slots.NextHandle(), new ForeignSlot(new(new(0x20), 1))).IsSuccess);
        world.Map(0x10, new(5), PageKind.Shared);

        Assert.Equal(["I1-address: gfn 0x20 of guest 1 is mapped to pfn 0x5, its slot gives nothing"], Breaches.Of(world.Machine));
    }

    // A dead VM may keep what it could not let go of, once nobody else can get it.
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Only_a_dead_VM_may_keep_a_translation_and_only_of_a_leaked_frame(bool isDead, bool isLeaked)
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        var frame = world.Misplace();
        if (isDead)
        {
            world.Vm.Kill();
        }

        if (isLeaked)
        {
            world.Machine.Frames.Leak(new(frame, 1));
        }

        Assert.Equal(isDead && isLeaked ? [] : [Misplaced], Breaches.Of(world.Machine));
        Assert.Equal(isDead && isLeaked ? null : Misplaced, Breaches.At(world.Machine, StepKind.GuestAccess, 0x10));
    }

    [Theory]
    [InlineData(0x10, 1, true)]
    [InlineData(0x0, 0x40, true)]
    [InlineData(0x11, 3, false)]
    [InlineData(0xf, 1, false)]
    public void An_open_invalidation_excuses_the_frames_it_covers_until_it_ends(ulong start, ulong count, bool covers)
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        var range = new GfnRange(new(start), count);
        world.Misplace();
        world.Vm.OpenConversion(range);

        Assert.Equal(covers ? [] : [Misplaced], Breaches.Of(world.Machine));
        world.Vm.EndConversion(range);
        Assert.Equal([Misplaced], Breaches.Of(world.Machine));
    }

    [Fact]
    public void A_range_that_no_invalidation_runs_over_excuses_nothing()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Misplace();
        var writer = new StateWriter([]);
        writer.UInt64(1);
        writer.Int32(0);
        writer.UInt64(0x10);
        writer.UInt64(0x14);

        StateReader.ReadWhole(writer.Written, world.Vm.Sequence);

        Assert.True(world.Vm.Sequence.Range.Contains(world.GfnOf(0)));
        Assert.Equal([Misplaced], Breaches.Of(world.Machine));
    }
}
