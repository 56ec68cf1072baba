namespace GuestMemory.Testing;

/// <content>Splitting and merging entries.</content>
public abstract partial class OwnershipTableContract
{
    /// <summary>Splitting changes the size of entries and nothing else; splitting again changes nothing.</summary>
    public void Split_keeps_owner_and_guest_frames()
    {
        Begin();
        var (given, page) = GivenLarge();

        var outcome = Table.Split(page);
        RequireOwned(given);
        Holds(outcome.IsSuccess || MappingTransfers, $"The split answered {outcome}");
        Holds(MappingTransfers || Table.LookUp(page.Start + 5).EntrySize == PageSize.Size4K);

        var before = Snapshot.Of(Machine);
        Table.Split(page);
        Table.Split(new(page.Start, PageSize.Size4K));
        Unchanged(before, "Splitting what is small");
    }

    /// <summary>Merging changes the size of entries and nothing else.</summary>
    public void Merge_keeps_owner_and_guest_frames()
    {
        Begin();
        var (given, page) = GivenLarge();
        Table.Split(page);
        var before = Snapshot.Of(Machine);

        if (!Table.Merge(page).IsSuccess)
        {
            Unchanged(before, "A refused merge");
        }

        RequireOwned(given);
    }

    /// <summary>Frames of different owners are never under one entry.</summary>
    public void Merge_gives_nobody_a_frame_of_another()
    {
        Begin();
        var first = NewVm();
        var second = NewVm();
        var frames = TakeFrames(512, PageSize.Size2M);
        var lower = new OwnershipRequest(new(frames.Start, 256), first.Id, Base, PageKind.Private);
        var upper = new OwnershipRequest(new(frames.Start + 256, 255), second.Id, Base, PageKind.Private);
        Give(first, lower);
        Give(second, upper);
        var before = Snapshot.Of(Machine);

        if (!Table.Merge(new(frames.Start, PageSize.Size2M)).IsSuccess)
        {
            Unchanged(before, "A refused merge");
        }

        RequireOwned(lower);
        RequireOwned(upper);
        NotEqual(OwnerKind.Guest, Table.LookUp(frames.Start + 511).Owner.Kind);
        Equal(PageSize.Size4K, Table.LookUp(frames.Start).EntrySize);
        Equal(PageSize.Size4K, Table.LookUp(frames.Start + 511).EntrySize);
    }
}
