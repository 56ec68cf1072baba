using Xunit;

namespace GuestMemory.Tests;

/// <summary>What a slot keeps of its file, and how it is told.</summary>
public sealed class SlotLifeTests
{
    private readonly OverlayWorld _overlay = new();
    private readonly TestWorld _world = TestWorld.Create();

    // Source: guest-memfd, release: the slot's pointer to the file is cleared, and stays so.
    [Fact]
    public void A_slot_told_twice_of_its_file_s_release_stays_without_it()
    {
        IMemslot[] slots = [_overlay.Slot, _world.Slot];
        int[] files = [_overlay.File.Id, _world.File.Id];
        for (var at = 0; at < slots.Length; at++)
        {
            slots[at].DetachFile(files[at]);
            slots[at].DetachFile(files[at]);

            Assert.Equal(CoreRules.FileGone, slots[at].Resolve(TestWorld.Gfn(3), PageKind.Private, out _).DecidedBy);
        }
    }

    [Fact]
    public void Finding_shared_frames_needs_a_place_to_put_them()
    {
        Assert.Throws<ArgumentNullException>(() => _overlay.Slot.FindShared(_overlay.Process, TestWorld.HostPages(0, 1), null!));
        Assert.Throws<ArgumentNullException>(() => _world.Slot.FindShared(_world.Process, TestWorld.HostPages(0, 1), null!));
    }

    [Fact]
    public void A_slot_that_moved_and_went_is_found_nowhere()
    {
        var slots = _world.Vm.Slots;
        var moved = new GfnRange(TestWorld.Gfn(0x100), _world.Slot.Gfns.Count);
        var old = _world.Slot.Gfns;
        Assert.True(_world.Vm.MoveSlot(_world.Slot, moved).IsSuccess);
        Assert.Equal((null, (IMemslot)_world.Slot), (slots.Find(old.Start), slots.Find(moved.Start)));

        Assert.True(_world.Vm.RemoveSlot(_world.Slot).IsSuccess);

        Assert.Null(slots.Find(old.Start));
        Assert.Null(slots.Find(moved.Start));
        Assert.False(slots.AnyOverlap(moved, addressSpace: 0));
    }

    [Fact]
    public void A_place_says_what_lies_there()
    {
        Assert.Equal($"{_overlay.Slot.Gfns} in address space 0", _overlay.Vm.Slots.Places[_overlay.Vm.Slots.Places.Count - 1].ToString());
    }

    [Fact]
    public void Without_the_rule_private_pages_of_a_slot_without_a_file_come_from_its_shared_side()
    {
        var world = TestWorld.Create(configure: options => options.Rules = RuleSwitches.AllOn.Without(CoreRules.NoBacking.Id));
        world.Vm.AddSlot(
            new(1, 0, TestWorld.Gfns(64, 4), MemslotFlags.None, 0, TestWorld.HostBase, -1, default, FileServesShared: false), out var plain);

        Assert.True(plain.Resolve(TestWorld.Gfn(66), PageKind.Private, out var own).IsSuccess);
        Assert.True(world.Slot.Resolve(TestWorld.Gfn(2), PageKind.Private, out var files).IsSuccess);

        Assert.Equal(new(world.Process, new(TestWorld.HostBase + 2), plain.Handle), own);
        Assert.Equal(new(world.File, new(2), world.Slot.Handle), files);
    }

    [Fact]
    public void A_slot_of_another_make_takes_a_freed_place()
    {
        var handle = _world.Slot.Handle;
        _world.Vm.RemoveSlot(_world.Slot);
        var other = new ForeignSlot(TestWorld.Gfns(32, 4));

        Assert.True(_world.Vm.AddSlot(_world.Vm.Slots.NextHandle(), other).IsSuccess);

        Assert.Same(other, _world.Vm.Slots[handle]);
        Assert.Same(other, _world.Vm.Slots.Find(TestWorld.Gfn(33)));
        Assert.Null(_world.Vm.Slots.Find(TestWorld.Gfn(3)));
    }

    [Fact]
    public void A_place_that_was_free_is_free_on_a_machine_that_reads_it_anew()
    {
        var world = TestWorld.Create(plainTable: true);
        world.Vm.AddSlot(
            new(1, 0, TestWorld.Gfns(64, 4), MemslotFlags.None, 0, TestWorld.HostBase, -1, default, FileServesShared: false), out _);
        world.Vm.RemoveSlot(world.Slot);
        var other = new MachineFactory(null, [world.Vm.Technology]).Create();

        other.ReadState(world.Machine.WriteState());

        var slots = other.VirtualMachine(world.Vm.Id).Slots;
        Assert.Equal([false, true], slots.Places.Select(place => place.IsLive));
        Assert.Equal(new(0), slots.NextHandle());
    }

    // Equal states, equal bytes: in which order invalidations were begun leaves no trace.
    [Fact]
    public void Open_invalidations_are_kept_in_order_of_process_and_pages()
    {
        OpenGuestInvalidation[] all = [new(1, TestWorld.HostPages(0, 1)), new(0, TestWorld.HostPages(2, 1)), new(0, TestWorld.HostPages(0, 2)), new(0, TestWorld.HostPages(0, 1))];
        var kept = new List<OpenGuestInvalidation>();
        foreach (var open in all)
        {
            kept.InsertSorted(open, static (left, right) => left.ComesBefore(right));
        }

        Assert.Equal(all.Reverse(), kept);
    }
}
