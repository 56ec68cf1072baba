namespace GuestMemory.Testing;

/// <content>Who hears of an invalidation, and when.</content>
public abstract partial class BackingStoreContract
{
    /// <summary>Begin comes before any frame is given back; end after (I3).</summary>
    public void Listeners_hear_of_it_before_a_frame_is_given_back()
    {
        Begin();
        var (machine, store) = NewStore();
        var pages = Unit(store, 1);
        var frame = Get(store, pages.Start).Frame;
        var states = new List<FrameState>();
        var listener = new RecordingListener { OnBegin = () => Remember(states, machine.Frames[frame]) };
        store.Attach(listener);

        var scope = store.BeginInvalidate(pages, KindFilter.Both);
        EqualAll([RecordingListener.Begin(pages, KindFilter.Both)], listener.Heard);
        EqualAll([FrameState.InUse], states);
        Equal(FrameState.InUse, machine.Frames[frame]);

        Holds(store.Free(scope).IsSuccess);
        Equal(FrameState.Free, machine.Frames[frame]);
        Equal(1, listener.Heard.Count);

        store.EndInvalidate(scope);
        EqualAll([RecordingListener.Begin(pages, KindFilter.Both), RecordingListener.End(pages)], listener.Heard);
    }

    /// <summary>Each listener hears begin and end once, with the same range, whether or not pages were freed; two of one range are two (I4).</summary>
    public void Every_listener_hears_each_begin_and_its_end_once()
    {
        Begin();
        var (_, store) = NewStore();
        RecordingListener[] listeners = [new(), new()];
        store.Attach(listeners[0]);
        store.Attach(listeners[1]);

        var outer = store.BeginInvalidate(Unit(store, 0), KindFilter.Shared);
        var inner = store.BeginInvalidate(Unit(store, 2), KindFilter.Private);
        var again = store.BeginInvalidate(Unit(store, 0), KindFilter.Shared);
        store.EndInvalidate(outer);
        store.EndInvalidate(inner);
        store.EndInvalidate(again);

        string[] expected =
        [
            RecordingListener.Begin(outer.Pages, KindFilter.Shared), RecordingListener.Begin(inner.Pages, KindFilter.Private),
            RecordingListener.Begin(again.Pages, KindFilter.Shared),
            RecordingListener.End(outer.Pages), RecordingListener.End(inner.Pages), RecordingListener.End(again.Pages),
        ];
        EqualAll(expected, listeners[0].Heard);
        EqualAll(expected, listeners[1].Heard);
    }

    /// <summary>Freeing needs an invalidation of exactly these pages that has not ended; without it nothing is freed.</summary>
    public void Free_without_an_open_invalidation_frees_nothing()
    {
        Begin();
        var (machine, store) = NewStore();
        var frame = Get(store, Unit(store, 1).Start).Frame;
        var ended = store.BeginInvalidate(Unit(store, 1), KindFilter.Both);
        store.EndInvalidate(ended);
        var other = store.BeginInvalidate(Unit(store, 0), KindFilter.Both);
        var before = Snapshot.Of(machine, store);

        RequireRefuses(() => store.Free(ended));
        RequireRefuses(() => store.Free(new(Unit(store, 1), Failed: false)));

        Unchanged(before, "A free without its invalidation");
        Equal(FrameState.InUse, machine.Frames[frame]);
        store.EndInvalidate(other);
    }

    /// <summary>An end without its begin is a mistake of the caller's, never an end the listeners hear (I4).</summary>
    public void An_invalidation_ends_only_once()
    {
        Begin();
        var (_, store) = NewStore();
        var listener = new RecordingListener();
        store.Attach(listener);
        var scope = store.BeginInvalidate(Unit(store, 0), KindFilter.Both);
        store.EndInvalidate(scope);

        Throws<ModelInvariantException>(() => store.EndInvalidate(scope));
        Equal(2, listener.Heard.Count);
    }

    /// <summary>The pages of a listener that could not let go are dropped, and nobody ever gets their frames again.</summary>
    public void A_listener_that_cannot_let_go_costs_the_frames()
    {
        Begin();
        var (machine, store) = NewStore();
        var frame = Get(store, Unit(store, 1).Start).Frame;
        MappedBy(machine, frame);
        store.Attach(new RecordingListener { OnBegin = () => new(MmuVerdict.Failed, CoreRules.GuestDead.Refuse()) });

        var scope = store.BeginInvalidate(Unit(store, 1), KindFilter.Both);
        var outcome = store.Free(scope);
        store.EndInvalidate(scope);

        Holds(scope.Failed);
        Holds(outcome.IsSuccess, $"The free after a failed unmap answered {outcome}");
        Equal(FrameState.Leaked, machine.Frames[frame]);
        NotEqual(frame, Get(store, Unit(store, 1).Start).Frame);
    }

    /// <summary>A listener that may not let go now has failed nothing: the page stays, and whoever maps it is named.</summary>
    public void A_listener_that_refuses_to_let_go_keeps_the_page()
    {
        Begin();
        var (machine, store) = NewStore();
        var frame = Get(store, Unit(store, 1).Start).Frame;
        var vm = MappedBy(machine, frame);
        store.Attach(new RecordingListener { OnBegin = () => MmuAnswer.Refused(CoreRules.Pinned.Refuse(frame.Value)) });

        var outcome = Punch(store, Unit(store, 1));

        Equal(new MapperId(MapperKind.NestedTable, vm.Id.Value).ToInfo(), outcome.Info);
        HoldsNot(outcome.IsSuccess);
        Equal(FrameState.InUse, machine.Frames[frame]);
        Equal(frame, Get(store, Unit(store, 1).Start).Frame);
    }
}
