using Xunit;

namespace GuestMemory.Testing.Xunit;

/// <summary>The promises of a ownership table as xUnit facts. Inherit it in a public class and make a table, as with <see cref="OwnershipTableContract"/>.</summary>
public abstract class OwnershipTableFacts : OwnershipTableContract
{
    /// <summary>No inheriting class hides or skips a fact, and every promise is one.</summary>
    [Fact]
    public void Every_promise_is_a_fact_that_runs() => FactCheck.RequireAll(this, typeof(OwnershipTableFacts));

    /// <inheritdoc cref="OwnershipTableContract.Every_frame_has_an_answer_and_at_first_no_guest"/>
    [Fact]
    public new void Every_frame_has_an_answer_and_at_first_no_guest() => base.Every_frame_has_an_answer_and_at_first_no_guest();

    /// <inheritdoc cref="OwnershipTableContract.Looking_up_changes_nothing"/>
    [Fact]
    public new void Looking_up_changes_nothing() => base.Looking_up_changes_nothing();

    /// <inheritdoc cref="OwnershipTableContract.A_private_run_is_its_guest_s_frame_by_frame"/>
    [Fact]
    public new void A_private_run_is_its_guest_s_frame_by_frame() => base.A_private_run_is_its_guest_s_frame_by_frame();

    /// <inheritdoc cref="OwnershipTableContract.A_shared_run_stays_the_host_s"/>
    [Fact]
    public new void A_shared_run_stays_the_host_s() => base.A_shared_run_stays_the_host_s();

    /// <inheritdoc cref="OwnershipTableContract.Preparing_again_changes_nothing"/>
    [Fact]
    public new void Preparing_again_changes_nothing() => base.Preparing_again_changes_nothing();

    /// <inheritdoc cref="OwnershipTableContract.Preparing_for_a_second_guest_takes_nothing_from_the_first"/>
    [Fact]
    public new void Preparing_for_a_second_guest_takes_nothing_from_the_first() => base.Preparing_for_a_second_guest_takes_nothing_from_the_first();

    /// <inheritdoc cref="OwnershipTableContract.A_run_is_prepared_whole_or_not_at_all"/>
    [Fact]
    public new void A_run_is_prepared_whole_or_not_at_all() => base.A_run_is_prepared_whole_or_not_at_all();

    /// <inheritdoc cref="OwnershipTableContract.State_read_back_is_the_same_state"/>
    [Fact]
    public new void State_read_back_is_the_same_state() => base.State_read_back_is_the_same_state();

    /// <inheritdoc cref="OwnershipTableContract.A_reclaimed_run_is_the_host_s"/>
    [Fact]
    public new void A_reclaimed_run_is_the_host_s() => base.A_reclaimed_run_is_the_host_s();

    /// <inheritdoc cref="OwnershipTableContract.Reclaiming_a_part_leaves_the_rest"/>
    [Fact]
    public new void Reclaiming_a_part_leaves_the_rest() => base.Reclaiming_a_part_leaves_the_rest();

    /// <inheritdoc cref="OwnershipTableContract.A_refused_reclaim_changes_nothing"/>
    [Fact]
    public new void A_refused_reclaim_changes_nothing() => base.A_refused_reclaim_changes_nothing();

    /// <inheritdoc cref="OwnershipTableContract.Reclaiming_what_the_host_has_changes_nothing"/>
    [Fact]
    public new void Reclaiming_what_the_host_has_changes_nothing() => base.Reclaiming_what_the_host_has_changes_nothing();

    /// <inheritdoc cref="OwnershipTableContract.A_reclaimed_run_can_be_given_to_the_next"/>
    [Fact]
    public new void A_reclaimed_run_can_be_given_to_the_next() => base.A_reclaimed_run_can_be_given_to_the_next();

    /// <inheritdoc cref="OwnershipTableContract.The_owner_s_own_access_is_allowed"/>
    [Fact]
    public new void The_owner_s_own_access_is_allowed() => base.The_owner_s_own_access_is_allowed();

    /// <inheritdoc cref="OwnershipTableContract.Host_and_borrower_use_what_is_shared"/>
    [Fact]
    public new void Host_and_borrower_use_what_is_shared() => base.Host_and_borrower_use_what_is_shared();

    /// <inheritdoc cref="OwnershipTableContract.Nobody_else_writes_to_a_private_frame"/>
    [Fact]
    public new void Nobody_else_writes_to_a_private_frame() => base.Nobody_else_writes_to_a_private_frame();

    /// <inheritdoc cref="OwnershipTableContract.The_host_writes_to_what_is_its_own"/>
    [Fact]
    public new void The_host_writes_to_what_is_its_own() => base.The_host_writes_to_what_is_its_own();

    /// <inheritdoc cref="OwnershipTableContract.Checking_changes_no_entry"/>
    [Fact]
    public new void Checking_changes_no_entry() => base.Checking_changes_no_entry();

    /// <inheritdoc cref="OwnershipTableContract.Split_keeps_owner_and_guest_frames"/>
    [Fact]
    public new void Split_keeps_owner_and_guest_frames() => base.Split_keeps_owner_and_guest_frames();

    /// <inheritdoc cref="OwnershipTableContract.Merge_keeps_owner_and_guest_frames"/>
    [Fact]
    public new void Merge_keeps_owner_and_guest_frames() => base.Merge_keeps_owner_and_guest_frames();

    /// <inheritdoc cref="OwnershipTableContract.Merge_gives_nobody_a_frame_of_another"/>
    [Fact]
    public new void Merge_gives_nobody_a_frame_of_another() => base.Merge_gives_nobody_a_frame_of_another();
}
