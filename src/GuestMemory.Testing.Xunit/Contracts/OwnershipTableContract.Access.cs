using Xunit;

namespace GuestMemory.Testing;

/// <content>Judging accesses; splitting and merging entries.</content>
public abstract partial class OwnershipTableContract
{
    private static readonly AccessKind[] Accesses = [AccessKind.Read, AccessKind.Write, AccessKind.Execute];

    /// <summary>The guest that has a frame uses it.</summary>
    [Fact]
    public void The_owner_s_own_access_is_allowed()
    {
        var given = Given(PageKind.Private, 2, out var vm);

        foreach (var kind in Accesses)
        {
            AssertSuccess(Table.Check(Access(FrameOwner.Of(vm.Id), kind, given, offset: 1, encrypted: true)));
        }
    }

    /// <summary>What is lent is used by the host and by the guest it is lent to.</summary>
    [Fact]
    public void Host_and_borrower_use_what_is_shared()
    {
        var given = Given(PageKind.Shared, 2, out var vm);

        AssertSuccess(Table.Check(Access(FrameOwner.Host, AccessKind.Read, given, 1, encrypted: false)));
        AssertSuccess(Table.Check(Access(FrameOwner.Host, AccessKind.Write, given, 1, encrypted: false)));
        AssertSuccess(Table.Check(Access(FrameOwner.Of(vm.Id), AccessKind.Read, given, 1, encrypted: false)));
        AssertSuccess(Table.Check(Access(FrameOwner.Of(vm.Id), AccessKind.Write, given, 1, encrypted: false)));
    }

    /// <summary>Neither the host nor another guest writes to what a guest owns, encrypted or not, through a mapping of any size.</summary>
    [Fact]
    public void Nobody_else_writes_to_a_private_frame()
    {
        var given = Given(PageKind.Private, 2, out _);
        FrameOwner[] others = [FrameOwner.Host, FrameOwner.Of(NewVm().Id)];

        foreach (var (accessor, size, encrypted) in others.SelectMany(other => Sizes().SelectMany(size => new[] { (other, size, true), (other, size, false) })))
        {
            var access = Access(accessor, AccessKind.Write, given, 1, encrypted) with { MappingSize = size };
            var outcome = Table.Check(access);
            Assert.True(outcome.IsSuccess != StopsForeignWrites, $"{access}: {outcome}");
            Assert.True(outcome.IsSuccess || outcome.Lane == Lane.Fault, $"{access} is answered by {outcome}, which is no fault.");
        }
    }

    /// <summary>The host uses its own frames, and those that came back to it.</summary>
    [Fact]
    public void The_host_writes_to_what_is_its_own()
    {
        var given = Given(PageKind.Private, 2, out var vm);
        var own = given with { Frames = TakeFrames(2) };
        AssertSuccess(Table.Check(Access(FrameOwner.Host, AccessKind.Write, own, 1, encrypted: false)));

        TakeBack(vm, given);
        AssertSuccess(Table.Reclaim(given.Frames));

        AssertSuccess(Table.Check(Access(FrameOwner.Host, AccessKind.Write, given, 1, encrypted: false)));
    }

    /// <summary>An access is judged; the judgement leaves no trace, allowed or denied.</summary>
    [Fact]
    public void Checking_changes_no_entry()
    {
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

        before.AssertUnchanged("Checking accesses");
    }

    /// <summary>Splitting changes the size of entries and nothing else; splitting again changes nothing.</summary>
    [Fact]
    public void Split_keeps_owner_and_guest_frames()
    {
        var (given, page) = GivenLarge();

        var outcome = Table.Split(page);
        AssertOwned(given);
        Assert.True(outcome.IsSuccess || MappingTransfers, $"The split answered {outcome}.");
        Assert.True(MappingTransfers || Table.LookUp(page.Start + 5).EntrySize == PageSize.Size4K);

        var before = Snapshot.Of(Machine);
        Table.Split(page);
        Table.Split(new(page.Start, PageSize.Size4K));
        before.AssertUnchanged("Splitting what is small");
    }

    /// <summary>Merging changes the size of entries and nothing else.</summary>
    [Fact]
    public void Merge_keeps_owner_and_guest_frames()
    {
        var (given, page) = GivenLarge();
        Table.Split(page);
        var before = Snapshot.Of(Machine);

        if (!Table.Merge(page).IsSuccess)
        {
            before.AssertUnchanged("A refused merge");
        }

        AssertOwned(given);
    }

    /// <summary>Frames of different owners are never under one entry.</summary>
    [Fact]
    public void Merge_gives_nobody_a_frame_of_another()
    {
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
            before.AssertUnchanged("A refused merge");
        }

        AssertOwned(lower);
        AssertOwned(upper);
        Assert.NotEqual(OwnerKind.Guest, Table.LookUp(frames.Start + 511).Owner.Kind);
        Assert.All(new[] { frames.Start, frames.Start + 511 }, frame => Assert.Equal(PageSize.Size4K, Table.LookUp(frame).EntrySize));
    }

    private static IEnumerable<PageSize> Sizes() => [PageSize.Size4K, PageSize.Size2M, PageSize.Size1G];

    private FrameAccess Access(FrameOwner accessor, AccessKind kind, in OwnershipRequest given, ulong offset, bool encrypted)
    {
        var frame = given.Frames.Start + offset;
        return new(accessor, kind, frame, Table.LookUp(frame).EntrySize, encrypted, given.Gfn + offset);
    }

    private (OwnershipRequest Given, PhysicalPage Page) GivenLarge()
    {
        var vm = NewVm();
        var frames = TakeFrames(512, PageSize.Size2M);
        var request = new OwnershipRequest(frames, vm.Id, Base, PageKind.Private, PageSize.Size2M);
        Give(vm, request);
        AssertOwned(request);
        return (request, new(frames.Start, PageSize.Size2M));
    }
}
