namespace GuestMemory.Testing.Tests.Mutants;

/// <summary>Stores with one mistake each, and the promise that catches it.</summary>
internal static class StoreMutants
{
    public static IReadOnlyList<(string Mistake, string Promise, Func<Machine, BackingStore, FaultyStore> Make)> All { get; } =
    [
        ("names an order no page has", nameof(BackingStoreContract.Properties_are_fixed_and_name_an_order_that_exists),
            (_, store) => new(store) { WrongProperties = store.Properties with { LargestOrder = 5, Divisible = true } }),
        ("gives a page another frame each time", nameof(BackingStoreContract.A_page_has_one_frame_for_as_long_as_it_is_held), (_, store) => Wandering(store)),
        ("gives every page one frame", nameof(BackingStoreContract.Different_pages_have_different_frames),
            (_, store) => new(store) { OnGetPage = static (BackingStore inner, PageIndex _, out BackingPage page) => inner.GetPage(default, out page) }),
        ("has no end", nameof(BackingStoreContract.Nothing_is_given_at_the_end_or_beyond), (_, store) => new(store)
        {
            OnGetPage = static (BackingStore inner, PageIndex index, out BackingPage page) => inner.GetPage(new(index.Value % inner.PageCount), out page),
        }),
        ("says a page is larger than it is", nameof(BackingStoreContract.The_order_of_a_page_covers_an_aligned_run_of_the_store_s_own_pages),
            (_, store) => Changing(store, static page => page with { Order = 18 })),
        ("calls every page cleared", nameof(BackingStoreContract.A_page_called_cleared_holds_no_old_bytes),
            (_, store) => Changing(store, static page => page with { Cleared = true })),
        ("gives a page without a frame", nameof(BackingStoreContract.Without_a_frame_left_the_store_refuses_and_changes_nothing), (_, store) => new(store)
        {
            OnGetPage = static (BackingStore inner, PageIndex index, out BackingPage page) =>
                inner.GetPage(index, out page) is { IsSuccess: false, Code: (ulong)CoreStatus.BeyondEnd } refusal ? refusal : Outcome.Success,
        }),
        ("leaves its frames in the direct map", nameof(BackingStoreContract.The_direct_map_keeps_a_held_frame_exactly_when_the_properties_say_so),
            (machine, store) => Changing(store, page =>
            {
                machine.DirectMap.Restore(new(page.Frame, 1));
                return page;
            })),
        ("keeps something out of its state", nameof(BackingStoreContract.State_read_back_is_the_same_state), (_, store) => new(store) { ForgetsState = true }),
        ("frees without notifying", nameof(BackingStoreContract.Listeners_hear_of_it_before_a_frame_is_given_back),
            (_, store) => new(store) { KeepsListeners = true }),
        ("notifies after freeing", nameof(BackingStoreContract.Listeners_hear_of_it_before_a_frame_is_given_back),
            (_, store) => new(store) { KeepsListeners = true, OnFree = FreeThenNotify, OnEnd = NotifyEnd }),
        ("frees at the begin already", nameof(BackingStoreContract.Listeners_hear_of_it_before_a_frame_is_given_back),
            (_, store) => new(store) { OnBegin = BeginAndFree }),
        ("notifies its first listener only", nameof(BackingStoreContract.Every_listener_hears_each_begin_and_its_end_once),
            (_, store) => new(store) { KeepsListeners = true, OnBegin = BeginForFirst, OnEnd = NotifyEnd }),
        ("never ends what it began", nameof(BackingStoreContract.Every_listener_hears_each_begin_and_its_end_once),
            (_, store) => new(store) { OnEnd = static (_, _) => { } }),
        ("does not count what it freed", nameof(BackingStoreContract.Free_answers_how_many_pages_it_dropped),
            (_, store) => new(store) { OnFree = static (inner, scope) => inner.Store.Free(scope) with { Info = 0 } }),
        ("frees a page too many", nameof(BackingStoreContract.Free_leaves_the_pages_around_the_range), (_, store) => new(store) { OnFree = FreeOneMore }),
        ("frees what is still mapped", nameof(BackingStoreContract.Free_of_a_frame_that_is_still_mapped_is_refused_and_names_the_mapper),
            (_, store) => new(store) { OnFree = static (inner, scope) => inner.Store.Free(scope with { Failed = true }) }),
        ("frees nothing", nameof(BackingStoreContract.Free_goes_through_once_the_listener_let_go),
            (_, store) => new(store) { OnFree = static (_, scope) => CoreRules.NotSupported.Refuse(scope.Pages.Start.Value) }),
        ("frees without an open invalidation", nameof(BackingStoreContract.Free_without_an_open_invalidation_frees_nothing),
            (_, store) => new(store) { OnFree = static (inner, scope) => inner.Store.Punch(scope.Pages) }),
        ("ends twice", nameof(BackingStoreContract.An_invalidation_ends_only_once), (_, store) => new(store) { OnEnd = EndQuietly }),
        ("refuses to punch a pinned page", nameof(BackingStoreContract.A_pinned_frame_returns_with_its_last_pin), (machine, store) => new(store)
        {
            OnFree = (inner, scope) => machine.Frames.Pins.All.Count > 0 ? CoreRules.Pinned.Refuse(scope.Pages.Start.Value) : inner.Store.Free(scope),
        }),
        ("gives a pinned frame back to the pool", nameof(BackingStoreContract.A_pinned_frame_returns_with_its_last_pin),
            (machine, store) => new(store) { OnFree = (inner, scope) => FreePinned(machine, inner, scope) }),
        ("gives a page the frame it freed", nameof(BackingStoreContract.A_freed_page_gets_a_frame_anew), (_, store) => Remembering(store)),
        ("ends every invalidation of a range at once", nameof(BackingStoreContract.Every_listener_hears_each_begin_and_its_end_once),
            (_, store) => new(store) { OnEnd = EndAll }),
        ("hands on what a listener could not let go of", nameof(BackingStoreContract.A_listener_that_cannot_let_go_costs_the_frames),
            (_, store) => new(store) { OnBegin = static (inner, pages, kinds) => inner.Store.BeginInvalidate(pages, kinds) with { Failed = false } }),
        ("leaks what a listener refused to let go", nameof(BackingStoreContract.A_listener_that_refuses_to_let_go_keeps_the_page),
            (_, store) => new(store) { OnBegin = static (inner, pages, kinds) => inner.Store.BeginInvalidate(pages, kinds) with { Failed = true } }),
        ("hands on a frame that is the guest's", nameof(BackingStoreContract.A_prepared_frame_is_reclaimed_when_it_is_freed),
            (_, store) => new(store) { IgnoresPrepared = true }),
        ("hands on a frame that was not reclaimed", nameof(BackingStoreContract.A_frame_that_is_not_reclaimed_is_leaked),
            (_, store) => new(store) { IgnoresPrepared = true }),
        ("frees a whole page for a part", nameof(BackingStoreContract.Part_of_a_page_is_freed_only_by_a_divisible_store),
            (_, store) => new(store) { OnFree = static (inner, scope) => inner.Store.Punch(new(scope.Pages.Start.AlignDown(PageSize.Size2M), 512)) }),
    ];

