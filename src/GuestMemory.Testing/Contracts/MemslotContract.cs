namespace GuestMemory.Testing;

/// <summary>What every memslot promises, whatever stands behind its sides. Inherit it and make a slot.</summary>
/// <remarks>Each promise makes its own machine, VM, process and file.</remarks>
public abstract partial class MemslotContract : Contract
{
    private static readonly BackingProperties[] Stores =
    [
        BackingProperties.GuestMemfd, BackingProperties.MappableGuestMemfd, BackingProperties.Anonymous, BackingProperties.Memfd,
        BackingProperties.Restrictedmem, BackingProperties.Hugetlb2M, BackingProperties.Hugetlb1G, BackingProperties.Secretmem,
    ];

    /// <inheritdoc/>
    public sealed override string Name => nameof(MemslotContract);

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Promise> Promises =>
    [
        new(The_slot_covers_exactly_its_frames),
        new(A_shared_frame_resolves_to_its_own_page),
        new(A_private_frame_resolves_to_its_own_page_of_the_file),
        new(A_frame_outside_is_never_resolved),
        new(Serving_a_kind_and_resolving_it_agree),
        new(Resolving_changes_nothing),
        new(What_is_resolved_can_be_had),
        new(A_released_file_takes_the_private_side_with_it),
        new(The_release_of_another_file_changes_nothing),
        new(State_read_back_is_the_same_state),
        new(A_write_fault_is_mapped_unless_the_slot_is_read_only),
        new(The_slot_answers_alike_on_every_store),
        new(The_frame_in_front_of_a_shared_page_is_found),
        new(Frames_in_front_of_a_run_of_shared_pages_are_found_within_the_slot),
        new(Nothing_is_found_in_front_of_another_source),
        new(What_was_found_before_stays),
    ];

    /// <summary>Whether the slot under test is read-only.</summary>
    protected virtual bool ExpectsReadOnly => false;

    /// <summary>Whether the file serves shared pages too (an in-place file), so that no page of the process is used.</summary>
    protected virtual bool FileServesShared => false;

    /// <summary>
    /// Makes a slot of the parts: bound to the file and in the VM's table. At least its lower half serves shared pages, at least
    /// its upper half private ones.
    /// </summary>
    /// <param name="parts">The parts.</param>
    protected abstract IMemslot CreateSlot(MemslotParts parts);
}
