using Xunit;

namespace GuestMemory.Tests;

public sealed class BackingStoreTests
{
    private readonly Machine _machine = new MachineFactory(new() { Frames = 4096 }).Create();

    [Fact]
    public void A_page_is_allocated_when_it_is_first_asked_for()
    {
        var store = Store(4);
        Assert.Equal(0UL, store.HeldPages);

        Assert.True(store.GetPage(new(2), out var page).IsSuccess);

        Assert.Equal(1UL, store.HeldPages);
        Assert.Equal((0, false, true), (page.Order, page.Cleared, page.Writable));
        Assert.Equal(FrameState.InUse, _machine.Frames[page.Frame]);
        store.GetPage(new(2), out var again);
        Assert.Equal(page, again);
    }

    [Fact]
    public void Pages_end_with_the_store()
    {
        var store = Store(4);

        Assert.Equal(CoreRules.BeyondEnd, store.GetPage(new(4), out _).DecidedBy);
        Assert.Equal(CoreRules.BeyondEnd, store.Allocate(new(new(3), 2)).DecidedBy);
        Assert.Equal(0UL, store.HeldPages);
        _machine.GrowStore(store, 5 * 4096);
        Assert.True(store.GetPage(new(4), out _).IsSuccess);
        _machine.GrowStore(store, 4096);
        Assert.Equal(5UL, store.PageCount);
    }

    // guest-memfd: a punch does not check the size, allocate does.
    [Fact]
    public void Punching_beyond_the_end_frees_what_is_there()
    {
        var store = Store(4);
        store.Allocate(new(default, 4));

        Assert.Equal(2UL, store.Punch(new(new(2), 100)).Info);
        Assert.Equal(0UL, store.Punch(new(new(500), 1)).Info);
    }

    [Fact]
    public void When_frames_run_out_what_was_allocated_before_stays()
    {
        var machine = new MachineFactory(new() { Frames = 4 }).Create();
        var store = machine.CreateStore(BackingProperties.GuestMemfd, 8 * 4096);

        var refused = store.Allocate(new(default, 8));

        Assert.Equal((CoreRules.OutOfFrames, 3UL), (refused.DecidedBy, refused.Info));
        Assert.Equal(3UL, store.HeldPages);
        Assert.NotNull(BackingStore.AllocatePartialEffect.Source);
        Assert.Equal(CoreRules.OutOfFrames, store.GetPage(new(7), out _).DecidedBy);
    }

    // guest-memfd, allocation: what a frame held before is cleared at first use, not when it is allocated.
    [Fact]
    public void Allocated_is_not_cleared()
    {
        var store = Store(4);
        store.GetPage(new(0), out var first);
        _machine.Contents.Write(first.Frame.Address, 8, 0xdead);
        store.Punch(new(default, 4));
        Assert.Equal(0xdeadUL, _machine.Contents.Read(first.Frame.Address, 8));

        store.GetPage(new(1), out var second);
        Assert.Equal((first.Frame, false), (second.Frame, second.Cleared));
        Assert.Equal(0xdeadUL, _machine.Contents.Read(first.Frame.Address, 8));

        store.ClearForUse(new(1));
        Assert.Equal(0UL, _machine.Contents.Read(first.Frame.Address, 8));
        _machine.Contents.Write(first.Frame.Address, 8, 0xbeef);
        store.ClearForUse(new(1));
        Assert.Equal(0xbeefUL, _machine.Contents.Read(first.Frame.Address, 8));
    }

    [Fact]
    public void A_large_page_is_cleared_whole()
    {
        var store = _machine.CreateStore(BackingProperties.GuestMemfd with { LargestOrder = 9 }, 512 * 4096);
        store.GetPage(new(5), out var page);
        _machine.Contents.Write((page.Frame + 100).Address, 8, 0xdead);

        store.ClearForUse(new(5));

        Assert.Equal(0UL, _machine.Contents.Read((page.Frame + 100).Address, 8));
        Assert.Equal(StoredPageFlags.Cleared, Assert.Single(store.Pages.ToArray()).Value.Flags);
    }

    // What was filled before its neighbours were cleared keeps its bytes.
    [Fact]
    public void Clearing_a_page_keeps_a_neighbour_in_use()
    {
        var store = _machine.CreateStore(BackingProperties.Hugetlb2M, 512 * 4096);
        store.GetPage(new(0), out var page);
        _machine.Contents.Write(page.Frame.Address, 8, 7);
        store.AddFlags(new(default, 1), StoredPageFlags.Cleared);

        store.ClearForUse(new(1));

        Assert.Equal(7UL, _machine.Contents.Read(page.Frame.Address, 8));
        Assert.Equal(0, store.OrderOf(new(0)));
    }

