using Xunit;

namespace GuestMemory.Testing;

/// <content>Giving frames back: who hears, when, and what stands in the way.</content>
public abstract partial class BackingStoreContract
{
    /// <summary>Begin comes before any frame is given back; end after (I3).</summary>
    [Fact]
    public void Listeners_hear_of_it_before_a_frame_is_given_back()
    {
        var (machine, store) = NewStore();
        var pages = Unit(store, 1);
        var frame = Get(store, pages.Start).Frame;
        var states = new List<FrameState>();
        var listener = new RecordingListener { OnBegin = () => Remember(states, machine.Frames[frame]) };
        store.Attach(listener);

        var scope = store.BeginInvalidate(pages, KindFilter.Both);
        Assert.Equal([RecordingListener.Begin(pages, KindFilter.Both)], listener.Heard);
        Assert.Equal([FrameState.InUse], states);
        Assert.Equal(FrameState.InUse, machine.Frames[frame]);

        Assert.True(store.Free(scope).IsSuccess);
        Assert.Equal(FrameState.Free, machine.Frames[frame]);
        Assert.Single(listener.Heard);

        store.EndInvalidate(scope);
        Assert.Equal([RecordingListener.Begin(pages, KindFilter.Both), RecordingListener.End(pages)], listener.Heard);
    }

    /// <summary>Each listener hears begin and end once, with the same range, whether or not pages were freed (I4).</summary>
    [Fact]
    public void Every_listener_hears_each_begin_and_its_end_once()
    {
        var (_, store) = NewStore();
        RecordingListener[] listeners = [new(), new()];
        store.Attach(listeners[0]);
        store.Attach(listeners[1]);

        var outer = store.BeginInvalidate(Unit(store, 0), KindFilter.Shared);
        var inner = store.BeginInvalidate(Unit(store, 2), KindFilter.Private);
        store.EndInvalidate(outer);
        store.EndInvalidate(inner);

        string[] expected =
        [
            RecordingListener.Begin(outer.Pages, KindFilter.Shared), RecordingListener.Begin(inner.Pages, KindFilter.Private),
            RecordingListener.End(outer.Pages), RecordingListener.End(inner.Pages),
        ];
        Assert.All(listeners, listener => Assert.Equal(expected, listener.Heard));
    }

    /// <summary>The answer counts pages that were there; holes count for nothing.</summary>
    [Fact]
    public void Free_answers_how_many_pages_it_dropped()
    {
        var (machine, store) = NewStore();
        var range = new PageIndexRange(default, 4 * Unit(store, 0).Count);
        Get(store, Unit(store, 0).Start);
        Get(store, Unit(store, 2).Start);
        var before = machine.Frames.CountOf(FrameState.InUse);

        var outcome = Punch(store, range);

        Assert.InRange(outcome.Info, 2 * Unit(store, 0).Count, range.Count);
        Assert.Equal(Outcome.Success with { Info = before - machine.Frames.CountOf(FrameState.InUse) }, outcome);
        Assert.Equal(Outcome.Success, Punch(store, range));
    }

    /// <summary>Pages outside the range keep their frames.</summary>
    [Fact]
    public void Free_leaves_the_pages_around_the_range()
    {
        var (machine, store) = NewStore();
        PageIndex[] around = [Unit(store, 0).Start, Unit(store, 2).Start];
        var before = around.Select(index => Get(store, index).Frame).ToArray();
        Get(store, Unit(store, 1).Start);

        Punch(store, Unit(store, 1));

        // Asked for first: a page that was lost could be given its old frame again.
        Assert.All(before, frame => Assert.Equal(FrameState.InUse, machine.Frames[frame]));
        Assert.Equal(before, around.Select(index => Get(store, index).Frame));
    }

