namespace GuestMemory.Testing;

/// <summary>What every ownership table promises. Inherit it and make a table; the rest are hooks for tables that need more.</summary>
/// <remarks>
/// The table must be <see cref="IStateful"/>, as the machine's state holds it. Each promise makes its own machine, which has at
/// least one VM; its tree is there for tables where mapping transfers ownership.
/// </remarks>
public abstract partial class OwnershipTableContract : Contract
{
    private static readonly Gfn Base = new(0x200);
    private static readonly AccessKind[] Accesses = [AccessKind.Read, AccessKind.Write, AccessKind.Execute];
    private Machine? _machine;

    /// <inheritdoc/>
    public sealed override string Name => nameof(OwnershipTableContract);

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Promise> Promises =>
    [
        new(Every_frame_has_an_answer_and_at_first_no_guest),
        new(Looking_up_changes_nothing),
        new(A_private_run_is_its_guest_s_frame_by_frame),
        new(A_shared_run_stays_the_host_s),
        new(Preparing_again_changes_nothing),
        new(Preparing_for_a_second_guest_takes_nothing_from_the_first),
        new(A_run_is_prepared_whole_or_not_at_all),
        new(State_read_back_is_the_same_state),
        new(A_reclaimed_run_is_the_host_s),
        new(Reclaiming_a_part_leaves_the_rest),
        new(A_refused_reclaim_changes_nothing),
        new(Reclaiming_what_the_host_has_changes_nothing),
        new(A_reclaimed_run_can_be_given_to_the_next),
        new(The_owner_s_own_access_is_allowed),
        new(Host_and_borrower_use_what_is_shared),
        new(Nobody_else_writes_to_a_private_frame),
        new(The_host_writes_to_what_is_its_own),
        new(Checking_changes_no_entry),
        new(Split_keeps_owner_and_guest_frames),
        new(Merge_keeps_owner_and_guest_frames),
        new(Merge_gives_nobody_a_frame_of_another),
    ];

    /// <summary>
    /// Whether mapping itself gives a frame to its guest, so that <see cref="IOwnershipTable.Prepare"/> only checks, or at most
    /// takes the frame from the host on its way.
    /// </summary>
    protected virtual bool MappingTransfers => false;

    /// <summary>Whether the table denies writes to a guest's own frame by others (integrity); a table for encryption alone does not.</summary>
    protected virtual bool StopsForeignWrites => true;

    /// <summary>Makes a table in which every frame is as after boot.</summary>
    /// <param name="machine">The machine.</param>
    protected abstract IOwnershipTable CreateTable(Machine machine);

    /// <summary>Makes the tree of a VM.</summary>
    /// <param name="vm">The VM.</param>
    protected virtual ISecondaryMmu CreateMmu(VirtualMachine vm)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return vm.CreateNestedPageTable();
    }

    /// <summary>Gives frames to a guest, to the point where it can use them: prepares; maps and lets the guest accept where that is part of it.</summary>
    /// <param name="vm">The guest.</param>
    /// <param name="request">The frames.</param>
    protected virtual void Give(VirtualMachine vm, OwnershipRequest request)
    {
        ArgumentNullException.ThrowIfNull(vm);
        RequireSuccess(vm.Machine.Ownership.Prepare(request));
    }

    /// <summary>Does what comes before <see cref="IOwnershipTable.Reclaim"/>: unmaps and flushes, ends the guest where only that frees its frames.</summary>
    /// <param name="vm">The guest.</param>
    /// <param name="request">The frames, as they were given or a part of them.</param>
    protected virtual void TakeBack(VirtualMachine vm, OwnershipRequest request)
    {
    }
}
