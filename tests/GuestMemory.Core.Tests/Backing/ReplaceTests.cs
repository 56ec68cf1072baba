using Xunit;

namespace GuestMemory.Tests;

/// <summary>A page put into another frame: by the caller who has filled it, or by a move that is refused half way.</summary>
public sealed class ReplaceTests
{
    private readonly Machine _machine = new MachineFactory().Create();

    [Fact]
    public void A_replaced_page_keeps_its_flags_and_its_old_frame_returns()
    {
        var store = Store(BackingProperties.Memfd);
        store.AddFlags(new(new(2), 1), StoredPageFlags.Dirty);
        store.TryLookUp(new(2), out var old);
        var frame = NewFrame();

        var steps = StepRecorder.During(_machine, () => Assert.True(store.Replace(new(2), frame).IsSuccess));

        Assert.True(store.TryLookUp(new(2), out var page));
        Assert.Equal(new StoredPage(frame, StoredPageFlags.Dirty), page);
        Assert.Equal((FrameState.Free, FrameState.InUse, 4UL), (_machine.Frames[old.Frame], _machine.Frames[frame], store.HeldPages));
        Assert.Equal(
            [new(StepKind.PageMoved, GuestId.None, 2, 1, 0, default), new(StepKind.FramesReturned, GuestId.None, old.Frame.Value, 1, 0, default)],
            steps);
        Assert.True(_machine.DirectMap.Maps(frame));
    }

    [Fact]
    public void A_store_out_of_the_direct_map_takes_the_new_frame_out_of_it_too()
    {
        var store = Store(BackingProperties.Secretmem);
        store.TryLookUp(new(2), out var old);
        var frame = NewFrame();

        store.Replace(new(2), frame);

        Assert.Equal((false, true), (_machine.DirectMap.Maps(frame), _machine.DirectMap.Maps(old.Frame)));
    }

    [Fact]
    public void A_page_that_must_stay_is_not_replaced()
    {
        var store = Store(BackingProperties.Memfd);
        store.Poison(new(1));
        store.TryLookUp(new(2), out var pinned);
        _machine.Frames.Pin(new(pinned.Frame, 1), PinOwner.Gup);
        store.Punch(new(new(3), 1));
        var frame = NewFrame();
        var before = _machine.Fingerprint();

        Assert.Equal(
            [CoreRules.Poisoned, CoreRules.Pinned, CoreRules.NotPresent],
            new ulong[] { 1, 2, 3 }.Select(page => store.Replace(new(page), frame).DecidedBy));

        Assert.Equal(before, _machine.Fingerprint());
    }

    [Fact]
    public void A_move_that_a_guest_does_not_let_happen_leaves_nothing_open_and_no_frame_taken()
    {
        var world = TestWorld.Create(BackingProperties.Restrictedmem);
        world.Convert(0, 16, PageKind.Private);
        world.Write(3, 1);
        var (frame, used) = (world.FrameOf(3), world.Machine.Frames.CountOf(FrameState.InUse));
        world.Mmu.UnmapAnswers.Enqueue(MmuVerdict.Refused);

        Assert.Equal(CoreRules.UnmapBeforeConvert, world.Store.Move(new(3)).DecidedBy);

        Assert.Equal((frame, used), (world.FrameOf(3), world.Machine.Frames.CountOf(FrameState.InUse)));
        Assert.Equal((0, 0), (world.Store.OpenInvalidations.Count, world.Vm.Sequence.InProgress));
    }

    private BackingStore Store(BackingProperties properties)
    {
        var store = _machine.CreateStore(properties, 4 * 4096);
        store.Allocate(new(default, 4));
        return store;
    }

    private Pfn NewFrame() => _machine.Frames.TryTake(new(0, 1, FramePurpose.Guest), out var frames) ? frames.Start : default;
}
