namespace GuestMemory.Testing;

/// <summary>What every secondary MMU promises. Inherit it and make a tree; the rest are hooks for trees that need more.</summary>
/// <remarks>
/// The tree is <see cref="IStateful"/>, as the VM's state holds it, and its entries are known to the machine's reverse index, where an
/// <see cref="IFrameMapper"/> with the guest's own number answers for them and goes with the VM. Each promise makes its own machine.
/// Before it maps, a promise prepares the frames with the machine's ownership table.
/// </remarks>
public abstract partial class SecondaryMmuContract : Contract
{
    private static readonly Gfn Base = new(0x200);
    private static readonly GfnRange Slot = new(new(0x240), 4);
    private static readonly PageIndex SharedPage = new(0x7f00);
    private Machine? _machine;
    private VirtualMachine? _vm;

    /// <inheritdoc/>
    public sealed override string Name => nameof(SecondaryMmuContract);

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Promise> Promises =>
    [
        new(The_tree_makes_entries_of_some_kind),
        new(A_walk_finds_what_was_mapped_and_nothing_beside_it),
        new(The_reverse_index_knows_what_was_mapped),
        new(Leaves_in_a_row_are_mapped_one_by_one),
        new(Mapping_the_same_again_changes_nothing),
        new(A_map_with_a_sample_from_before_an_invalidation_is_retried),
        new(A_map_during_an_invalidation_of_its_frames_is_retried),
        new(A_large_map_during_an_invalidation_of_a_part_is_retried),
        new(A_frame_is_not_mapped_as_both_kinds),
        new(A_frame_is_not_mapped_as_both_kinds_by_two_VMs),
        new(What_the_tree_does_not_make_is_refused),
        new(A_frame_that_another_replaced_is_given_back_by_a_flush_only),
        new(No_new_walk_finds_what_was_unmapped),
        new(An_unmap_that_is_not_done_changes_nothing),
        new(Unmap_takes_only_the_kinds_it_names),
        new(Unmapping_a_part_of_a_large_leaf_takes_whole_leaves),
        new(Frames_are_given_back_by_flush_and_not_before),
        new(Flush_ends_use_by_running_vCPUs),
        new(Flush_alone_unmaps_nothing),
        new(Unmapping_and_flushing_nothing_is_done),
        new(A_frame_awaiting_its_flush_is_not_mapped_as_the_other_kind),
        new(A_frame_given_back_can_be_had_by_the_next_guest),
        new(Split_keeps_frames_kind_and_rights),
        new(After_a_split_one_leaf_is_unmapped_alone),
        new(Splitting_a_small_leaf_or_nothing_changes_nothing),
        new(Merge_leads_where_the_leaves_led),
        new(Leaves_that_are_not_alike_are_not_merged),
        new(A_merge_that_starts_off_its_alignment_is_refused),
        new(State_read_back_is_the_same_state),
        new(A_VM_that_is_gone_maps_nothing),
        new(Converting_on_a_dual_store_keeps_the_frame_rule),
        new(Converting_on_an_in_place_store_keeps_the_frame_rule),
        new(Converting_on_a_dual_store_keeps_the_address_rule),
        new(Converting_on_an_in_place_store_keeps_the_address_rule),
    ];

    /// <summary>Kinds the tree makes entries of. A kind that is not named must be refused.</summary>
    protected virtual KindFilter Kinds => KindFilter.Both;

    /// <summary>Largest leaf the tree makes. A larger one must be refused.</summary>
    protected virtual PageSize LargestLeaf => PageSize.Size4K;

    /// <summary>Whether <see cref="ISecondaryMmu.Unmap"/> itself ends use, so that nothing is left for <see cref="ISecondaryMmu.Flush"/> to give back.</summary>
    protected virtual bool UnmapEndsUse => false;

    /// <summary>Whether a large leaf named in part is split first, so that only the part goes: a tree does that whose unmapping loses the bytes.</summary>
    protected virtual bool UnmapSplitsLeaves => false;

    /// <summary>Makes the tree of a VM.</summary>
    /// <param name="vm">The VM.</param>
    protected abstract ISecondaryMmu CreateMmu(VirtualMachine vm);

    /// <summary>Makes the machine's ownership table.</summary>
    /// <param name="machine">The machine.</param>
    protected virtual IOwnershipTable CreateOwnershipTable(Machine machine) => new SoftwareOwnershipTable();

    /// <summary>Takes frames that may stand behind input frames: contiguous, the first aligned.</summary>
    /// <param name="vm">The VM whose tree will map them.</param>
    /// <param name="gfn">First input frame.</param>
    /// <param name="count">How many.</param>
    /// <param name="alignment">Size that the first frame is aligned to, as <paramref name="gfn"/> is.</param>
    protected virtual PfnRange TakeFrames(VirtualMachine vm, Gfn gfn, ulong count, PageSize alignment)
    {
        ArgumentNullException.ThrowIfNull(vm);
        Holds(vm.Machine.Frames.TryTake(new(alignment.Order(), count, FramePurpose.Guest), out var frames));
        return frames;
    }

    /// <summary>Does what has to happen before the host may take translations away, where the guest has a say or has to end first.</summary>
    /// <param name="vm">The VM.</param>
    protected virtual void AllowUnmap(VirtualMachine vm)
    {
    }
}
