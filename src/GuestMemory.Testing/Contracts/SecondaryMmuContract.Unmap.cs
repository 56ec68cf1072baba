namespace GuestMemory.Testing;

/// <content>Taking translations away, and giving their frames back.</content>
public abstract partial class SecondaryMmuContract
{
    /// <summary>Unmap stops new walks at once, through the whole range and no further.</summary>
    public void No_new_walk_finds_what_was_unmapped()
    {
        Begin();
        foreach (var kind in EachKind)
        {
            Renew();
            var frames = Mapped(Base, 4, PageSize.Size4K, kind);
            AllowUnmap(Vm);

            RequireDone(Vm.Mmu.Unmap(new(Base + 1, 3), KindFilter.Both));

            for (var offset = 1UL; offset <= 3; offset++)
            {
                HoldsNot(Vm.Mmu.TryTranslate(Base + offset, out _));
            }

            RequireTranslates(Base, new(frames.Start, 1), PageSize.Size4K, kind);
        }
    }

    /// <summary>A host that may not unmap is told so, and nothing changes.</summary>
    public void An_unmap_that_is_not_done_changes_nothing()
    {
        Begin();
        foreach (var kind in EachKind)
        {
            Renew();
            Mapped(Base, 2, PageSize.Size4K, kind);
            var before = Snapshot.Of(Machine);

            var answer = Vm.Mmu.Unmap(new(Base, 1), KindFilter.Both);

            IsOneOf(answer.Verdict, MmuVerdict.Done, MmuVerdict.Busy, MmuVerdict.Refused);
            if (!answer.IsDone)
            {
                Unchanged(before, $"An unmap that answered {answer.Verdict}");
            }
        }
    }

    /// <summary>Only entries of the kinds named go; the filter is not a hint.</summary>
    public void Unmap_takes_only_the_kinds_it_names()
    {
        Begin();
        foreach (var kind in EachKind)
        {
            Renew();
            Mapped(Base, 1, PageSize.Size4K, kind);
            AllowUnmap(Vm);
            var before = Snapshot.Of(Machine);

            RequireDone(Vm.Mmu.Unmap(new(Base, 1), kind == PageKind.Shared ? KindFilter.Private : KindFilter.Shared));
            RequireDone(Vm.Mmu.Unmap(new(Base, 1), KindFilter.None));
            Unchanged(before, "An unmap of the other kind");

            RequireDone(Vm.Mmu.Unmap(new(Base, 1), kind == PageKind.Shared ? KindFilter.Shared : KindFilter.Private));
            HoldsNot(Vm.Mmu.TryTranslate(Base, out _));
        }
    }

    /// <summary>A large leaf cannot lose a part: all of it goes and is given back, or it is split first and only the part goes.</summary>
    public void Unmapping_a_part_of_a_large_leaf_takes_whole_leaves()
    {
        Begin();
        foreach (var (size, kind) in EachLargeLeaf)
        {
            var gfn = new Gfn(size.FrameCount());
            var frames = Mapped(gfn, size.FrameCount(), size, kind);
            RequireTranslates(gfn, frames, size, kind);
            AllowUnmap(Vm);

            RequireDone(Vm.Mmu.Unmap(new(gfn + 5, 1), KindFilter.Both));
            foreach (var offset in new[] { 0UL, 4UL, 5UL, 6UL, size.FrameCount() - 1 })
            {
                Equal(UnmapSplitsLeaves && offset != 5, Vm.Mmu.TryTranslate(gfn + offset, out _));
            }


            RequireDone(Vm.Mmu.Flush(new(gfn + 5, 1)));
            HoldsNot(Machine.Mappings.AnyMapped(new(frames.Start + 5, 1), KindFilter.Both));
            Equal(UnmapSplitsLeaves, Machine.Mappings.AnyMapped(frames, KindFilter.Both));
        }
    }

