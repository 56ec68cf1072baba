using Xunit;

namespace GuestMemory.Tests;

public sealed class SlotTableTests
{
    private readonly TestWorld _world = TestWorld.Create();

    private SlotTable Slots => _world.Vm.Slots;

    [Fact]
    public void A_slot_is_found_by_each_of_its_frames_and_no_other()
    {
        var second = Add(1, 16, 4);

        Assert.Null(Slots.Find(new(TestWorld.Base - 1)));
        Assert.Same(_world.Slot, Slots.Find(TestWorld.Gfn(0)));
        Assert.Same(_world.Slot, Slots.Find(TestWorld.Gfn(15)));
        Assert.Same(second, Slots.Find(TestWorld.Gfn(16)));
        Assert.Null(Slots.Find(TestWorld.Gfn(20)));
    }

    [Fact]
    public void Address_spaces_are_apart()
    {
        var managed = Add(0, 0, 16, addressSpace: 1);

        Assert.Same(managed, Slots.Find(TestWorld.Gfn(0), addressSpace: 1));
        Assert.Same(_world.Slot, Slots.Find(TestWorld.Gfn(0)));
        Assert.Same(managed, Slots.FindById(0, 1));
        Assert.Same(_world.Slot, Slots.FindById(0, 0));
        Assert.Null(Slots.FindById(1, 0));
    }

    [Fact]
    public void Frames_of_one_address_space_belong_to_one_slot()
    {
        Assert.Equal(CoreRules.Overlap, TryAdd(1, 15, 2, out _).DecidedBy);
        Assert.Equal(CoreRules.Overlap, _world.Vm.MoveSlot(Add(1, 16, 2), TestWorld.Gfns(15, 2)).DecidedBy);
        Assert.True(Slots.AnyOverlap(TestWorld.Gfns(0, 1), 0));
        Assert.False(Slots.AnyOverlap(TestWorld.Gfns(0, 1), 0, except: _world.Slot));
    }

    [Fact]
    public void A_moved_slot_is_found_where_it_is_now_and_its_translations_go()
    {
        var slot = Add(1, 32, 4);
        var fault = new GuestFault(_world.Vm, TestWorld.Gfn(32), isWrite: true, PageKind.Shared);
        Assert.Equal(FaultVerdict.Mapped, fault.Run());

        Assert.True(_world.Vm.MoveSlot(slot, TestWorld.Gfns(34, 4)).IsSuccess);

        Assert.Null(Slots.Find(TestWorld.Gfn(33)));
        Assert.Same(slot, Slots.Find(TestWorld.Gfn(34)));
        Assert.False(_world.Vm.Mmu.TryTranslate(TestWorld.Gfn(32), out _));
    }

    // A freed place is taken again, the lowest first: that is what makes use after free visible.
    [Fact]
    public void The_lowest_free_place_is_taken_again()
    {
        Add(1, 16, 1);
        Add(2, 17, 1);
        _world.Vm.RemoveSlot(_world.Slot);
        Assert.Equal("lifetime", Assert.Throws<ModelInvariantException>(() => Slots[new(0)]).Invariant);

        Assert.Equal(new(0), Slots.NextHandle());
        Assert.Equal(new(0), Add(3, 0, 1).Handle);
        Assert.Equal(new(3), Slots.NextHandle());
    }

    // Free places at the end of the table are no state: what was there makes no difference to come.
    [Fact]
    public void Freed_places_at_the_end_are_not_written()
    {
        var one = BytesOf(Slots);
        Add(1, 16, 1);
        _world.Vm.RemoveSlot(Add(2, 17, 1));
        _world.Vm.RemoveSlot(Slots.FindById(1, 0)!);
        Assert.Equal(one, BytesOf(Slots));

        _world.Vm.RemoveSlot(_world.Slot);
        Assert.Equal([0, 0, 0, 0], BytesOf(Slots));
    }

