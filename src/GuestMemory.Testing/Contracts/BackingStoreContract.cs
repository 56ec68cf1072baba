namespace GuestMemory.Testing;

/// <summary>What every backing store promises, whatever its properties. Inherit it and make a store.</summary>
/// <remarks>
/// Each promise makes its own machine and store. The store takes its frames from that machine's pool; a store whose state is not
/// part of the machine's should be <see cref="IStateful"/>, so that a refused step that changes it is seen.
/// </remarks>
public abstract partial class BackingStoreContract : Contract
{
    /// <inheritdoc/>
    public sealed override string Name => nameof(BackingStoreContract);

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Promise> Promises =>
    [
        new(Properties_are_fixed_and_name_an_order_that_exists),
        new(A_page_has_one_frame_for_as_long_as_it_is_held),
        new(A_freed_page_gets_a_frame_anew),
        new(Different_pages_have_different_frames),
        new(Nothing_is_given_at_the_end_or_beyond),
        new(The_order_of_a_page_covers_an_aligned_run_of_the_store_s_own_pages),
        new(A_page_called_cleared_holds_no_old_bytes),
        new(Without_a_frame_left_the_store_refuses_and_changes_nothing),
        new(The_direct_map_keeps_a_held_frame_exactly_when_the_properties_say_so),
        new(State_read_back_is_the_same_state),
        new(Listeners_hear_of_it_before_a_frame_is_given_back),
        new(Every_listener_hears_each_begin_and_its_end_once),
        new(Free_without_an_open_invalidation_frees_nothing),
        new(An_invalidation_ends_only_once),
        new(A_listener_that_cannot_let_go_costs_the_frames),
        new(A_listener_that_refuses_to_let_go_keeps_the_page),
        new(Free_answers_how_many_pages_it_dropped),
        new(Free_leaves_the_pages_around_the_range),
        new(Free_of_a_frame_that_is_still_mapped_is_refused_and_names_the_mapper),
        new(Free_goes_through_once_the_listener_let_go),
        new(A_pinned_frame_returns_with_its_last_pin),
        new(A_prepared_frame_is_reclaimed_when_it_is_freed),
        new(A_frame_that_is_not_reclaimed_is_leaked),
        new(Part_of_a_page_is_freed_only_by_a_divisible_store),
    ];

    /// <summary>Pages of the store under test: four of the largest there are.</summary>
    protected const ulong Pages = 4UL << 18;

    /// <summary>Makes an empty store.</summary>
    /// <param name="machine">The machine whose pool it takes frames from.</param>
    /// <param name="pages">Its number of pages.</param>
    protected abstract IBackingStore CreateStore(Machine machine, ulong pages);

    /// <summary>Tells the store that pages it holds were made ready for a guest, as a fault does after it prepared them.</summary>
    /// <param name="store">The store.</param>
    /// <param name="pages">Pages it holds.</param>
    protected abstract void MarkPrepared(IBackingStore store, PageIndexRange pages);
}
