namespace GuestMemory.Testing.Tests.Mutants;

/// <summary>Ownership tables with one mistake each, and the promise that catches it.</summary>
internal static class TableMutants
{
    public static IReadOnlyList<(string Mistake, string Promise, Func<FaultyTable> Make)> All { get; } =
    [
        ("knows nothing of high frames", nameof(OwnershipTableContract.Every_frame_has_an_answer_and_at_first_no_guest), static () => new()
        {
            OnLookUp = static (table, frame) => frame.Value < 4000 ? table.Table.LookUp(frame) : default(OwnershipEntry) with { EntrySize = (PageSize)7 },
        }),
        ("takes a frame when asked whose it is", nameof(OwnershipTableContract.Looking_up_changes_nothing), static () => new() { OnLookUp = LookUpAndTake }),
        ("gives the first frame only", nameof(OwnershipTableContract.A_private_run_is_its_guest_s_frame_by_frame),
            static () => new() { OnPrepare = static (table, request) => table.Table.Prepare(request with { Frames = new(request.Frames.Start, 1) }) }),
        ("puts every frame at one guest frame", nameof(OwnershipTableContract.A_private_run_is_its_guest_s_frame_by_frame), static () => new() { OnPrepare = PrepareAtOne }),
        ("gives away what is only lent", nameof(OwnershipTableContract.A_shared_run_stays_the_host_s),
            static () => new() { OnPrepare = static (table, request) => table.Table.Prepare(request with { Kind = PageKind.Private }) }),
        ("prepares once only", nameof(OwnershipTableContract.Preparing_again_changes_nothing), static () => new() { OnPrepare = PrepareOnce }),
        ("gives one frame to two guests in turn", nameof(OwnershipTableContract.Preparing_for_a_second_guest_takes_nothing_from_the_first),
            static () => new() { OnPrepare = PrepareByForce }),
        ("prepares until it cannot", nameof(OwnershipTableContract.A_run_is_prepared_whole_or_not_at_all), static () => new() { OnPrepare = PrepareInPart }),
        ("says it reclaimed", nameof(OwnershipTableContract.A_reclaimed_run_is_the_host_s), static () => new() { OnReclaim = static (_, _) => Outcome.Success }),
        ("leaves the last frame at reclaim", nameof(OwnershipTableContract.A_reclaimed_run_is_the_host_s),
            static () => new() { OnReclaim = static (table, frames) => table.Table.Reclaim(new(frames.Start, frames.Count - 1)) }),
        ("reclaims the neighbours too", nameof(OwnershipTableContract.Reclaiming_a_part_leaves_the_rest),
            static () => new() { OnReclaim = static (table, frames) => table.Table.Reclaim(new(frames.Start, frames.Count + 1)) }),
        ("reclaims and then refuses", nameof(OwnershipTableContract.A_refused_reclaim_changes_nothing), static () => new() { OnReclaim = ReclaimAndRefuse }),
        ("takes the host's own frames out of use", nameof(OwnershipTableContract.Reclaiming_what_the_host_has_changes_nothing),
            static () => new() { OnReclaim = ReclaimAndKeep }),
        ("remembers the first owner for ever", nameof(OwnershipTableContract.A_reclaimed_run_can_be_given_to_the_next), Remembering),
        ("keeps something out of its state", nameof(OwnershipTableContract.State_read_back_is_the_same_state), static () => new() { ForgetsState = true }),
        ("denies the owner", nameof(OwnershipTableContract.The_owner_s_own_access_is_allowed),
            static () => new() { OnCheck = static (table, access) => access.Encrypted ? Denial(access) : table.Table.Check(access) }),
        ("denies the host what it lent", nameof(OwnershipTableContract.Host_and_borrower_use_what_is_shared), static () => new()
        {
            OnCheck = static (table, access) => table.Table.LookUp(access.Frame).Borrowers > 0 && access.Accessor == FrameOwner.Host ? Denial(access) : table.Table.Check(access),
        }),
        ("lets the host write", nameof(OwnershipTableContract.Nobody_else_writes_to_a_private_frame),
            static () => new() { OnCheck = static (table, access) => access.Accessor == FrameOwner.Host ? Outcome.Success : table.Table.Check(access) }),
        ("lets a foreign guest write in the clear", nameof(OwnershipTableContract.Nobody_else_writes_to_a_private_frame), static () => new()
        {
            OnCheck = static (table, access) => access is { Accessor.Kind: OwnerKind.Guest, Encrypted: false } ? Outcome.Success : table.Table.Check(access),
        }),
        ("lets large mappings write", nameof(OwnershipTableContract.Nobody_else_writes_to_a_private_frame),
            static () => new() { OnCheck = static (table, access) => access.MappingSize > PageSize.Size4K ? Outcome.Success : table.Table.Check(access) }),
        ("denies the host its own", nameof(OwnershipTableContract.The_host_writes_to_what_is_its_own),
            static () => new() { OnCheck = static (table, access) => access.Accessor == FrameOwner.Host ? Denial(access) : table.Table.Check(access) }),
        ("takes a frame for a denied access", nameof(OwnershipTableContract.Checking_changes_no_entry), static () => new() { OnCheck = CheckAndReclaim }),
        ("loses the upper half at a split", nameof(OwnershipTableContract.Split_keeps_owner_and_guest_frames),
            static () => new() { OnSplit = static (table, page) => table.Table.Reclaim(new(page.Start + (page.Size.FrameCount() / 2), page.Size.FrameCount() / 2)) }),
        ("moves guest frames at a merge", nameof(OwnershipTableContract.Merge_keeps_owner_and_guest_frames), static () => new() { OnMerge = MergeByForce(new(0x999)) }),
        ("merges over another's frames", nameof(OwnershipTableContract.Merge_gives_nobody_a_frame_of_another), static () => new() { OnMerge = MergeByForce(null) }),
    ];

