namespace GuestMemory.Testing;

/// <content>Whose a frame is, and how it becomes a guest's.</content>
public abstract partial class OwnershipTableContract
{
    /// <summary>Every frame has an answer that means something; after boot none is a guest's.</summary>
    public void Every_frame_has_an_answer_and_at_first_no_guest()
    {
        Begin();
        foreach (var frame in EachFrame())
        {
            var entry = Table.LookUp(frame);

            RequireSane(frame, entry);
            NotEqual(OwnerKind.Guest, entry.Owner.Kind);
            Equal(0, entry.Borrowers);
        }
    }

    /// <summary>Looking changes nothing.</summary>
    public void Looking_up_changes_nothing()
    {
        Begin();
        Given(PageKind.Private, 4, out _);
        var before = Snapshot.Of(Machine);

        foreach (var frame in EachFrame())
        {
            RequireSane(frame, Table.LookUp(frame));
        }

        Unchanged(before, "A look-up");
    }

    /// <summary>Each frame of a private run is the guest's, at its own guest frame; the frames around stay the host's.</summary>
    public void A_private_run_is_its_guest_s_frame_by_frame()
    {
        Begin();
        var vm = NewVm();
        var request = Request(vm, PageKind.Private, 4);

        RequireSuccess(Table.Prepare(request));
        Equal(!MappingTransfers, Table.LookUp(request.Frames.Start).Owner == FrameOwner.Of(vm.Id));
        Give(vm, request);

        RequireOwned(request);
        NotEqual(OwnerKind.Guest, Table.LookUp(new(request.Frames.Start.Value - 1)).Owner.Kind);
        NotEqual(OwnerKind.Guest, Table.LookUp(request.Frames.End).Owner.Kind);
    }

    /// <summary>A shared run stays the host's; a table that counts borrowers names this guest.</summary>
    public void A_shared_run_stays_the_host_s()
    {
        Begin();
        var request = Given(PageKind.Shared, 4, out var vm);

        foreach (var frame in Frames(request))
        {
            var entry = Table.LookUp(frame);
            Equal(FrameOwner.Host, entry.Owner);
            Equal(entry.Borrowers > 0 ? vm.Id : GuestId.None, entry.Borrower);
        }
    }

    /// <summary>Prepared once more, before or after the guest has the frames, nothing changes: a fault that is retried prepares again.</summary>
    public void Preparing_again_changes_nothing()
    {
        Begin();
        foreach (var kind in new[] { PageKind.Private, PageKind.Shared })
        {
            Renew();
            var vm = NewVm();
            var request = Request(vm, kind, 4);
            RequireSuccess(Table.Prepare(request));
            RequirePreparesAgain(request);
            Give(vm, request);
            RequirePreparesAgain(request);
            RequirePreparesAgain(Part(request, 1, 2));
        }
    }

    /// <summary>What one guest owns no other is given, whatever the answer (I5).</summary>
    public void Preparing_for_a_second_guest_takes_nothing_from_the_first()
    {
        Begin();
        foreach (var kind in new[] { PageKind.Private, PageKind.Shared })
        {
            Renew();
            var given = Given(PageKind.Private, 4, out _);
            var second = NewVm();
            var before = Snapshot.Of(Machine);

            var outcome = Table.Prepare(given with { Guest = second.Id, Kind = kind, Gfn = Base + 0x40 });

            RequireOwned(given);
            if (!outcome.IsSuccess)
            {
                Unchanged(before, "A refused preparation");
            }
        }
    }

    /// <summary>A run of which one frame cannot be had is not prepared in part.</summary>
    public void A_run_is_prepared_whole_or_not_at_all()
    {
        Begin();
        var vm = NewVm();
        var other = NewVm();
        var run = Request(vm, PageKind.Private, 4);
        var last = Part(run, 3, 1) with { Guest = other.Id, Gfn = Base };
        Give(other, last);
        var before = Snapshot.Of(Machine);

        var outcome = Table.Prepare(run);

        RequireOwned(last);
        if (!outcome.IsSuccess)
        {
            Unchanged(before, "A refused preparation");
        }
    }

    /// <summary>Canonical bytes read back are the same state.</summary>
    public void State_read_back_is_the_same_state()
    {
        Begin();
        Given(PageKind.Private, 4, out _);
        Given(PageKind.Shared, 2, out _);
        var before = Snapshot.Of(Machine);
        var written = Machine.WriteState().ToArray();
        Given(PageKind.Private, 1, out _);

        Machine.ReadState(written);

        Unchanged(before, "Writing the state and reading it back");
    }
}