    private static FaultyStore Changing(BackingStore store, Func<BackingPage, BackingPage> change) => new(store)
    {
        OnGetPage = (BackingStore inner, PageIndex index, out BackingPage page) =>
        {
            var outcome = inner.GetPage(index, out page);
            page = change(page);
            return outcome;
        },
    };

    private static FaultyStore Wandering(BackingStore store)
    {
        var calls = 0UL;
        return Changing(store, page => page with { Frame = page.Frame + calls++ });
    }

    private static FaultyStore Remembering(BackingStore store)
    {
        var given = new Dictionary<PageIndex, BackingPage>();
        return new(store)
        {
            OnGetPage = (BackingStore inner, PageIndex index, out BackingPage page) =>
            {
                if (given.TryGetValue(index, out page))
                {
                    page = page with { Cleared = false };
                    return Outcome.Success;
                }

                var outcome = inner.GetPage(index, out page);
                if (outcome.IsSuccess)
                {
                    given[index] = page;
                }

                return outcome;
            },
        };
    }

    private static Outcome FreePinned(Machine machine, FaultyStore store, InvalidationScope scope)
    {
        foreach (var pin in machine.Frames.Pins.All.ToArray())
        {
            machine.Frames.Unpin(pin.Frames, pin.Owner);
        }

        return store.Store.Free(scope);
    }

    private static Outcome FreeThenNotify(FaultyStore store, InvalidationScope scope)
    {
        var outcome = store.Store.Free(scope);
        foreach (var listener in store.Listeners)
        {
            listener.BeginInvalidate(store, scope.Pages, KindFilter.Both);
        }

        return outcome;
    }

    private static InvalidationScope BeginAndFree(FaultyStore store, PageIndexRange pages, KindFilter kinds)
    {
        var scope = store.Store.BeginInvalidate(pages, kinds);
        store.Store.Free(scope);
        return scope;
    }

    private static InvalidationScope BeginForFirst(FaultyStore store, PageIndexRange pages, KindFilter kinds)
    {
        var failed = store.Listeners.Count > 0 && !store.Listeners[0].BeginInvalidate(store, pages, kinds).IsDone;
        return store.Store.BeginInvalidate(pages, kinds) with { Failed = failed };
    }

    private static void NotifyEnd(FaultyStore store, InvalidationScope scope)
    {
        store.Store.EndInvalidate(scope);
        foreach (var listener in store.Listeners)
        {
            listener.EndInvalidate(store, scope.Pages);
        }
    }

    private static Outcome FreeOneMore(FaultyStore store, InvalidationScope scope)
    {
        var outcome = store.Store.Free(scope);
        store.Store.Punch(new(scope.Pages.End, scope.Pages.Count));
        return outcome;
    }

    private static void EndAll(FaultyStore store, InvalidationScope scope)
    {
        do
        {
            store.Store.EndInvalidate(scope);
        }
        while (store.Store.IsOpenOver(scope.Pages));
    }

    private static void EndQuietly(FaultyStore store, InvalidationScope scope)
    {
        if (store.Store.IsOpenOver(scope.Pages))
        {
            store.Store.EndInvalidate(scope);
        }
    }
}