    /// <summary>Unmap before convert: the refusal names who still maps the frame, and nothing is dropped (I2).</summary>
    [Fact]
    public void Free_of_a_frame_that_is_still_mapped_is_refused_and_names_the_mapper()
    {
        var (machine, store) = NewStore();
        var frame = Get(store, Unit(store, 1).Start).Frame;
        var vm = MappedBy(machine, frame);
        var scope = store.BeginInvalidate(Unit(store, 1), KindFilter.Both);
        var before = Snapshot.Of(machine, store);

        var outcome = store.Free(scope);

        Assert.False(outcome.IsSuccess);
        Assert.Equal(new MapperId(MapperKind.NestedTable, vm.Id.Value).ToInfo(), outcome.Info);
        before.AssertUnchanged("A refused free");
        store.EndInvalidate(scope);
    }

    /// <summary>A listener that lets go makes way.</summary>
    [Fact]
    public void Free_goes_through_once_the_listener_let_go()
    {
        var (machine, store) = NewStore();
        var frame = Get(store, Unit(store, 1).Start).Frame;
        var vm = MappedBy(machine, frame);
        store.Attach(new RecordingListener { OnBegin = () => vm.Zap(new(default, 1), KindFilter.Both) });

        Assert.True(Punch(store, Unit(store, 1)).IsSuccess);
        Assert.Equal(FrameState.Free, machine.Frames[frame]);
    }

    /// <summary>Freeing needs an invalidation of exactly these pages that has not ended; without it nothing is freed.</summary>
    [Fact]
    public void Free_without_an_open_invalidation_frees_nothing()
    {
        var (machine, store) = NewStore();
        var frame = Get(store, Unit(store, 1).Start).Frame;
        var ended = store.BeginInvalidate(Unit(store, 1), KindFilter.Both);
        store.EndInvalidate(ended);
        var other = store.BeginInvalidate(Unit(store, 0), KindFilter.Both);
        var before = Snapshot.Of(machine, store);

        AssertRefuses(() => store.Free(ended));
        AssertRefuses(() => store.Free(new(Unit(store, 1), Failed: false)));

        before.AssertUnchanged("A free without its invalidation");
        Assert.Equal(FrameState.InUse, machine.Frames[frame]);
        store.EndInvalidate(other);
    }

    /// <summary>An end without its begin is a mistake of the caller's, never an end the listeners hear (I4).</summary>
    [Fact]
    public void An_invalidation_ends_only_once()
    {
        var (_, store) = NewStore();
        var listener = new RecordingListener();
        store.Attach(listener);
        var scope = store.BeginInvalidate(Unit(store, 0), KindFilter.Both);
        store.EndInvalidate(scope);

        Assert.Throws<ModelInvariantException>(() => store.EndInvalidate(scope));
        Assert.Equal(2, listener.Heard.Count);
    }

    /// <summary>A pin defers the frame's return, never the punch.</summary>
    [Fact]
    public void A_pinned_frame_returns_with_its_last_pin()
    {
        var (machine, store) = NewStore();
        var page = Get(store, Unit(store, 0).Start);
        var pinned = new PfnRange(page.Frame, 1);
        machine.Frames.Pin(pinned, PinOwner.Vfio);

        var outcome = Punch(store, Unit(store, 0));

        Assert.True(outcome.IsSuccess, $"The punch of a pinned page answered {outcome}.");
        Assert.Equal(FrameState.Deferred, machine.Frames[page.Frame]);
        machine.Frames.Unpin(pinned, PinOwner.Vfio);
        Assert.Equal(FrameState.Free, machine.Frames[page.Frame]);
    }

    /// <summary>The pages of a listener that could not let go are dropped, and nobody ever gets their frames again.</summary>
    [Fact]
    public void A_listener_that_cannot_let_go_costs_the_frames()
    {
        var (machine, store) = NewStore();
        var frame = Get(store, Unit(store, 1).Start).Frame;
        MappedBy(machine, frame);
        store.Attach(new RecordingListener { OnBegin = () => new(MmuVerdict.Failed, CoreRules.GuestDead.Refuse()) });

        var scope = store.BeginInvalidate(Unit(store, 1), KindFilter.Both);
        var outcome = store.Free(scope);
        store.EndInvalidate(scope);

        Assert.True(scope.Failed);
        Assert.True(outcome.IsSuccess, $"The free after a failed unmap answered {outcome}.");
        Assert.Equal(FrameState.Leaked, machine.Frames[frame]);
        Assert.NotEqual(frame, Get(store, Unit(store, 1).Start).Frame);
    }

