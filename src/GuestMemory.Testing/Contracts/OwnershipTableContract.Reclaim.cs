namespace GuestMemory.Testing;

/// <content>How a frame becomes the host's again.</content>
public abstract partial class OwnershipTableContract
{
    /// <summary>A reclaimed run is the host's, owner and borrowers gone.</summary>
    public void A_reclaimed_run_is_the_host_s()
    {
        Begin();
        foreach (var kind in new[] { PageKind.Private, PageKind.Shared })
        {
            Renew();
            var given = Given(kind, 4, out var vm);
            TakeBack(vm, given);

            RequireSuccess(Table.Reclaim(given.Frames));

            RequireHosts(given);
        }
    }

    /// <summary>A part is given back alone, or not at all.</summary>
    public void Reclaiming_a_part_leaves_the_rest()
    {
        Begin();
        var given = Given(PageKind.Private, 4, out var vm);
        var part = Part(given, 1, 2);
        TakeBack(vm, part);
        var before = Snapshot.Of(Machine);

        if (Table.Reclaim(part.Frames).IsSuccess)
        {
            RequireHosts(part);
        }
        else
        {
            Unchanged(before, "A refused reclaim");
        }

        RequireOwned(Part(given, 0, 1));
        RequireOwned(Part(given, 3, 1));
    }

    /// <summary>A reclaim out of its turn is done or refused; refused, the frames are as they were, for the caller to leak.</summary>
    public void A_refused_reclaim_changes_nothing()
    {
        Begin();
        foreach (var kind in new[] { PageKind.Private, PageKind.Shared })
        {
            Renew();
            var given = Given(kind, 4, out _);
            var before = Snapshot.Of(Machine);

            if (Table.Reclaim(given.Frames).IsSuccess)
            {
                RequireHosts(given);
            }
            else
            {
                Unchanged(before, "A refused reclaim");
            }
        }
    }

    /// <summary>The host's own frames are reclaimed without effect.</summary>
    public void Reclaiming_what_the_host_has_changes_nothing()
    {
        Begin();
        var frames = TakeFrames(4);
        var before = Snapshot.Of(Machine);

        Table.Reclaim(frames);

        Unchanged(before, "Reclaiming the host's own");
    }

    /// <summary>A reclaimed frame can be given to the next guest.</summary>
    public void A_reclaimed_run_can_be_given_to_the_next()
    {
        Begin();
        var given = Given(PageKind.Private, 4, out var vm);
        TakeBack(vm, given);
        RequireSuccess(Table.Reclaim(given.Frames));
        var next = NewVm();
        var request = given with { Guest = next.Id, Gfn = Base + 0x80 };

        Give(next, request);

        RequireOwned(request);
    }
}