    private static Outcome Denial(in FrameAccess access) => CoreRules.Denied.Refuse(access.Frame.Value) with { Lane = Lane.Fault };

    private static OwnershipEntry LookUpAndTake(FaultyTable table, Pfn frame)
    {
        var entry = table.Table.LookUp(frame);
        table.Table.Prepare(new(new(frame, 1), new(9), default, PageKind.Private));
        return entry;
    }

    private static Outcome PrepareAtOne(FaultyTable table, OwnershipRequest request)
    {
        for (var frame = request.Frames.Start; frame < request.Frames.End; frame += 1)
        {
            table.Table.Prepare(request with { Frames = new(frame, 1) });
        }

        return Outcome.Success;
    }

    private static Outcome PrepareOnce(FaultyTable table, OwnershipRequest request)
    {
        var entry = table.Table.LookUp(request.Frames.Start);
        return entry.Owner == FrameOwner.Host && entry.Borrowers == 0 ? table.Table.Prepare(request) : CoreRules.WrongOwner.Refuse(request.Frames.Start.Value);
    }

    private static Outcome PrepareByForce(FaultyTable table, OwnershipRequest request)
    {
        table.Table.Reclaim(request.Frames);
        return table.Table.Prepare(request);
    }

    private static Outcome PrepareInPart(FaultyTable table, OwnershipRequest request)
    {
        for (var offset = 0UL; offset < request.Frames.Count; offset++)
        {
            var outcome = table.Table.Prepare(request with { Frames = new(request.Frames.Start + offset, 1), Gfn = request.Gfn + offset });
            if (!outcome.IsSuccess)
            {
                return outcome;
            }
        }

        return Outcome.Success;
    }

    private static Outcome ReclaimAndRefuse(FaultyTable table, PfnRange frames)
    {
        table.Table.Reclaim(frames);
        return CoreRules.WrongOwner.Refuse(frames.Start.Value);
    }

    private static Outcome ReclaimAndKeep(FaultyTable table, PfnRange frames)
    {
        var isHosts = table.Table.LookUp(frames.Start) is { Borrowers: 0, Owner.Kind: OwnerKind.Host };
        return isHosts ? table.Table.Prepare(new(frames, new(9), default, PageKind.Private)) : table.Table.Reclaim(frames);
    }

    private static FaultyTable Remembering()
    {
        var first = new Dictionary<Pfn, GuestId>();
        return new()
        {
            OnPrepare = (table, request) => first.TryAdd(request.Frames.Start, request.Guest) || first[request.Frames.Start] == request.Guest
                ? table.Table.Prepare(request)
                : CoreRules.WrongOwner.Refuse(request.Frames.Start.Value),
        };
    }

    private static Outcome CheckAndReclaim(FaultyTable table, FrameAccess access)
    {
        var outcome = table.Table.Check(access);
        if (!outcome.IsSuccess)
        {
            table.Table.Reclaim(new(access.Frame, 1));
        }

        return outcome;
    }

    private static Func<FaultyTable, PhysicalPage, Outcome> MergeByForce(Gfn? gfn) => (table, page) =>
    {
        var entry = table.Table.LookUp(page.Start);
        table.Table.Reclaim(page.Frames);
        return table.Table.Prepare(new(page.Frames, entry.Owner.Guest, gfn ?? entry.Gfn, PageKind.Private));
    };
}
