using Xunit;

namespace GuestMemory.Testing;

/// <content>Splitting and merging leaves.</content>
public abstract partial class SecondaryMmuContract
{
    /// <summary>A split leaf leads where it led: frames, kind and rights stay, only the size changes.</summary>
    [Fact]
    public void Split_keeps_frames_kind_and_rights()
    {
        foreach (var (size, kind) in EachLargeLeaf)
        {
            var gfn = new Gfn(size.FrameCount());
            var frames = Mapped(gfn, size.FrameCount(), size, kind);

            AssertDone(Vm.Mmu.Split(gfn + 7));

            AssertTranslates(gfn, frames, size - 1, kind);
            Assert.Equal(1, Machine.Mappings[frames.Start].Of(kind));
            Assert.Equal(1, Machine.Mappings[frames.Start + (frames.Count - 1)].Of(kind));
        }
    }

    /// <summary>After a split each smaller leaf goes alone.</summary>
    [Fact]
    public void After_a_split_one_leaf_is_unmapped_alone()
    {
        foreach (var (size, kind) in EachLargeLeaf)
        {
            var gfn = new Gfn(size.FrameCount());
            var smaller = (size - 1).FrameCount();
            var frames = Mapped(gfn, size.FrameCount(), size, kind);
            AssertDone(Vm.Mmu.Split(gfn));
            AllowUnmap(Vm);

            Zap(Vm, new(gfn + smaller, smaller));

            Assert.False(Vm.Mmu.TryTranslate(gfn + smaller, out _));
            AssertTranslates(gfn, new(frames.Start, smaller), size - 1, kind);
            AssertTranslates(gfn + (2 * smaller), new(frames.Start + (2 * smaller), smaller), size - 1, kind);
            Assert.False(Machine.Mappings.AnyMapped(new(frames.Start + smaller, smaller), KindFilter.Both));
            Assert.Equal(1, Machine.Mappings[frames.Start].Of(kind));
        }
    }

    /// <summary>What is small already is split: done, nothing changes. Where nothing is there is nothing to split.</summary>
    [Fact]
    public void Splitting_a_small_leaf_or_nothing_changes_nothing()
    {
        foreach (var kind in EachKind)
        {
            Renew();
            Mapped(Base, 1, PageSize.Size4K, kind);
            var before = Snapshot.Of(Machine);

            AssertDone(Vm.Mmu.Split(Base));
            Assert.Equal(MmuVerdict.Refused, Vm.Mmu.Split(Base + 1).Verdict);

            before.AssertUnchanged("Splitting what is small");
        }
    }

    /// <summary>Alike and contiguous leaves become one that leads where they led; a tree that does not merge refuses and changes nothing.</summary>
    [Fact]
    public void Merge_leads_where_the_leaves_led()
    {
        foreach (var kind in EachKind)
        {
            Renew();
            var frames = Mapped(Base, 512, PageSize.Size2M, kind, leaf: PageSize.Size4K);
            var before = Snapshot.Of(Machine);

            var answer = Vm.Mmu.Merge(Base, PageSize.Size2M);

            Assert.Contains(answer.Verdict, new[] { MmuVerdict.Done, MmuVerdict.Refused });
            if (!answer.IsDone)
            {
                before.AssertUnchanged("A refused merge");
            }

            Assert.True(LargestLeaf > PageSize.Size4K || !answer.IsDone, "A tree of small leaves merged some.");
            AssertTranslates(Base, frames, answer.IsDone ? PageSize.Size2M : PageSize.Size4K, kind);
            Assert.Equal(1, Machine.Mappings[frames.Start].Of(kind));
        }
    }

    /// <summary>A hole, another frame, other rights: the leaves are not alike, and merging them would open what is closed.</summary>
    [Fact]
    public void Leaves_that_are_not_alike_are_not_merged()
    {
        // A tree of small leaves refuses to merge even what is alike.
        foreach (var kind in LargestLeaf > PageSize.Size4K ? EachKind : [])
        {
            AssertNotMerged(kind, (frames, at) => at > Base ? Map(Vm, at, frames, PageSize.Size4K, kind) : default);
            AssertNotMerged(kind, (frames, at) => Map(Vm, at, frames, PageSize.Size4K, kind, writable: at > Base));
            AssertNotMerged(kind, (frames, at) => Map(Vm, at, at > Base ? frames : TakeFrames(Vm, at, 1, PageSize.Size4K), PageSize.Size4K, kind));
            AssertNotMerged(kind, (frames, at) => Map(Vm, at, new(frames.Start + 1, frames.Count), PageSize.Size4K, kind));
        }

        if (LargestLeaf > PageSize.Size4K && Kinds == KindFilter.Both)
        {
            AssertNotMerged(PageKind.Private, (frames, at) => Map(Vm, at, frames, PageSize.Size4K, at > Base ? PageKind.Private : PageKind.Shared));
        }
    }

    /// <summary>The first frame of a large leaf is aligned to it.</summary>
    [Fact]
    public void A_merge_that_starts_off_its_alignment_is_refused()
    {
        foreach (var kind in EachKind)
        {
            Renew();
            Mapped(Base, 1024, PageSize.Size2M, kind, leaf: PageSize.Size4K);
            var before = Snapshot.Of(Machine);

            Assert.Equal(MmuVerdict.Refused, Vm.Mmu.Merge(Base + 1, PageSize.Size2M).Verdict);

            before.AssertUnchanged("A refused merge");
        }
    }

    // 512 leaves: the first as told, the rest in one request.
    private void AssertNotMerged(PageKind kind, Func<PfnRange, Gfn, MmuAnswer> map)
    {
        Renew();
        var frames = TakeFrames(Vm, Base, 1024, PageSize.Size2M);
        AssertDone(map(new(frames.Start, 1), Base));
        AssertDone(map(new(frames.Start + 1, 511), Base + 1));
        var before = Snapshot.Of(Machine);

        var answer = Vm.Mmu.Merge(Base, PageSize.Size2M);

        Assert.True(answer.Verdict == MmuVerdict.Refused, $"Unlike {kind} leaves were merged: {answer}");
        before.AssertUnchanged("A refused merge");
    }

    private PfnRange Mapped(Gfn gfn, ulong count, PageSize alignment, PageKind kind, PageSize leaf)
    {
        var frames = TakeFrames(Vm, gfn, count, alignment);
        AssertDone(Map(Vm, gfn, frames, leaf, kind));
        return frames;
    }
}
