namespace GuestMemory.Testing;

/// <content>Judging accesses.</content>
public abstract partial class OwnershipTableContract
{
    /// <summary>The guest that has a frame uses it.</summary>
    public void The_owner_s_own_access_is_allowed()
    {
        Begin();
        var given = Given(PageKind.Private, 2, out var vm);

        foreach (var kind in Accesses)
        {
            RequireSuccess(Table.Check(Access(FrameOwner.Of(vm.Id), kind, given, offset: 1, encrypted: true)));
        }
    }

    /// <summary>What is lent is used by the host and by the guest it is lent to.</summary>
    public void Host_and_borrower_use_what_is_shared()
    {
        Begin();
        var given = Given(PageKind.Shared, 2, out var vm);

        RequireSuccess(Table.Check(Access(FrameOwner.Host, AccessKind.Read, given, 1, encrypted: false)));
        RequireSuccess(Table.Check(Access(FrameOwner.Host, AccessKind.Write, given, 1, encrypted: false)));
        RequireSuccess(Table.Check(Access(FrameOwner.Of(vm.Id), AccessKind.Read, given, 1, encrypted: false)));
        RequireSuccess(Table.Check(Access(FrameOwner.Of(vm.Id), AccessKind.Write, given, 1, encrypted: false)));
    }

    /// <summary>Neither the host nor another guest writes to what a guest owns, encrypted or not, through a mapping of any size.</summary>
    public void Nobody_else_writes_to_a_private_frame()
    {
        Begin();
        var given = Given(PageKind.Private, 2, out _);
        FrameOwner[] others = [FrameOwner.Host, FrameOwner.Of(NewVm().Id)];

        foreach (var (accessor, size, encrypted) in others.SelectMany(other => Sizes().SelectMany(size => new[] { (other, size, true), (other, size, false) })))
        {
            var access = Access(accessor, AccessKind.Write, given, 1, encrypted) with { MappingSize = size };
            var outcome = Table.Check(access);
            Holds(outcome.IsSuccess != StopsForeignWrites, $"{access}: {outcome}");
            Holds(outcome.IsSuccess || outcome.Lane == Lane.Fault, $"{access} is answered by {outcome}, which is no fault");
        }
    }

    /// <summary>The host uses its own frames, and those that came back to it.</summary>
    public void The_host_writes_to_what_is_its_own()
    {
        Begin();
        var given = Given(PageKind.Private, 2, out var vm);
        var own = given with { Frames = TakeFrames(2) };
        RequireSuccess(Table.Check(Access(FrameOwner.Host, AccessKind.Write, own, 1, encrypted: false)));

        TakeBack(vm, given);
        RequireSuccess(Table.Reclaim(given.Frames));

        RequireSuccess(Table.Check(Access(FrameOwner.Host, AccessKind.Write, given, 1, encrypted: false)));
    }

    /// <summary>An access is judged; the judgement leaves no trace, allowed or denied.</summary>
    public void Checking_changes_no_entry()
    {
        Begin();
        var owned = Given(PageKind.Private, 2, out var vm);
        var lent = Given(PageKind.Shared, 2, out _);
        var own = owned with { Frames = TakeFrames(2) };
        FrameOwner[] accessors = [FrameOwner.Host, FrameOwner.Of(vm.Id), FrameOwner.Of(NewVm().Id), new(OwnerKind.Firmware, GuestId.None)];
        var before = Snapshot.Of(Machine);

        foreach (var given in new[] { owned, lent, own })
        {
            foreach (var accessor in accessors)
            {
                foreach (var kind in Accesses)
                {
                    Table.Check(Access(accessor, kind, given, 0, encrypted: true));
                    Table.Check(Access(accessor, kind, given, 1, encrypted: false));
                }
            }
        }

        Unchanged(before, "Checking accesses");
    }
}
