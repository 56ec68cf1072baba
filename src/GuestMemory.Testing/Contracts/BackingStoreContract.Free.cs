namespace GuestMemory.Testing;

/// <content>Giving frames back, and what stands in the way.</content>
public abstract partial class BackingStoreContract
{
    /// <summary>The answer counts pages that were there; holes count for nothing.</summary>
    public void Free_answers_how_many_pages_it_dropped()
    {
        Begin();
        var (machine, store) = NewStore();
        var range = new PageIndexRange(default, 4 * Unit(store, 0).Count);
        Get(store, Unit(store, 0).Start);
        Get(store, Unit(store, 2).Start);
        var before = machine.Frames.CountOf(FrameState.InUse);

        var outcome = Punch(store, range);

        InRange(outcome.Info, 2 * Unit(store, 0).Count, range.Count);
        Equal(Outcome.Success with { Info = before - machine.Frames.CountOf(FrameState.InUse) }, outcome);
        Equal(Outcome.Success, Punch(store, range));
    }

    /// <summary>Pages outside the range keep their frames.</summary>
    public void Free_leaves_the_pages_around_the_range()
    {
        Begin();
        var (machine, store) = NewStore();
        PageIndex[] around = [Unit(store, 0).Start, Unit(store, 2).Start];
        var before = around.Select(index => Get(store, index).Frame).ToArray();
        Get(store, Unit(store, 1).Start);

        Punch(store, Unit(store, 1));

        // Asked for first: a page that was lost could be given its old frame again.
        foreach (var frame in before)
        {
            Equal(FrameState.InUse, machine.Frames[frame]);
        }

        EqualAll(before, around.Select(index => Get(store, index).Frame));
    }

    /// <summary>Unmap before convert: the refusal names who still maps the frame, and nothing is dropped (I2).</summary>
    public void Free_of_a_frame_that_is_still_mapped_is_refused_and_names_the_mapper()
    {
        Begin();
        var (machine, store) = NewStore();
        var frame = Get(store, Unit(store, 1).Start).Frame;
        var vm = MappedBy(machine, frame);
        var scope = store.BeginInvalidate(Unit(store, 1), KindFilter.Both);
        var before = Snapshot.Of(machine, store);

        var outcome = store.Free(scope);

        HoldsNot(outcome.IsSuccess);
        Equal(new MapperId(MapperKind.NestedTable, vm.Id.Value).ToInfo(), outcome.Info);
        Unchanged(before, "A refused free");
        store.EndInvalidate(scope);
    }

    /// <summary>A listener that lets go makes way.</summary>
    public void Free_goes_through_once_the_listener_let_go()
    {
        Begin();
        var (machine, store) = NewStore();
        var frame = Get(store, Unit(store, 1).Start).Frame;
        var vm = MappedBy(machine, frame);
        store.Attach(new RecordingListener { OnBegin = () => vm.Zap(new(default, 1), KindFilter.Both) });

        Holds(Punch(store, Unit(store, 1)).IsSuccess);
        Equal(FrameState.Free, machine.Frames[frame]);
    }

    /// <summary>A pin defers the frame's return, never the punch.</summary>
    public void A_pinned_frame_returns_with_its_last_pin()
    {
        Begin();
        var (machine, store) = NewStore();
        var page = Get(store, Unit(store, 0).Start);
        var pinned = new PfnRange(page.Frame, 1);
        machine.Frames.Pin(pinned, PinOwner.Vfio);

        var outcome = Punch(store, Unit(store, 0));

        Holds(outcome.IsSuccess, $"The punch of a pinned page answered {outcome}");
        Equal(FrameState.Deferred, machine.Frames[page.Frame]);
        machine.Frames.Unpin(pinned, PinOwner.Vfio);
        Equal(FrameState.Free, machine.Frames[page.Frame]);
    }

    /// <summary>A frame that was made ready for a guest is the host's again before the pool has it.</summary>
    public void A_prepared_frame_is_reclaimed_when_it_is_freed()
    {
        Begin();
        var (machine, store) = NewStore();
        var frame = Prepared(machine, store, Unit(store, 1));

        Punch(store, Unit(store, 1));

        Equal(FrameOwner.Host, machine.Ownership.LookUp(frame).Owner);
        Equal(FrameState.Free, machine.Frames[frame]);
    }

    /// <summary>A frame the table does not give back is lost, not handed to the next.</summary>
    public void A_frame_that_is_not_reclaimed_is_leaked()
    {
        Begin();
        var table = new KeepingOwnershipTable();
        var (machine, store) = NewStore(table);
        var frame = Prepared(machine, store, Unit(store, 1));
        table.Keeps = true;

        var outcome = Punch(store, Unit(store, 1));

        Holds(outcome.IsSuccess, $"The punch answered {outcome}");
        Equal(FrameState.Leaked, machine.Frames[frame]);
    }

    /// <summary>What is large stays large in an indivisible store; any other gives back single pages.</summary>
    public void Part_of_a_page_is_freed_only_by_a_divisible_store()
    {
        Begin();
        var (machine, store) = NewStore();
        var order = store.Properties.LargestOrder;
        Get(store, default);
        var part = new PageIndexRange(default, Math.Max(1, (1UL << order) / 2));
        var scope = store.BeginInvalidate(part, KindFilter.Both);
        var before = Snapshot.Of(machine, store);

        var outcome = store.Free(scope);

        Equal(store.Properties.Divisible || order == 0, outcome.IsSuccess);
        if (!outcome.IsSuccess)
        {
            Unchanged(before, "A refused free");
        }

        store.EndInvalidate(scope);
    }
}
