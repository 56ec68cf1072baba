using Xunit;

namespace GuestMemory.Testing;

/// <summary>What every ownership table promises. Inherit it in a public class and make a table; the rest are hooks for tables that need more.</summary>
/// <remarks>
/// The table must be <see cref="IStateful"/>, as the machine's state holds it. Each fact makes its own machine, which has at
/// least one VM; its tree is there for tables where mapping transfers ownership.
/// </remarks>
public abstract partial class OwnershipTableContract
{
    private static readonly Gfn Base = new(0x200);
    private Machine? _machine;

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
        AssertSuccess(vm.Machine.Ownership.Prepare(request));
    }

    /// <summary>Does what comes before <see cref="IOwnershipTable.Reclaim"/>: unmaps and flushes, ends the guest where only that frees its frames.</summary>
    /// <param name="vm">The guest.</param>
    /// <param name="request">The frames, as they were given or a part of them.</param>
    protected virtual void TakeBack(VirtualMachine vm, OwnershipRequest request)
    {
    }

    /// <summary>No inheriting class hides or skips a fact.</summary>
    [Fact]
    public void Every_fact_of_the_contract_runs() => ContractFacts.RequireAll(GetType(), typeof(OwnershipTableContract));

    /// <summary>Every frame has an answer that means something; after boot none is a guest's.</summary>
    [Fact]
    public void Every_frame_has_an_answer_and_at_first_no_guest()
    {
        foreach (var frame in EachFrame())
        {
            var entry = Table.LookUp(frame);

            AssertSane(frame, entry);
            Assert.NotEqual(OwnerKind.Guest, entry.Owner.Kind);
            Assert.Equal(0, entry.Borrowers);
        }
    }

    /// <summary>Looking changes nothing.</summary>
    [Fact]
    public void Looking_up_changes_nothing()
    {
        Given(PageKind.Private, 4, out _);
        var before = Snapshot.Of(Machine);

        foreach (var frame in EachFrame())
        {
            AssertSane(frame, Table.LookUp(frame));
        }

        before.AssertUnchanged("A look-up");
    }

    /// <summary>Each frame of a private run is the guest's, at its own guest frame; the frames around stay the host's.</summary>
    [Fact]
    public void A_private_run_is_its_guest_s_frame_by_frame()
    {
        var vm = NewVm();
        var request = Request(vm, PageKind.Private, 4);

        AssertSuccess(Table.Prepare(request));
        Assert.Equal(!MappingTransfers, Table.LookUp(request.Frames.Start).Owner == FrameOwner.Of(vm.Id));
        Give(vm, request);

        AssertOwned(request);
        Assert.NotEqual(OwnerKind.Guest, Table.LookUp(new(request.Frames.Start.Value - 1)).Owner.Kind);
        Assert.NotEqual(OwnerKind.Guest, Table.LookUp(request.Frames.End).Owner.Kind);
    }

    /// <summary>A shared run stays the host's; a table that counts borrowers names this guest.</summary>
    [Fact]
    public void A_shared_run_stays_the_host_s()
    {
        var request = Given(PageKind.Shared, 4, out var vm);

        foreach (var frame in Frames(request))
        {
            var entry = Table.LookUp(frame);
            Assert.Equal(FrameOwner.Host, entry.Owner);
            Assert.Equal(entry.Borrowers > 0 ? vm.Id : GuestId.None, entry.Borrower);
        }
    }

    /// <summary>Prepared once more, before or after the guest has the frames, nothing changes: a fault that is retried prepares again.</summary>
    [Fact]
    public void Preparing_again_changes_nothing()
    {
        foreach (var kind in new[] { PageKind.Private, PageKind.Shared })
        {
            _machine = null;
            var vm = NewVm();
            var request = Request(vm, kind, 4);
            AssertSuccess(Table.Prepare(request));
            AssertPreparesAgain(request);
            Give(vm, request);
            AssertPreparesAgain(request);
            AssertPreparesAgain(Part(request, 1, 2));
        }
    }

    /// <summary>What one guest owns no other is given, whatever the answer (I5).</summary>
    [Fact]
    public void Preparing_for_a_second_guest_takes_nothing_from_the_first()
    {
        foreach (var kind in new[] { PageKind.Private, PageKind.Shared })
        {
            _machine = null;
            var given = Given(PageKind.Private, 4, out _);
            var second = NewVm();
            var before = Snapshot.Of(Machine);

            var outcome = Table.Prepare(given with { Guest = second.Id, Kind = kind, Gfn = Base + 0x40 });

            AssertOwned(given);
            if (!outcome.IsSuccess)
            {
                before.AssertUnchanged("A refused preparation");
            }
        }
    }

    /// <summary>A run of which one frame cannot be had is not prepared in part.</summary>
    [Fact]
    public void A_run_is_prepared_whole_or_not_at_all()
    {
        var vm = NewVm();
        var other = NewVm();
        var run = Request(vm, PageKind.Private, 4);
        var last = Part(run, 3, 1) with { Guest = other.Id, Gfn = Base };
        Give(other, last);
        var before = Snapshot.Of(Machine);

        var outcome = Table.Prepare(run);

        AssertOwned(last);
        if (!outcome.IsSuccess)
        {
            before.AssertUnchanged("A refused preparation");
        }
    }

    /// <summary>A reclaimed run is the host's, owner and borrowers gone.</summary>
    [Fact]
    public void A_reclaimed_run_is_the_host_s()
    {
        foreach (var kind in new[] { PageKind.Private, PageKind.Shared })
        {
            _machine = null;
            var given = Given(kind, 4, out var vm);
            TakeBack(vm, given);

            AssertSuccess(Table.Reclaim(given.Frames));

            AssertHosts(given);
        }
    }

    /// <summary>A part is given back alone, or not at all.</summary>
    [Fact]
    public void Reclaiming_a_part_leaves_the_rest()
    {
        var given = Given(PageKind.Private, 4, out var vm);
        var part = Part(given, 1, 2);
        TakeBack(vm, part);
        var before = Snapshot.Of(Machine);

        if (Table.Reclaim(part.Frames).IsSuccess)
        {
            AssertHosts(part);
        }
        else
        {
            before.AssertUnchanged("A refused reclaim");
        }

        AssertOwned(Part(given, 0, 1));
        AssertOwned(Part(given, 3, 1));
    }

    /// <summary>A reclaim out of its turn is done or refused; refused, the frames are as they were, for the caller to leak.</summary>
    [Fact]
    public void A_refused_reclaim_changes_nothing()
    {
        foreach (var kind in new[] { PageKind.Private, PageKind.Shared })
        {
            _machine = null;
            var given = Given(kind, 4, out _);
            var before = Snapshot.Of(Machine);

            if (Table.Reclaim(given.Frames).IsSuccess)
            {
                AssertHosts(given);
            }
            else
            {
                before.AssertUnchanged("A refused reclaim");
            }
        }
    }

    /// <summary>The host's own frames are reclaimed without effect.</summary>
    [Fact]
    public void Reclaiming_what_the_host_has_changes_nothing()
    {
        var frames = TakeFrames(4);
        var before = Snapshot.Of(Machine);

        Table.Reclaim(frames);

        before.AssertUnchanged("Reclaiming the host's own");
    }

    /// <summary>A reclaimed frame can be given to the next guest.</summary>
    [Fact]
    public void A_reclaimed_run_can_be_given_to_the_next()
    {
        var given = Given(PageKind.Private, 4, out var vm);
        TakeBack(vm, given);
        AssertSuccess(Table.Reclaim(given.Frames));
        var next = NewVm();
        var request = given with { Guest = next.Id, Gfn = Base + 0x80 };

        Give(next, request);

        AssertOwned(request);
    }

    /// <summary>Canonical bytes read back are the same state.</summary>
    [Fact]
    public void State_read_back_is_the_same_state()
    {
        Given(PageKind.Private, 4, out _);
        Given(PageKind.Shared, 2, out _);
        Assert.IsAssignableFrom<IStateful>(Table);
        var before = Snapshot.Of(Machine);
        var written = Machine.WriteState().ToArray();
        Given(PageKind.Private, 1, out _);

        Machine.ReadState(written);

        before.AssertUnchanged("Writing the state and reading it back");
    }

    private Machine Machine => _machine ??= new MachineFactory(
        new() { Frames = 4096, OwnershipTable = CreateTable }, [new ContractTechnology(CreateMmu)]).Create();

    private IOwnershipTable Table => Machine.Ownership;

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
        Assert.True(Machine.Frames.TryTake(new(0, 2, FramePurpose.Guest), out _));
        Assert.True(Machine.Frames.TryTake(new(alignment.Order(), count, FramePurpose.Guest), out var frames));
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

    private void AssertPreparesAgain(in OwnershipRequest request)
    {
        var before = Snapshot.Of(Machine);
        AssertSuccess(Table.Prepare(request));
        before.AssertUnchanged("Preparing again");
    }

    private void AssertOwned(OwnershipRequest request)
    {
        foreach (var frame in Frames(request))
        {
            var entry = Table.LookUp(frame);
            AssertSane(frame, entry);
            Assert.Equal(FrameOwner.Of(request.Guest), entry.Owner);
            Assert.Equal(request.Gfn + (frame - request.Frames.Start), entry.Gfn);
        }
    }

    private void AssertHosts(OwnershipRequest request)
    {
        foreach (var frame in Frames(request))
        {
            var entry = Table.LookUp(frame);
            Assert.Equal(FrameOwner.Host, entry.Owner);
            Assert.Equal(0, entry.Borrowers);
        }
    }

    private static void AssertSane(Pfn frame, in OwnershipEntry entry)
    {
        Assert.True(Enum.IsDefined(entry.Owner.Kind) && Enum.IsDefined(entry.EntrySize) && Enum.IsDefined(entry.LargestMapping), $"{frame}: {entry}");
        Assert.Equal(entry.Owner.Kind == OwnerKind.Guest, entry.Owner.Kind == OwnerKind.Guest && entry.Owner.Guest != GuestId.None);
        Assert.True(entry.Borrowers > 0 || (entry.Borrowers == 0 && entry.Borrower == GuestId.None), $"{frame}: {entry}");
    }

    private static void AssertSuccess(Outcome outcome) => Assert.True(outcome.IsSuccess, $"The table answered {outcome}.");
}