    [Fact]
    public void Marking_a_page_that_is_not_held_is_a_broken_invariant() =>
        Assert.Throws<ModelInvariantException>(() => Store(4).AddFlags(new(default, 1), StoredPageFlags.Dirty));

    // I3: every listener hears of a punch while the pages are still there, and of its end when they are gone.
    [Fact]
    public void A_punch_notifies_before_it_frees()
    {
        var store = Store(4);
        var listener = new RecordingListener();
        store.Allocate(new(default, 4));
        store.Attach(listener);

        store.Punch(new(new(1), 2));

        Assert.Equal(["begin 1+2 Both, held 2", "end 1+2, held 0"], listener.Heard);
        store.Detach(listener);
        store.Punch(new(default, 4));
        Assert.Equal(2, listener.Heard.Count);
    }

    [Fact]
    public void Moving_poisoning_and_destroying_notify_as_punching_does()
    {
        var store = _machine.CreateStore(BackingProperties.Memfd, 4 * 4096);
        var listener = new RecordingListener();
        store.Allocate(new(default, 4));
        store.Attach(listener);

        store.Move(new(0));
        store.Poison(new(1));
        _machine.DestroyStore(store);

        Assert.Equal(
            ["begin 0+1 Both, held 1", "end 0+1, held 1", "begin 1+1 Both, held 1", "end 1+1, held 1", "begin 0+4 Both, held 4", "end 0+4, held 0"],
            listener.Heard);
    }

    // systems.md 1.3 and architecture: who could not let go costs the frames, never the promise.
    [Fact]
    public void When_a_listener_fails_the_frames_are_leaked()
    {
        var store = Store(4);
        store.GetPage(new(0), out var page);
        store.Attach(new RecordingListener(MmuVerdict.Failed));

        Assert.Equal(1UL, store.Punch(new(default, 1)).Info);

        Assert.Equal(FrameState.Leaked, _machine.Frames[page.Frame]);
        Assert.False(store.TryLookUp(new(0), out _));
        store.GetPage(new(0), out var next);
        Assert.NotEqual(page.Frame, next.Frame);
    }

    [Fact]
    public void Every_listener_hears_though_one_fails()
    {
        var store = Store(4);
        var last = new RecordingListener();
        store.Attach(new RecordingListener(MmuVerdict.Failed));
        store.Attach(last);

        Assert.True(store.BeginInvalidate(new(default, 1), KindFilter.Private).Failed);
        Assert.Single(last.Heard);
    }

    // systems.md 1.3, pins: a punch succeeds, the frame's return is deferred to the last pin.
    [Fact]
    public void A_pinned_page_is_punched_and_its_frame_waits()
    {
        var store = Store(4);
        store.GetPage(new(0), out var page);
        var frames = new PfnRange(page.Frame, 1);
        _machine.Frames.Pin(frames, PinOwner.Vfio);
        _machine.Frames.Pin(frames, PinOwner.Gup);

        Assert.True(store.Punch(new(default, 1)).IsSuccess);
        Assert.Equal(FrameState.Deferred, _machine.Frames[page.Frame]);
        _machine.Frames.Unpin(frames, PinOwner.Vfio);
        Assert.Equal(FrameState.Deferred, _machine.Frames[page.Frame]);
        _machine.Frames.Unpin(frames, PinOwner.Gup);
        Assert.Equal(FrameState.Free, _machine.Frames[page.Frame]);
    }

    [Fact]
    public void A_pinned_page_is_not_moved()
    {
        var store = _machine.CreateStore(BackingProperties.Memfd, 4096);
        store.GetPage(new(0), out var page);
        _machine.Frames.Pin(new(page.Frame, 1), PinOwner.Gup);

        Assert.Equal(CoreRules.Pinned, store.Move(new(0)).DecidedBy);
    }

    // systems.md 1.1, hwpoison: the mapping goes, the page stays accounted, a punch clears it; the frame is never given out again.
    [Fact]
    public void A_broken_page_stays_until_it_is_punched_and_its_frame_never_returns()
    {
        var store = _machine.CreateStore(BackingProperties.Memfd, 4096);
        store.GetPage(new(0), out var page);

        Assert.True(store.Poison(new(0)).IsSuccess);
        Assert.Equal(CoreRules.Poisoned, store.GetPage(new(0), out _).DecidedBy);
        Assert.Equal(CoreRules.Poisoned, store.Move(new(0)).DecidedBy);
        Assert.Equal(1UL, store.HeldPages);

        Assert.Equal(1UL, store.Punch(new(default, 1)).Info);
        Assert.Equal(FrameState.Poisoned, _machine.Frames[page.Frame]);
        Assert.True(store.GetPage(new(0), out var next).IsSuccess);
        Assert.NotEqual(page.Frame, next.Frame);
    }