    /// <summary>Flush gives frames back, and nothing before it does: running CPUs may still use them.</summary>
    public void Frames_are_given_back_by_flush_and_not_before()
    {
        Begin();
        foreach (var kind in EachKind)
        {
            Renew();
            var frames = Mapped(Base, 2, PageSize.Size4K, kind);
            AllowUnmap(Vm);

            RequireDone(Vm.Mmu.Unmap(new(Base, 2), KindFilter.Both));
            Equal(UnmapEndsUse ? 0 : 1, Machine.Mappings[frames.Start].Of(kind));

            RequireDone(Vm.Mmu.Flush(new(Base, 2)));
            HoldsNot(Machine.Mappings.AnyMapped(frames, KindFilter.Both));
            Equal(0, Machine.Mappings.WhoMaps(frames).Count);
        }
    }

    /// <summary>After a flush no vCPU uses what was unmapped.</summary>
    public void Flush_ends_use_by_running_vCPUs()
    {
        Begin();
        foreach (var kind in EachKind)
        {
            Renew();
            Mapped(Base, 1, PageSize.Size4K, kind);
            Holds(Vm.Mmu.TryTranslate(Base, out var translation));
            Vm.Cache.Fill(vcpu: 0, Base, translation);
            Vm.Cache.Fill(vcpu: 1, Base, translation);
            AllowUnmap(Vm);

            Zap(Vm, new(Base, 1));

            HoldsNot(Vm.Cache.TryUse(0, Base, out _));
            HoldsNot(Vm.Cache.TryUse(1, Base, out _));
        }
    }

    /// <summary>A flush takes no translation away that was not unmapped.</summary>
    public void Flush_alone_unmaps_nothing()
    {
        Begin();
        foreach (var kind in EachKind)
        {
            Renew();
            var frames = Mapped(Base, 2, PageSize.Size4K, kind);

            RequireDone(Vm.Mmu.Flush(new(Base, 2)));

            RequireTranslates(Base, frames, PageSize.Size4K, kind);
            Equal(1, Machine.Mappings[frames.Start].Of(kind));
        }
    }

    /// <summary>Unmapping and flushing twice, or where nothing is, is done and changes nothing.</summary>
    public void Unmapping_and_flushing_nothing_is_done()
    {
        Begin();
        foreach (var kind in EachKind)
        {
            Renew();
            Mapped(Base, 1, PageSize.Size4K, kind);
            AllowUnmap(Vm);
            Zap(Vm, VirtualMachine.AllGfns);
            var before = Snapshot.Of(Machine);

            Zap(Vm, VirtualMachine.AllGfns);

            Unchanged(before, "Unmapping nothing");
            HoldsNot(Vm.Mmu.TryTranslate(Base, out _));
        }
    }

    /// <summary>What was unmapped and not flushed is still in use: nobody maps it as the other kind, here or elsewhere.</summary>
    public void A_frame_awaiting_its_flush_is_not_mapped_as_the_other_kind()
    {
        Begin();
        foreach (var kind in UnmapEndsUse ? [] : EachKind)
        {
            Renew();
            var frames = Mapped(Base, 1, PageSize.Size4K, kind);
            var next = NewVm();
            AllowUnmap(Vm);
            RequireDone(Vm.Mmu.Unmap(new(Base, 1), KindFilter.Both));
            var before = Snapshot.Of(Machine);

            var answer = MapUnprepared(next, Base, frames, PageSize.Size4K, Other(kind));

            Equal(MmuVerdict.Refused, answer.Verdict);
            Unchanged(before, "A refused map");
        }
    }

    /// <summary>Unmapped, flushed and reclaimed, a frame is the host's, and the next guest can have it.</summary>
    public void A_frame_given_back_can_be_had_by_the_next_guest()
    {
        Begin();
        foreach (var kind in EachKind)
        {
            Renew();
            var frames = Mapped(Base, 1, PageSize.Size4K, kind);
            AllowUnmap(Vm);
            Zap(Vm, new(Base, 1));

            var reclaimed = Machine.Ownership.Reclaim(frames);

            Holds(reclaimed.IsSuccess, $"After unmap and flush {frames} was not given back: {reclaimed}");
            Equal(FrameOwner.Host, Machine.Ownership.LookUp(frames.Start).Owner);
            Holds(Machine.Ownership.Prepare(new(frames, NewVm().Id, Base, kind)).IsSuccess);
        }
    }
}