    [Fact]
    public void A_place_taken_again_has_nothing_of_the_slot_before()
    {
        _world.Vm.ChangeSlotFlags(_world.Slot, MemslotFlags.GuestMemfd | MemslotFlags.LogDirtyPages);
        _world.Slot.MarkDirty(TestWorld.Gfn(3));
        _world.File.Release();
        _world.Vm.RemoveSlot(_world.Slot);

        var next = Add(3, 0, 16);

        Assert.False(next.FileDetached || next.IsDirty(3) || next.HasFile || next.LogsDirtyPages);
    }

    [Fact]
    public void The_log_keeps_the_pages_written_until_it_is_taken_or_switched_off()
    {
        var slot = _world.Slot;
        slot.MarkDirty(TestWorld.Gfn(1));
        Assert.False(slot.IsDirty(1));

        _world.Vm.ChangeSlotFlags(slot, MemslotFlags.GuestMemfd | MemslotFlags.LogDirtyPages);
        slot.MarkDirty(TestWorld.Gfn(1));
        Assert.Equal([false, true, false], new[] { slot.IsDirty(0), slot.IsDirty(1), slot.IsDirty(2) });
        slot.ClearDirty();
        Assert.False(slot.IsDirty(1));

        slot.MarkDirty(TestWorld.Gfn(1));
        _world.Vm.ChangeSlotFlags(slot, MemslotFlags.GuestMemfd);
        Assert.False(slot.IsDirty(1));
    }

    [Fact]
    public void Removing_one_slot_leaves_the_others_translations_unless_all_are_zapped()
    {
        var second = Add(1, 16, 4);
        _world.Write(0, 1);
        _world.Vm.RemoveSlot(second);
        Assert.True(_world.Vm.Mmu.TryTranslate(TestWorld.Gfn(0), out _));

        second = Add(1, 16, 4);
        _world.Vm.RemoveSlot(second, zapsAll: true);
        Assert.False(_world.Vm.Mmu.TryTranslate(TestWorld.Gfn(0), out _));
        Assert.Equal(0, _world.Vm.Sequence.InProgress);
    }

    [Fact]
    public void A_slot_in_system_management_mode_is_removed_without_an_invalidation()
    {
        var managed = Add(0, 0, 16, addressSpace: 1);
        var sample = _world.Vm.Sequence.Sample();

        _world.Vm.RemoveSlot(managed);

        Assert.Equal(sample, _world.Vm.Sequence.Sample());
    }

    [Fact]
    public void The_shared_side_names_the_frames_whose_addresses_change()
    {
        var found = new List<GfnRange>();
        _world.Slot.FindShared(_world.Process, TestWorld.HostPages(10, 100), found);
        _world.Slot.FindShared(_world.Process, TestWorld.HostPages(16, 100), found);
        _world.Slot.FindShared(_world.File, TestWorld.HostPages(0, 100), found);

        Assert.Equal([TestWorld.Gfns(10, 6)], found);
    }

    [Fact]
    public void A_slot_says_which_kinds_it_serves()
    {
        var plain = Add(1, 16, 4);

        Assert.Equal([true, true, true, false], new[] { _world.Slot.Serves(PageKind.Shared), _world.Slot.Serves(PageKind.Private), plain.Serves(PageKind.Shared), plain.Serves(PageKind.Private) });
    }

    private Memslot Add(int id, ulong page, ulong count, int addressSpace = 0)
    {
        Assert.True(TryAdd(id, page, count, out var slot, addressSpace).IsSuccess);
        return slot;
    }

    private Outcome TryAdd(int id, ulong page, ulong count, out Memslot slot, int addressSpace = 0) => _world.Vm.AddSlot(
        new(id, addressSpace, TestWorld.Gfns(page, count), MemslotFlags.None, 0, TestWorld.HostBase, -1, default, FileServesShared: false), out slot);

    private static byte[] BytesOf(SlotTable slots)
    {
        var writer = new StateWriter([]);
        slots.WriteState(ref writer);
        return writer.Written.ToArray();
    }
}
