using Xunit;

namespace GuestMemory.Testing.Xunit;

/// <summary>The promises of a memslot as xUnit facts. Inherit it in a public class and make a slot, as with <see cref="MemslotContract"/>.</summary>
public abstract class MemslotFacts : MemslotContract
{
    /// <summary>No inheriting class hides or skips a fact, and every promise is one.</summary>
    [Fact]
    public void Every_promise_is_a_fact_that_runs() => FactCheck.RequireAll(this, typeof(MemslotFacts));

    /// <inheritdoc cref="MemslotContract.The_slot_covers_exactly_its_frames"/>
    [Fact]
    public new void The_slot_covers_exactly_its_frames() => base.The_slot_covers_exactly_its_frames();

    /// <inheritdoc cref="MemslotContract.A_shared_frame_resolves_to_its_own_page"/>
    [Fact]
    public new void A_shared_frame_resolves_to_its_own_page() => base.A_shared_frame_resolves_to_its_own_page();

    /// <inheritdoc cref="MemslotContract.A_private_frame_resolves_to_its_own_page_of_the_file"/>
    [Fact]
    public new void A_private_frame_resolves_to_its_own_page_of_the_file() => base.A_private_frame_resolves_to_its_own_page_of_the_file();

    /// <inheritdoc cref="MemslotContract.A_frame_outside_is_never_resolved"/>
    [Fact]
    public new void A_frame_outside_is_never_resolved() => base.A_frame_outside_is_never_resolved();

    /// <inheritdoc cref="MemslotContract.Serving_a_kind_and_resolving_it_agree"/>
    [Fact]
    public new void Serving_a_kind_and_resolving_it_agree() => base.Serving_a_kind_and_resolving_it_agree();

    /// <inheritdoc cref="MemslotContract.Resolving_changes_nothing"/>
    [Fact]
    public new void Resolving_changes_nothing() => base.Resolving_changes_nothing();

    /// <inheritdoc cref="MemslotContract.What_is_resolved_can_be_had"/>
    [Fact]
    public new void What_is_resolved_can_be_had() => base.What_is_resolved_can_be_had();

    /// <inheritdoc cref="MemslotContract.A_released_file_takes_the_private_side_with_it"/>
    [Fact]
    public new void A_released_file_takes_the_private_side_with_it() => base.A_released_file_takes_the_private_side_with_it();

    /// <inheritdoc cref="MemslotContract.The_release_of_another_file_changes_nothing"/>
    [Fact]
    public new void The_release_of_another_file_changes_nothing() => base.The_release_of_another_file_changes_nothing();

    /// <inheritdoc cref="MemslotContract.State_read_back_is_the_same_state"/>
    [Fact]
    public new void State_read_back_is_the_same_state() => base.State_read_back_is_the_same_state();

    /// <inheritdoc cref="MemslotContract.A_write_fault_is_mapped_unless_the_slot_is_read_only"/>
    [Fact]
    public new void A_write_fault_is_mapped_unless_the_slot_is_read_only() => base.A_write_fault_is_mapped_unless_the_slot_is_read_only();

    /// <inheritdoc cref="MemslotContract.The_slot_answers_alike_on_every_store"/>
    [Fact]
    public new void The_slot_answers_alike_on_every_store() => base.The_slot_answers_alike_on_every_store();

    /// <inheritdoc cref="MemslotContract.The_frame_in_front_of_a_shared_page_is_found"/>
    [Fact]
    public new void The_frame_in_front_of_a_shared_page_is_found() => base.The_frame_in_front_of_a_shared_page_is_found();

    /// <inheritdoc cref="MemslotContract.Frames_in_front_of_a_run_of_shared_pages_are_found_within_the_slot"/>
    [Fact]
    public new void Frames_in_front_of_a_run_of_shared_pages_are_found_within_the_slot() => base.Frames_in_front_of_a_run_of_shared_pages_are_found_within_the_slot();

    /// <inheritdoc cref="MemslotContract.Nothing_is_found_in_front_of_another_source"/>
    [Fact]
    public new void Nothing_is_found_in_front_of_another_source() => base.Nothing_is_found_in_front_of_another_source();

    /// <inheritdoc cref="MemslotContract.What_was_found_before_stays"/>
    [Fact]
    public new void What_was_found_before_stays() => base.What_was_found_before_stays();
}
