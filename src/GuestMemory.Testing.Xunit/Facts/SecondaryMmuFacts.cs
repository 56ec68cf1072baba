using Xunit;

namespace GuestMemory.Testing.Xunit;

/// <summary>The promises of a secondary MMU as xUnit facts. Inherit it in a public class and make a tree, as with <see cref="SecondaryMmuContract"/>.</summary>
public abstract class SecondaryMmuFacts : SecondaryMmuContract
{
    /// <summary>No inheriting class hides or skips a fact, and every promise is one.</summary>
    [Fact]
    public void Every_promise_is_a_fact_that_runs() => FactCheck.RequireAll(this, typeof(SecondaryMmuFacts));

    /// <inheritdoc cref="SecondaryMmuContract.The_tree_makes_entries_of_some_kind"/>
    [Fact]
    public new void The_tree_makes_entries_of_some_kind() => base.The_tree_makes_entries_of_some_kind();

    /// <inheritdoc cref="SecondaryMmuContract.A_walk_finds_what_was_mapped_and_nothing_beside_it"/>
    [Fact]
    public new void A_walk_finds_what_was_mapped_and_nothing_beside_it() => base.A_walk_finds_what_was_mapped_and_nothing_beside_it();

    /// <inheritdoc cref="SecondaryMmuContract.The_reverse_index_knows_what_was_mapped"/>
    [Fact]
    public new void The_reverse_index_knows_what_was_mapped() => base.The_reverse_index_knows_what_was_mapped();

    /// <inheritdoc cref="SecondaryMmuContract.Leaves_in_a_row_are_mapped_one_by_one"/>
    [Fact]
    public new void Leaves_in_a_row_are_mapped_one_by_one() => base.Leaves_in_a_row_are_mapped_one_by_one();

    /// <inheritdoc cref="SecondaryMmuContract.Mapping_the_same_again_changes_nothing"/>
    [Fact]
    public new void Mapping_the_same_again_changes_nothing() => base.Mapping_the_same_again_changes_nothing();

    /// <inheritdoc cref="SecondaryMmuContract.A_map_with_a_sample_from_before_an_invalidation_is_retried"/>
    [Fact]
    public new void A_map_with_a_sample_from_before_an_invalidation_is_retried() => base.A_map_with_a_sample_from_before_an_invalidation_is_retried();

    /// <inheritdoc cref="SecondaryMmuContract.A_map_during_an_invalidation_of_its_frames_is_retried"/>
    [Fact]
    public new void A_map_during_an_invalidation_of_its_frames_is_retried() => base.A_map_during_an_invalidation_of_its_frames_is_retried();

    /// <inheritdoc cref="SecondaryMmuContract.A_large_map_during_an_invalidation_of_a_part_is_retried"/>
    [Fact]
    public new void A_large_map_during_an_invalidation_of_a_part_is_retried() => base.A_large_map_during_an_invalidation_of_a_part_is_retried();

    /// <inheritdoc cref="SecondaryMmuContract.A_frame_is_not_mapped_as_both_kinds"/>
    [Fact]
    public new void A_frame_is_not_mapped_as_both_kinds() => base.A_frame_is_not_mapped_as_both_kinds();

    /// <inheritdoc cref="SecondaryMmuContract.A_frame_is_not_mapped_as_both_kinds_by_two_VMs"/>
    [Fact]
    public new void A_frame_is_not_mapped_as_both_kinds_by_two_VMs() => base.A_frame_is_not_mapped_as_both_kinds_by_two_VMs();

    /// <inheritdoc cref="SecondaryMmuContract.What_the_tree_does_not_make_is_refused"/>
    [Fact]
    public new void What_the_tree_does_not_make_is_refused() => base.What_the_tree_does_not_make_is_refused();

    /// <inheritdoc cref="SecondaryMmuContract.A_frame_that_another_replaced_is_given_back_by_a_flush_only"/>
    [Fact]
    public new void A_frame_that_another_replaced_is_given_back_by_a_flush_only() => base.A_frame_that_another_replaced_is_given_back_by_a_flush_only();

    /// <inheritdoc cref="SecondaryMmuContract.No_new_walk_finds_what_was_unmapped"/>
    [Fact]
    public new void No_new_walk_finds_what_was_unmapped() => base.No_new_walk_finds_what_was_unmapped();

    /// <inheritdoc cref="SecondaryMmuContract.An_unmap_that_is_not_done_changes_nothing"/>
    [Fact]
    public new void An_unmap_that_is_not_done_changes_nothing() => base.An_unmap_that_is_not_done_changes_nothing();

    /// <inheritdoc cref="SecondaryMmuContract.Unmap_takes_only_the_kinds_it_names"/>
    [Fact]
    public new void Unmap_takes_only_the_kinds_it_names() => base.Unmap_takes_only_the_kinds_it_names();

    /// <inheritdoc cref="SecondaryMmuContract.Unmapping_a_part_of_a_large_leaf_takes_whole_leaves"/>
    [Fact]
    public new void Unmapping_a_part_of_a_large_leaf_takes_whole_leaves() => base.Unmapping_a_part_of_a_large_leaf_takes_whole_leaves();