    /// <summary>A listener that may not let go now has failed nothing: the page stays, and whoever maps it is named.</summary>
    [Fact]
    public void A_listener_that_refuses_to_let_go_keeps_the_page()
    {
        var (machine, store) = NewStore();
        var frame = Get(store, Unit(store, 1).Start).Frame;
        var vm = MappedBy(machine, frame);
        store.Attach(new RecordingListener { OnBegin = () => MmuAnswer.Refused(CoreRules.Pinned.Refuse(frame.Value)) });

        var outcome = Punch(store, Unit(store, 1));

        Assert.Equal(new MapperId(MapperKind.NestedTable, vm.Id.Value).ToInfo(), outcome.Info);
        Assert.False(outcome.IsSuccess);
        Assert.Equal(FrameState.InUse, machine.Frames[frame]);
        Assert.Equal(frame, Get(store, Unit(store, 1).Start).Frame);
    }

    /// <summary>A frame that was made ready for a guest is the host's again before the pool has it.</summary>
    [Fact]
    public void A_prepared_frame_is_reclaimed_when_it_is_freed()
    {
        var (machine, store) = NewStore();
        var frame = Prepared(machine, store, Unit(store, 1));

        Punch(store, Unit(store, 1));

        Assert.Equal(FrameOwner.Host, machine.Ownership.LookUp(frame).Owner);
        Assert.Equal(FrameState.Free, machine.Frames[frame]);
    }

    /// <summary>A frame the table does not give back is lost, not handed to the next.</summary>
    [Fact]
    public void A_frame_that_is_not_reclaimed_is_leaked()
    {
        var table = new KeepingOwnershipTable();
        var (machine, store) = NewStore(table);
        var frame = Prepared(machine, store, Unit(store, 1));
        table.Keeps = true;

        var outcome = Punch(store, Unit(store, 1));

        Assert.True(outcome.IsSuccess, $"The punch answered {outcome}.");
        Assert.Equal(FrameState.Leaked, machine.Frames[frame]);
    }

    /// <summary>What is large stays large in an indivisible store; any other gives back single pages.</summary>
    [Fact]
    public void Part_of_a_page_is_freed_only_by_a_divisible_store()
    {
        var (machine, store) = NewStore();
        var order = store.Properties.LargestOrder;
        Get(store, default);
        var part = new PageIndexRange(default, Math.Max(1, (1UL << order) / 2));
        var scope = store.BeginInvalidate(part, KindFilter.Both);
        var before = Snapshot.Of(machine, store);

        var outcome = store.Free(scope);

        Assert.Equal(store.Properties.Divisible || order == 0, outcome.IsSuccess);
        if (!outcome.IsSuccess)
        {
            before.AssertUnchanged("A refused free");
        }

        store.EndInvalidate(scope);
    }

    private static MmuAnswer Remember(List<FrameState> states, FrameState state)
    {
        states.Add(state);
        return MmuAnswer.Done;
    }

    private static VirtualMachine MappedBy(Machine machine, Pfn frame)
    {
        var vm = machine.CreateVm(new ContractTechnology());
        var mapped = vm.Mmu.Map(new(default, frame, PageSize.Size4K, PageKind.Shared, Writable: true, vm.Sequence.Sample()));
        Assert.True(mapped.IsDone);
        return vm;
    }

    private Pfn Prepared(Machine machine, IBackingStore store, PageIndexRange pages)
    {
        var frame = Get(store, pages.Start).Frame;
        var vm = machine.CreateVm(new ContractTechnology());
        Assert.True(machine.Ownership.Prepare(new(new(frame, pages.Count), vm.Id, default, PageKind.Private)).IsSuccess);
        MarkPrepared(store, pages);
        return frame;
    }

    private static void AssertRefuses(Func<Outcome> free)
    {
        try
        {
            Assert.False(free().IsSuccess);
        }
        catch (ModelInvariantException)
        {
            // Saying so by exception is as good as refusing.
        }
    }
}
