using Xunit;

namespace GuestMemory.Testing;

/// <summary>What every secondary MMU promises. Inherit it in a public class and make a tree; the rest are hooks for trees that need more.</summary>
/// <remarks>
/// The tree is <see cref="IStateful"/>, as the VM's state holds it, and its entries are known to the machine's reverse index, where an
/// <see cref="IFrameMapper"/> with the guest's own number answers for them and goes with the VM. Each fact makes its own machine.
/// Before it maps, a fact prepares the frames with the machine's ownership table.
/// </remarks>
public abstract partial class SecondaryMmuContract
{
    private static readonly Gfn Base = new(0x200);
    private Machine? _machine;
    private VirtualMachine? _vm;

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
        Assert.True(vm.Machine.Frames.TryTake(new(alignment.Order(), count, FramePurpose.Guest), out var frames));
        return frames;
    }

    /// <summary>Does what has to happen before the host may take translations away, where the guest has a say or has to end first.</summary>
    /// <param name="vm">The VM.</param>
    protected virtual void AllowUnmap(VirtualMachine vm)
    {
    }

    /// <summary>No inheriting class hides or skips a fact, and the tree makes entries of some kind.</summary>
    [Fact]
    public void Every_fact_of_the_contract_runs()
    {
        ContractFacts.RequireAll(GetType(), typeof(SecondaryMmuContract));
        Assert.NotEmpty(EachKind);
    }

    /// <summary>A walk finds what was mapped: frame, size, kind and rights; its neighbours stay unmapped.</summary>
    [Fact]
    public void A_walk_finds_what_was_mapped_and_nothing_beside_it()
    {
        foreach (var kind in EachKind)
        {
            Renew();
            foreach (var writable in new[] { true, false })
            {
                var gfn = writable ? Base : Base + 0x10;
                var frames = TakeFrames(Vm, gfn, 1, PageSize.Size4K);

                AssertDone(Map(Vm, gfn, frames, PageSize.Size4K, kind, writable));

                Assert.True(Vm.Mmu.TryTranslate(gfn, out var translation));
                Assert.Equal(new Translation(frames.Start, PageSize.Size4K, kind, writable), translation);
                Assert.False(Vm.Mmu.TryTranslate(gfn + 1, out _));
                Assert.False(Vm.Mmu.TryTranslate(new(gfn.Value - 1), out _));
            }
        }
    }

    /// <summary>Who asks the machine who maps the frame is told this entry, with its kind and place.</summary>
    [Fact]
    public void The_reverse_index_knows_what_was_mapped()
    {
        foreach (var kind in EachKind)
        {
            Renew();
            var frames = Mapped(Base, 1, PageSize.Size4K, kind);

            Assert.Equal(1, Machine.Mappings[frames.Start].Of(kind));
            var mapping = Assert.Single(Machine.Mappings.WhoMaps(frames));
            Assert.Equal((frames, Base.Value, kind), (mapping.Frames, mapping.InputPage, mapping.Kind));
        }
    }

    /// <summary>Several leaves in a row are one request; each is a leaf of its own.</summary>
    [Fact]
    public void Leaves_in_a_row_are_mapped_one_by_one()
    {
        foreach (var kind in EachKind)
        {
            Renew();
            var frames = Mapped(Base, 4, PageSize.Size4K, kind);
            AssertTranslates(Base, frames, PageSize.Size4K, kind);

            AllowUnmap(Vm);
            AssertDone(Vm.Mmu.Unmap(new(Base + 1, 1), KindFilter.Both));

            Assert.False(Vm.Mmu.TryTranslate(Base + 1, out _));
            AssertTranslates(Base, new(frames.Start, 1), PageSize.Size4K, kind);
            AssertTranslates(Base + 2, new(frames.Start + 2, 2), PageSize.Size4K, kind);
        }
    }

    /// <summary>Mapping once more what is mapped is a spurious fault: done, and nothing changes.</summary>
    [Fact]
    public void Mapping_the_same_again_changes_nothing()
    {
        foreach (var kind in EachKind)
        {
            Renew();
            var frames = Mapped(Base, 1, PageSize.Size4K, kind);
            var before = Snapshot.Of(Machine);

            AssertDone(Map(Vm, Base, frames, PageSize.Size4K, kind));

            before.AssertUnchanged("Mapping the same again");
        }
    }

    /// <summary>A fault that took its sample before an invalidation ended starts again, whatever it wants to map.</summary>
    [Fact]
    public void A_map_with_a_sample_from_before_an_invalidation_is_retried()
    {
        foreach (var kind in EachKind)
        {
            Renew();
            var frames = TakeFrames(Vm, Base, 1, PageSize.Size4K);
            var sample = Vm.Sequence.Sample();
            Vm.Sequence.Begin(new(Base, 1));
            Vm.Sequence.End();

            AssertRetried(Base, frames, PageSize.Size4K, kind, sample);
        }
    }

    /// <summary>Nothing is mapped where an invalidation runs, even with a sample taken since it began.</summary>
    [Fact]
    public void A_map_during_an_invalidation_of_its_frames_is_retried()
    {
        foreach (var kind in EachKind)
        {
            Renew();
            var frames = TakeFrames(Vm, Base, 4, PageSize.Size4K);
            var before = Vm.Sequence.Sample();
            Vm.Sequence.Begin(new(Base + 3, 2));

            AssertRetried(Base, frames, PageSize.Size4K, kind, Vm.Sequence.Sample());
            AssertRetried(Base, frames, PageSize.Size4K, kind, before);

            AssertDone(Map(Vm, Base, new(frames.Start, 3), PageSize.Size4K, kind));
        }
    }

    /// <summary>A large leaf is retried when an invalidation runs over any part of it.</summary>
    [Fact]
    public void A_large_map_during_an_invalidation_of_a_part_is_retried()
    {
        foreach (var (size, kind) in EachLargeLeaf)
        {
            var gfn = new Gfn(size.FrameCount());
            var frames = TakeFrames(Vm, gfn, size.FrameCount(), size);
            Vm.Sequence.Begin(new(gfn + (size.FrameCount() - 1), 1));

            AssertRetried(gfn, frames, size, kind, Vm.Sequence.Sample());
        }
    }

    /// <summary>Unmap before convert: while an entry of one kind stands, none of the other is made (I1).</summary>
    [Fact]
    public void A_frame_is_not_mapped_as_both_kinds()
    {
        foreach (var kind in EachKind)
        {
            Renew();
            var other = kind == PageKind.Private ? PageKind.Shared : PageKind.Private;
            var frames = Mapped(Base, 1, PageSize.Size4K, kind);
            var before = Snapshot.Of(Machine);

            var answer = MapUnprepared(Vm, Base + 8, frames, PageSize.Size4K, other);

            Assert.Equal(MmuVerdict.Refused, answer.Verdict);
            before.AssertUnchanged("A refused map");
        }
    }

    /// <summary>A kind or size the tree does not make is refused.</summary>
    [Fact]
    public void What_the_tree_does_not_make_is_refused()
    {
        foreach (var kind in new[] { PageKind.Shared, PageKind.Private }.Except(EachKind))
        {
            Renew();
            AssertRefused(Base, TakeFrames(Vm, Base, 1, PageSize.Size4K), PageSize.Size4K, kind);
        }

        for (var size = LargestLeaf + 1; size <= PageSize.Size1G; size++)
        {
            Renew();
            var gfn = new Gfn(size.FrameCount());
            AssertRefused(gfn, TakeFrames(Vm, gfn, size.FrameCount(), size), size, EachKind[0]);
        }
    }

    /// <summary>A map over a translation to another frame is refused, or the old frame counts as mapped until a flush ends its use.</summary>
    [Fact]
    public void A_frame_that_another_replaced_is_given_back_by_a_flush_only()
    {
        foreach (var kind in EachKind)
        {
            Renew();
            var old = Mapped(Base, 1, PageSize.Size4K, kind);
            Assert.True(Vm.Mmu.TryTranslate(Base, out var translation));
            Vm.Cache.Fill(vcpu: 0, Base, translation);
            Assert.True(Machine.Frames.TryTake(new(0, 1, FramePurpose.Guest), out var replacement));
            var before = Snapshot.Of(Machine);

            if (!MapUnprepared(Vm, Base, replacement, PageSize.Size4K, kind).IsDone)
            {
                before.AssertUnchanged("A refused map");
                continue;
            }

            Assert.True(Machine.Mappings[old.Start].Of(kind) > 0 || !Vm.Cache.TryUse(0, Base, out _), $"{old} is given back and still in use.");
            AssertDone(Vm.Mmu.Flush(new(Base, 1)));
            Assert.False(Vm.Cache.TryUse(0, Base, out var cached) && cached.Frame == old.Start);
            Assert.Equal(0, Machine.Mappings[old.Start].Of(kind));
            Assert.Equal(1, Machine.Mappings[replacement.Start].Of(kind));
        }
    }

    /// <summary>Canonical bytes read back are the same state, with leaves mapped and unmapped.</summary>
    [Fact]
    public void State_read_back_is_the_same_state()
    {
        foreach (var kind in EachKind)
        {
            Renew();
            Mapped(Base, 4, PageSize.Size4K, kind);
            AllowUnmap(Vm);
            AssertDone(Vm.Mmu.Unmap(new(Base, 1), KindFilter.Both));
            var before = Snapshot.Of(Machine);
            var written = Machine.WriteState().ToArray();
            Zap(Vm, new(Base, 4));

            Machine.ReadState(written);

            before.AssertUnchanged("Writing the state and reading it back");
        }
    }

    /// <summary>When a VM goes, or the machine returns to a state from before it, nothing of its tree stays behind.</summary>
    [Fact]
    public void A_VM_that_is_gone_maps_nothing()
    {
        foreach (var kind in EachKind)
        {
            Renew();
            var nothing = Machine.WriteState().ToArray();
            var frames = Mapped(Base, 2, PageSize.Size4K, kind);
            Machine.ReadState(nothing);
            Assert.False(Machine.Mappings.AnyMapped(frames, KindFilter.Both));

            Renew();
            frames = Mapped(Base, 2, PageSize.Size4K, kind);
            AllowUnmap(Vm);
            Vm.Destroy();
            Machine.Mappings.Rebuild();
            Assert.False(Machine.Mappings.AnyMapped(frames, KindFilter.Both));
        }
    }

    private Machine Machine => _machine ??= NewMachine();

    private VirtualMachine Vm => _vm ??= NewVm();

    private PageKind[] EachKind =>
        [.. new[] { PageKind.Shared, PageKind.Private }.Where(kind => Kinds.HasFlag(kind == PageKind.Shared ? KindFilter.Shared : KindFilter.Private))];

    // Each on a machine of its own.
    private IEnumerable<(PageSize Size, PageKind Kind)> EachLargeLeaf
    {
        get
        {
            for (var size = PageSize.Size2M; size <= LargestLeaf; size++)
            {
                foreach (var kind in EachKind)
                {
                    Renew();
                    yield return (size, kind);
                }
            }
        }
    }

    private void Renew()
    {
        _machine = null;
        _vm = null;
    }

    private Machine NewMachine() =>
        new MachineFactory(
            new() { CachesTranslations = true, OwnershipTable = CreateOwnershipTable }, [new ContractTechnology(CreateMmu)]).Create();

    private VirtualMachine NewVm() => Machine.CreateVm(Machine.Technologies[0]);

    private PfnRange Mapped(Gfn gfn, ulong count, PageSize size, PageKind kind)
    {
        var frames = TakeFrames(Vm, gfn, count, size);
        AssertDone(Map(Vm, gfn, frames, size, kind));
        return frames;
    }

    private MmuAnswer Map(VirtualMachine vm, Gfn gfn, PfnRange frames, PageSize size, PageKind kind, bool writable = true)
    {
        var prepared = Machine.Ownership.Prepare(new(frames, vm.Id, gfn, kind, size));
        Assert.True(prepared.IsSuccess, $"{frames} could not be prepared for {vm.Id} at {gfn}: {prepared}");
        return MapUnprepared(vm, gfn, frames, size, kind, writable);
    }

    private static MmuAnswer MapUnprepared(VirtualMachine vm, Gfn gfn, PfnRange frames, PageSize size, PageKind kind, bool writable = true) =>
        vm.Mmu.Map(new(gfn, frames.Start, size, kind, writable, vm.Sequence.Sample(), frames.Count / size.FrameCount()));

    private static void Zap(VirtualMachine vm, GfnRange gfns)
    {
        AssertDone(vm.Mmu.Unmap(gfns, KindFilter.Both));
        AssertDone(vm.Mmu.Flush(gfns));
    }

    private static void AssertDone(MmuAnswer answer) => Assert.True(answer.IsDone, $"The tree answered {answer}.");

    private void AssertTranslates(Gfn gfn, PfnRange frames, PageSize size, PageKind kind)
    {
        foreach (var offset in new[] { 0UL, frames.Count / 2, frames.Count - 1 })
        {
            Assert.True(Vm.Mmu.TryTranslate(gfn + offset, out var translation), $"{gfn + offset} is not mapped.");
            Assert.Equal(new Translation(frames.Start + offset, size, kind, Writable: true), translation);
        }
    }

    private void AssertRetried(Gfn gfn, PfnRange frames, PageSize size, PageKind kind, MmuSample sample)
    {
        Assert.True(Machine.Ownership.Prepare(new(frames, Vm.Id, gfn, kind, size)).IsSuccess);
        var before = Snapshot.Of(Machine);

        var answer = Vm.Mmu.Map(new(gfn, frames.Start, size, kind, Writable: true, sample, frames.Count / size.FrameCount()));

        Assert.Equal(MmuVerdict.Retry, answer.Verdict);
        before.AssertUnchanged("A map to be retried");
    }

    private void AssertRefused(Gfn gfn, PfnRange frames, PageSize size, PageKind kind)
    {
        var before = Snapshot.Of(Machine);
        Assert.Equal(MmuVerdict.Refused, MapUnprepared(Vm, gfn, frames, size, kind).Verdict);
        before.AssertUnchanged("A refused map");
    }
}