    /// <inheritdoc cref="SecondaryMmuContract.Frames_are_given_back_by_flush_and_not_before"/>
    [Fact]
    public new void Frames_are_given_back_by_flush_and_not_before() => base.Frames_are_given_back_by_flush_and_not_before();

    /// <inheritdoc cref="SecondaryMmuContract.Flush_ends_use_by_running_vCPUs"/>
    [Fact]
    public new void Flush_ends_use_by_running_vCPUs() => base.Flush_ends_use_by_running_vCPUs();

    /// <inheritdoc cref="SecondaryMmuContract.Flush_alone_unmaps_nothing"/>
    [Fact]
    public new void Flush_alone_unmaps_nothing() => base.Flush_alone_unmaps_nothing();

    /// <inheritdoc cref="SecondaryMmuContract.Unmapping_and_flushing_nothing_is_done"/>
    [Fact]
    public new void Unmapping_and_flushing_nothing_is_done() => base.Unmapping_and_flushing_nothing_is_done();

    /// <inheritdoc cref="SecondaryMmuContract.A_frame_awaiting_its_flush_is_not_mapped_as_the_other_kind"/>
    [Fact]
    public new void A_frame_awaiting_its_flush_is_not_mapped_as_the_other_kind() => base.A_frame_awaiting_its_flush_is_not_mapped_as_the_other_kind();

    /// <inheritdoc cref="SecondaryMmuContract.A_frame_given_back_can_be_had_by_the_next_guest"/>
    [Fact]
    public new void A_frame_given_back_can_be_had_by_the_next_guest() => base.A_frame_given_back_can_be_had_by_the_next_guest();

    /// <inheritdoc cref="SecondaryMmuContract.Split_keeps_frames_kind_and_rights"/>
    [Fact]
    public new void Split_keeps_frames_kind_and_rights() => base.Split_keeps_frames_kind_and_rights();

    /// <inheritdoc cref="SecondaryMmuContract.After_a_split_one_leaf_is_unmapped_alone"/>
    [Fact]
    public new void After_a_split_one_leaf_is_unmapped_alone() => base.After_a_split_one_leaf_is_unmapped_alone();

    /// <inheritdoc cref="SecondaryMmuContract.Splitting_a_small_leaf_or_nothing_changes_nothing"/>
    [Fact]
    public new void Splitting_a_small_leaf_or_nothing_changes_nothing() => base.Splitting_a_small_leaf_or_nothing_changes_nothing();

    /// <inheritdoc cref="SecondaryMmuContract.Merge_leads_where_the_leaves_led"/>
    [Fact]
    public new void Merge_leads_where_the_leaves_led() => base.Merge_leads_where_the_leaves_led();

    /// <inheritdoc cref="SecondaryMmuContract.Leaves_that_are_not_alike_are_not_merged"/>
    [Fact]
    public new void Leaves_that_are_not_alike_are_not_merged() => base.Leaves_that_are_not_alike_are_not_merged();

    /// <inheritdoc cref="SecondaryMmuContract.A_merge_that_starts_off_its_alignment_is_refused"/>
    [Fact]
    public new void A_merge_that_starts_off_its_alignment_is_refused() => base.A_merge_that_starts_off_its_alignment_is_refused();

    /// <inheritdoc cref="SecondaryMmuContract.State_read_back_is_the_same_state"/>
    [Fact]
    public new void State_read_back_is_the_same_state() => base.State_read_back_is_the_same_state();

    /// <inheritdoc cref="SecondaryMmuContract.A_VM_that_is_gone_maps_nothing"/>
    [Fact]
    public new void A_VM_that_is_gone_maps_nothing() => base.A_VM_that_is_gone_maps_nothing();

    /// <inheritdoc cref="SecondaryMmuContract.Converting_on_a_dual_store_keeps_the_frame_rule"/>
    [Fact]
    public new void Converting_on_a_dual_store_keeps_the_frame_rule() => base.Converting_on_a_dual_store_keeps_the_frame_rule();

    /// <inheritdoc cref="SecondaryMmuContract.Converting_on_an_in_place_store_keeps_the_frame_rule"/>
    [Fact]
    public new void Converting_on_an_in_place_store_keeps_the_frame_rule() => base.Converting_on_an_in_place_store_keeps_the_frame_rule();

    /// <inheritdoc cref="SecondaryMmuContract.Converting_on_a_dual_store_keeps_the_address_rule"/>
    [Fact]
    public new void Converting_on_a_dual_store_keeps_the_address_rule() => base.Converting_on_a_dual_store_keeps_the_address_rule();

    /// <inheritdoc cref="SecondaryMmuContract.Converting_on_an_in_place_store_keeps_the_address_rule"/>
    [Fact]
    public new void Converting_on_an_in_place_store_keeps_the_address_rule() => base.Converting_on_an_in_place_store_keeps_the_address_rule();
}
