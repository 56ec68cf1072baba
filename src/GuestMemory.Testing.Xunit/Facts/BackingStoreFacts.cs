using Xunit;

namespace GuestMemory.Testing.Xunit;

/// <summary>The promises of a backing store as xUnit facts. Inherit it in a public class and make a store, as with <see cref="BackingStoreContract"/>.</summary>
public abstract class BackingStoreFacts : BackingStoreContract
{
    /// <summary>No inheriting class hides or skips a fact, and every promise is one.</summary>
    [Fact]
    public void Every_promise_is_a_fact_that_runs() => FactCheck.RequireAll(this, typeof(BackingStoreFacts));

    /// <inheritdoc cref="BackingStoreContract.Properties_are_fixed_and_name_an_order_that_exists"/>
    [Fact]
    public new void Properties_are_fixed_and_name_an_order_that_exists() => base.Properties_are_fixed_and_name_an_order_that_exists();

    /// <inheritdoc cref="BackingStoreContract.A_page_has_one_frame_for_as_long_as_it_is_held"/>
    [Fact]
    public new void A_page_has_one_frame_for_as_long_as_it_is_held() => base.A_page_has_one_frame_for_as_long_as_it_is_held();

    /// <inheritdoc cref="BackingStoreContract.A_freed_page_gets_a_frame_anew"/>
    [Fact]
    public new void A_freed_page_gets_a_frame_anew() => base.A_freed_page_gets_a_frame_anew();

    /// <inheritdoc cref="BackingStoreContract.Different_pages_have_different_frames"/>
    [Fact]
    public new void Different_pages_have_different_frames() => base.Different_pages_have_different_frames();

    /// <inheritdoc cref="BackingStoreContract.Nothing_is_given_at_the_end_or_beyond"/>
    [Fact]
    public new void Nothing_is_given_at_the_end_or_beyond() => base.Nothing_is_given_at_the_end_or_beyond();

    /// <inheritdoc cref="BackingStoreContract.The_order_of_a_page_covers_an_aligned_run_of_the_store_s_own_pages"/>
    [Fact]
    public new void The_order_of_a_page_covers_an_aligned_run_of_the_store_s_own_pages() => base.The_order_of_a_page_covers_an_aligned_run_of_the_store_s_own_pages();

    /// <inheritdoc cref="BackingStoreContract.A_page_called_cleared_holds_no_old_bytes"/>
    [Fact]
    public new void A_page_called_cleared_holds_no_old_bytes() => base.A_page_called_cleared_holds_no_old_bytes();

    /// <inheritdoc cref="BackingStoreContract.Without_a_frame_left_the_store_refuses_and_changes_nothing"/>
    [Fact]
    public new void Without_a_frame_left_the_store_refuses_and_changes_nothing() => base.Without_a_frame_left_the_store_refuses_and_changes_nothing();

    /// <inheritdoc cref="BackingStoreContract.The_direct_map_keeps_a_held_frame_exactly_when_the_properties_say_so"/>
    [Fact]
    public new void The_direct_map_keeps_a_held_frame_exactly_when_the_properties_say_so() => base.The_direct_map_keeps_a_held_frame_exactly_when_the_properties_say_so();

    /// <inheritdoc cref="BackingStoreContract.State_read_back_is_the_same_state"/>
    [Fact]
    public new void State_read_back_is_the_same_state() => base.State_read_back_is_the_same_state();

    /// <inheritdoc cref="BackingStoreContract.Listeners_hear_of_it_before_a_frame_is_given_back"/>
    [Fact]
    public new void Listeners_hear_of_it_before_a_frame_is_given_back() => base.Listeners_hear_of_it_before_a_frame_is_given_back();

    /// <inheritdoc cref="BackingStoreContract.Every_listener_hears_each_begin_and_its_end_once"/>
    [Fact]
    public new void Every_listener_hears_each_begin_and_its_end_once() => base.Every_listener_hears_each_begin_and_its_end_once();

    /// <inheritdoc cref="BackingStoreContract.Free_without_an_open_invalidation_frees_nothing"/>
    [Fact]
    public new void Free_without_an_open_invalidation_frees_nothing() => base.Free_without_an_open_invalidation_frees_nothing();

    /// <inheritdoc cref="BackingStoreContract.An_invalidation_ends_only_once"/>
    [Fact]
    public new void An_invalidation_ends_only_once() => base.An_invalidation_ends_only_once();

    /// <inheritdoc cref="BackingStoreContract.A_listener_that_cannot_let_go_costs_the_frames"/>
    [Fact]
    public new void A_listener_that_cannot_let_go_costs_the_frames() => base.A_listener_that_cannot_let_go_costs_the_frames();

    /// <inheritdoc cref="BackingStoreContract.A_listener_that_refuses_to_let_go_keeps_the_page"/>
    [Fact]
    public new void A_listener_that_refuses_to_let_go_keeps_the_page() => base.A_listener_that_refuses_to_let_go_keeps_the_page();

    /// <inheritdoc cref="BackingStoreContract.Free_answers_how_many_pages_it_dropped"/>
    [Fact]
    public new void Free_answers_how_many_pages_it_dropped() => base.Free_answers_how_many_pages_it_dropped();

    /// <inheritdoc cref="BackingStoreContract.Free_leaves_the_pages_around_the_range"/>
    [Fact]
    public new void Free_leaves_the_pages_around_the_range() => base.Free_leaves_the_pages_around_the_range();

    /// <inheritdoc cref="BackingStoreContract.Free_of_a_frame_that_is_still_mapped_is_refused_and_names_the_mapper"/>
    [Fact]
    public new void Free_of_a_frame_that_is_still_mapped_is_refused_and_names_the_mapper() => base.Free_of_a_frame_that_is_still_mapped_is_refused_and_names_the_mapper();

    /// <inheritdoc cref="BackingStoreContract.Free_goes_through_once_the_listener_let_go"/>
    [Fact]
    public new void Free_goes_through_once_the_listener_let_go() => base.Free_goes_through_once_the_listener_let_go();

    /// <inheritdoc cref="BackingStoreContract.A_pinned_frame_returns_with_its_last_pin"/>
    [Fact]
    public new void A_pinned_frame_returns_with_its_last_pin() => base.A_pinned_frame_returns_with_its_last_pin();

    /// <inheritdoc cref="BackingStoreContract.A_prepared_frame_is_reclaimed_when_it_is_freed"/>
    [Fact]
    public new void A_prepared_frame_is_reclaimed_when_it_is_freed() => base.A_prepared_frame_is_reclaimed_when_it_is_freed();

    /// <inheritdoc cref="BackingStoreContract.A_frame_that_is_not_reclaimed_is_leaked"/>
    [Fact]
    public new void A_frame_that_is_not_reclaimed_is_leaked() => base.A_frame_that_is_not_reclaimed_is_leaked();

    /// <inheritdoc cref="BackingStoreContract.Part_of_a_page_is_freed_only_by_a_divisible_store"/>
    [Fact]
    public new void Part_of_a_page_is_freed_only_by_a_divisible_store() => base.Part_of_a_page_is_freed_only_by_a_divisible_store();
}
