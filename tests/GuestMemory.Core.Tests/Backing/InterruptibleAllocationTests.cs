using Xunit;

namespace GuestMemory.Tests;

/// <summary>Allocation that a signal stops between pages. Source: guest-memfd, allocation.</summary>
public sealed class InterruptibleAllocationTests
{
    private const ulong Pages = 8;

    [Fact]
    public void A_signal_stops_it_at_its_page_and_what_was_done_stays()
    {
        var store = Store(new StrikesAt(InjectionPoint.Signal, 4));

        var outcome = store.AllocateInterruptibly(new(new(1), 6));

        Assert.Equal((CoreRules.Interrupted, 4UL), (outcome.DecidedBy, outcome.Info));
        Assert.Equal([1UL, 2, 3], Held(store));
        Assert.True(store.AllocateInterruptibly(new(new(1), 6)).IsSuccess);
        Assert.Equal([1UL, 2, 3, 4, 5, 6], Held(store));
        Assert.Equal("a signal is pending", BackingStore.InterruptedPartialEffect.When);
    }

    // A signal is looked for once a page and not after the last one, whether the range ends with the store or before it.
    [Theory]
    [InlineData(Pages)]
    [InlineData(Pages - 1)]
    public void A_signal_after_the_last_page_comes_too_late(ulong count)
    {
        Assert.True(Store(new StrikesAt(InjectionPoint.Signal, (int)count + 1)).AllocateInterruptibly(new(default, count)).IsSuccess);
        Assert.Equal(
            CoreRules.Interrupted,
            Store(new StrikesAt(InjectionPoint.Signal, (int)count)).AllocateInterruptibly(new(default, count)).DecidedBy);
    }

    [Fact]
    public void Pages_held_already_are_passed_over_and_kept()
    {
        var store = Store(new StrikesAt(InjectionPoint.Signal, 6));
        store.Allocate(new(new(2), 2));
        store.AddFlags(new(new(2), 2), StoredPageFlags.Dirty);
        store.TryLookUp(new(2), out var kept);

        Assert.Equal(5UL, store.AllocateInterruptibly(new(default, Pages)).Info);

        Assert.Equal([0UL, 1, 2, 3, 4], Held(store));
        store.TryLookUp(new(2), out var after);
        Assert.Equal(kept, after);
    }

    [Fact]
    public void What_is_held_to_the_end_is_done()
    {
        var store = Store(new StrikesAt(InjectionPoint.Signal, 100));
        store.Allocate(new(default, Pages));

        Assert.True(store.AllocateInterruptibly(new(default, Pages)).IsSuccess);
        Assert.Equal(Pages, store.HeldPages);
    }

    [Fact]
    public void A_range_beyond_the_end_is_refused_before_any_signal_is_looked_for()
    {
        var store = Store(new StrikesAt(InjectionPoint.Signal, 1));

        Assert.Equal(CoreRules.BeyondEnd, store.AllocateInterruptibly(new(new(1), Pages)).DecidedBy);
        Assert.Equal(0UL, store.HeldPages);
    }

    [Fact]
    public void Without_an_injector_it_is_a_plain_allocation()
    {
        var store = Store(injector: null);

        Assert.True(store.AllocateInterruptibly(new(default, Pages)).IsSuccess);
        Assert.Equal(Pages, store.HeldPages);
        Assert.Equal(CoreRules.BeyondEnd, store.AllocateInterruptibly(new(default, Pages + 1)).DecidedBy);
    }

    // Where allocations can fail one by one, each is of one page; whoever allocates, what came before the failure stays.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_frame_that_fails_to_come_stops_it_at_its_page(bool interruptibly)
    {
        var store = Store(new StrikesAt(InjectionPoint.FrameAllocation, 3));
        var pages = new PageIndexRange(new(1), 6);

        var outcome = interruptibly ? store.AllocateInterruptibly(pages) : store.Allocate(pages);

        Assert.Equal((CoreRules.OutOfFrames, 3UL), (outcome.DecidedBy, outcome.Info));
        Assert.Equal([1UL, 2], Held(store));
    }

    [Fact]
    public void A_page_asked_for_alone_is_tried_once()
    {
        var store = Store(new StrikesAt(InjectionPoint.FrameAllocation, 1));

        Assert.Equal(CoreRules.OutOfFrames, store.GetPage(default, out _).DecidedBy);
        Assert.True(store.GetPage(default, out _).IsSuccess);
    }

    // A piece is never larger than what is left of the range.
    [Fact]
    public void A_range_smaller_than_a_large_page_takes_no_large_page()
    {
        var machine = new MachineFactory(new() { Injector = new StrikesAt(InjectionPoint.Signal, 100) }).Create();
        var store = machine.CreateStore(BackingProperties.GuestMemfd with { LargestOrder = 9 }, 1024 * 4096);

        Assert.True(store.Allocate(new(default, 4)).IsSuccess);

        Assert.Equal(4UL, store.HeldPages);
    }

    private static BackingStore Store(IFaultInjector? injector) =>
        new MachineFactory(new() { Injector = injector }).Create().CreateStore(BackingProperties.GuestMemfd, Pages * 4096);

    private static IEnumerable<ulong> Held(BackingStore store)
    {
        for (var page = 0UL; page < Pages; page++)
        {
            if (store.TryLookUp(new(page), out _))
            {
                yield return page;
            }
        }
    }
}