    [Fact]
    public void Only_a_page_that_is_held_is_poisoned_or_moved()
    {
        var store = _machine.CreateStore(BackingProperties.Memfd, 4096);

        Assert.Equal(CoreRules.NotPresent, store.Poison(new(0)).DecidedBy);
        Assert.Equal(CoreRules.NotPresent, store.Move(new(0)).DecidedBy);
    }

    [Fact]
    public void A_move_needs_a_frame()
    {
        var machine = new MachineFactory(new() { Frames = 2 }).Create();
        var store = machine.CreateStore(BackingProperties.Memfd, 4096);
        store.GetPage(new(0), out _);

        Assert.Equal(CoreRules.OutOfFrames, store.Move(new(0)).DecidedBy);
    }

    // systems.md 1.1, page migration: bytes kept, gfn kept, and the guest faults the new frame in.
    [Fact]
    public void A_moved_page_keeps_its_bytes_and_the_guest_faults_it_in_again()
    {
        var world = TestWorld.Create(BackingProperties.Restrictedmem);
        world.Convert(0, 16, PageKind.Private);
        world.Write(3, 0x3333);
        var old = world.FrameOf(3);

        var moved = world.Store.Move(new(3));

        Assert.Equal(world.FrameOf(3).Value, moved.Info);
        Assert.NotEqual(old, world.FrameOf(3));
        Assert.False(world.Vm.Mmu.TryTranslate(TestWorld.Gfn(3), out _));
        Assert.Equal(FrameOwner.Host, world.Machine.Ownership.LookUp(old).Owner);
        Assert.Equal(FrameState.Free, world.Machine.Frames[old]);
        Assert.Equal(GuestAccess.Done(0x3333), world.Read(3));
        InvariantChecker.Sweep(world.Machine);
    }

    // I4: the steps that free ask for the open invalidation.
    [Fact]
    public void Freeing_and_ending_need_an_open_invalidation()
    {
        var store = Store(4);
        var scope = new InvalidationScope(new(default, 1), Failed: false);

        Assert.Equal("I4", Assert.Throws<ModelInvariantException>(() => store.Free(scope)).Invariant);
        Assert.Equal("I4", Assert.Throws<ModelInvariantException>(() => store.EndInvalidate(scope)).Invariant);
    }

    [Fact]
    public void Overlapping_invalidations_are_each_ended_on_their_own()
    {
        var store = Store(4);
        var first = store.BeginInvalidate(new(default, 2), KindFilter.Both);
        var second = store.BeginInvalidate(new(new(1), 2), KindFilter.Both);

        store.EndInvalidate(first);
        Assert.False(store.IsOpenOver(new(default, 1)));
        Assert.True(store.IsOpenOver(new(new(1), 1)));
        store.EndInvalidate(second);
        Assert.Empty(store.OpenInvalidations);
    }

    [Fact]
    public void Large_pages_are_taken_while_they_fit_and_small_ones_after()
    {
        var store = _machine.CreateStore(BackingProperties.GuestMemfd with { LargestOrder = 9 }, 1300 * 4096);

        Assert.True(store.Allocate(new(default, 1300)).IsSuccess);

        Assert.Equal([9, 9, 0], [store.OrderOf(new(0)), store.OrderOf(new(1023)), store.OrderOf(new(1024))]);
        store.TryLookUp(new(0), out var page);
        Assert.True(page.Frame.IsAligned(PageSize.Size2M));
    }

    [Fact]
    public void Where_no_large_frame_is_left_small_ones_serve_a_divisible_store()
    {
        var machine = new MachineFactory(new() { Frames = 600 }).Create();
        var divisible = machine.CreateStore(BackingProperties.GuestMemfd with { LargestOrder = 9 }, 512 * 4096);
        var whole = machine.CreateStore(BackingProperties.Hugetlb2M, 512 * 4096);

        Assert.Equal(CoreRules.OutOfFrames, whole.GetPage(new(0), out _).DecidedBy);
        Assert.True(divisible.GetPage(new(0), out var page).IsSuccess);
        Assert.Equal((0, 1UL), (page.Order, divisible.HeldPages));
    }

    private BackingStore Store(ulong pages) => _machine.CreateStore(BackingProperties.GuestMemfd, pages * 4096);
}
