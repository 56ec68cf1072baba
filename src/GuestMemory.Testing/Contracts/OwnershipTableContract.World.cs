namespace GuestMemory.Testing;

/// <content>What a promise builds and asks.</content>
public abstract partial class OwnershipTableContract
{
    private Machine Machine => _machine ??= new MachineFactory(
        new() { Frames = 4096, OwnershipTable = CreateTable }, [new ContractTechnology(CreateMmu)]).Create();

    private IOwnershipTable Table => Machine.Ownership;

    private protected override void Renew() => _machine = null;

    private VirtualMachine NewVm() => Machine.CreateVm(Machine.Technologies[0]);

    private IEnumerable<Pfn> EachFrame()
    {
        for (var frame = Machine.Frames.AllFrames.Start; frame < Machine.Frames.AllFrames.End; frame += 1)
        {
            yield return frame;
        }
    }

    private PfnRange TakeFrames(ulong count, PageSize alignment = PageSize.Size4K)
    {
        // Never next to frame 0 or to another run: neighbours are looked at.
        Holds(Machine.Frames.TryTake(new(0, 2, FramePurpose.Guest), out _));
        Holds(Machine.Frames.TryTake(new(alignment.Order(), count, FramePurpose.Guest), out var frames));
        return frames;
    }

    private OwnershipRequest Request(VirtualMachine vm, PageKind kind, ulong count) => new(TakeFrames(count), vm.Id, Base, kind);

    private OwnershipRequest Given(PageKind kind, ulong count, out VirtualMachine vm)
    {
        vm = NewVm();
        var request = Request(vm, kind, count);
        Give(vm, request);
        return request;
    }

    private static OwnershipRequest Part(in OwnershipRequest request, ulong offset, ulong count) =>
        request with { Frames = new(request.Frames.Start + offset, count), Gfn = request.Gfn + offset };

    private static IEnumerable<Pfn> Frames(OwnershipRequest request)
    {
        for (var frame = request.Frames.Start; frame < request.Frames.End; frame += 1)
        {
            yield return frame;
        }
    }

    private void RequirePreparesAgain(in OwnershipRequest request)
    {
        var before = Snapshot.Of(Machine);
        RequireSuccess(Table.Prepare(request));
        Unchanged(before, "Preparing again");
    }

    private void RequireOwned(OwnershipRequest request)
    {
        foreach (var frame in Frames(request))
        {
            var entry = Table.LookUp(frame);
            RequireSane(frame, entry);
            Equal(FrameOwner.Of(request.Guest), entry.Owner);
            Equal(request.Gfn + (frame - request.Frames.Start), entry.Gfn);
        }
    }

    private void RequireHosts(OwnershipRequest request)
    {
        foreach (var frame in Frames(request))
        {
            var entry = Table.LookUp(frame);
            Equal(FrameOwner.Host, entry.Owner);
            Equal(0, entry.Borrowers);
        }
    }

    private void RequireSane(Pfn frame, in OwnershipEntry entry)
    {
        Holds(Enum.IsDefined(entry.Owner.Kind) && Enum.IsDefined(entry.EntrySize) && Enum.IsDefined(entry.LargestMapping), $"{frame}: {entry}");
        Equal(entry.Owner.Kind == OwnerKind.Guest, entry.Owner.Kind == OwnerKind.Guest && entry.Owner.Guest != GuestId.None);
        Holds(entry.Borrowers > 0 || (entry.Borrowers == 0 && entry.Borrower == GuestId.None), $"{frame}: {entry}");
    }

    private void RequireSuccess(Outcome outcome) => Holds(outcome.IsSuccess, $"The table answered {outcome}");

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
        RequireOwned(request);
        return (request, new(frames.Start, PageSize.Size2M));
    }
}
