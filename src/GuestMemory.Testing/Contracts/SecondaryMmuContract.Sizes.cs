namespace GuestMemory.Testing;

/// <content>Splitting and merging leaves.</content>
public abstract partial class SecondaryMmuContract
{
    /// <summary>A split leaf leads where it led: frames, kind and rights stay, only the size changes.</summary>
    public void Split_keeps_frames_kind_and_rights()
    {
        Begin();
        foreach (var (size, kind) in EachLargeLeaf)
        {
            var gfn = new Gfn(size.FrameCount());
            var frames = Mapped(gfn, size.FrameCount(), size, kind);

            RequireDone(Vm.Mmu.Split(gfn + 7));

            RequireTranslates(gfn, frames, size - 1, kind);
            Equal(1, Machine.Mappings[frames.Start].Of(kind));
            Equal(1, Machine.Mappings[frames.Start + (frames.Count - 1)].Of(kind));
        }
    }

    /// <summary>After a split each smaller leaf goes alone.</summary>
    public void After_a_split_one_leaf_is_unmapped_alone()
    {
        Begin();
        foreach (var (size, kind) in EachLargeLeaf)
        {
            var gfn = new Gfn(size.FrameCount());
            var smaller = (size - 1).FrameCount();
            var frames = Mapped(gfn, size.FrameCount(), size, kind);
            RequireDone(Vm.Mmu.Split(gfn));
            AllowUnmap(Vm);

            Zap(Vm, new(gfn + smaller, smaller));

            HoldsNot(Vm.Mmu.TryTranslate(gfn + smaller, out _));
            RequireTranslates(gfn, new(frames.Start, smaller), size - 1, kind);
            RequireTranslates(gfn + (2 * smaller), new(frames.Start + (2 * smaller), smaller), size - 1, kind);
            HoldsNot(Machine.Mappings.AnyMapped(new(frames.Start + smaller, smaller), KindFilter.Both));
            Equal(1, Machine.Mappings[frames.Start].Of(kind));
        }
    }

    /// <summary>What is small already is split: done, nothing changes. Where nothing is there is nothing to split.</summary>
    public void Splitting_a_small_leaf_or_nothing_changes_nothing()
    {
        Begin();
        foreach (var kind in EachKind)
        {
            Renew();
            Mapped(Base, 1, PageSize.Size4K, kind);
            var before = Snapshot.Of(Machine);

            RequireDone(Vm.Mmu.Split(Base));
            Equal(MmuVerdict.Refused, Vm.Mmu.Split(Base + 1).Verdict);

            Unchanged(before, "Splitting what is small");
        }
    }

    /// <summary>Alike and contiguous leaves become one that leads where they led; a tree that does not merge refuses and changes nothing.</summary>
    public void Merge_leads_where_the_leaves_led()
    {
        Begin();
        foreach (var kind in EachKind)
        {
            Renew();
            var frames = Mapped(Base, 512, PageSize.Size2M, kind, leaf: PageSize.Size4K);
            var before = Snapshot.Of(Machine);

            var answer = Vm.Mmu.Merge(Base, PageSize.Size2M);

            IsOneOf(answer.Verdict, MmuVerdict.Done, MmuVerdict.Refused);
            if (!answer.IsDone)
            {
                Unchanged(before, "A refused merge");
            }

            Holds(LargestLeaf > PageSize.Size4K || !answer.IsDone, "A tree of small leaves merged some");
            RequireTranslates(Base, frames, answer.IsDone ? PageSize.Size2M : PageSize.Size4K, kind);
            Equal(1, Machine.Mappings[frames.Start].Of(kind));
        }
    }

    /// <summary>A hole, another frame, other rights: the leaves are not alike, and merging them would open what is closed.</summary>
    public void Leaves_that_are_not_alike_are_not_merged()
    {
        Begin();
        // A tree of small leaves refuses to merge even what is alike.
        foreach (var kind in LargestLeaf > PageSize.Size4K ? EachKind : [])
        {
            RequireNotMerged(kind, (frames, at) => at > Base ? Map(Vm, at, frames, PageSize.Size4K, kind) : default);
            RequireNotMerged(kind, (frames, at) => Map(Vm, at, frames, PageSize.Size4K, kind, writable: at > Base));
            RequireNotMerged(kind, (frames, at) => Map(Vm, at, at > Base ? frames : TakeFrames(Vm, at, 1, PageSize.Size4K), PageSize.Size4K, kind));
            RequireNotMerged(kind, (frames, at) => Map(Vm, at, new(frames.Start + 1, frames.Count), PageSize.Size4K, kind));
        }

        if (LargestLeaf > PageSize.Size4K && Kinds == KindFilter.Both)
        {
            RequireNotMerged(PageKind.Private, (frames, at) => Map(Vm, at, frames, PageSize.Size4K, at > Base ? PageKind.Private : PageKind.Shared));
        }
    }

    /// <summary>The first frame of a large leaf is aligned to it.</summary>
    public void A_merge_that_starts_off_its_alignment_is_refused()
    {
        Begin();
        foreach (var kind in EachKind)
        {
            Renew();
            Mapped(Base, 1024, PageSize.Size2M, kind, leaf: PageSize.Size4K);
            var before = Snapshot.Of(Machine);

            Equal(MmuVerdict.Refused, Vm.Mmu.Merge(Base + 1, PageSize.Size2M).Verdict);

            Unchanged(before, "A refused merge");
        }
    }
}
