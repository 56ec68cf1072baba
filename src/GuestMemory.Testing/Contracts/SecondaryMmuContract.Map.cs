namespace GuestMemory.Testing;

/// <content>Making translations.</content>
public abstract partial class SecondaryMmuContract
{
    /// <summary>Without a kind every other promise would be kept by doing nothing.</summary>
    public void The_tree_makes_entries_of_some_kind()
    {
        Begin();
        Holds((Kinds & KindFilter.Both) != KindFilter.None, $"the kinds {Kinds}");
    }

    /// <summary>A walk finds what was mapped: frame, size, kind and rights; its neighbours stay unmapped.</summary>
    public void A_walk_finds_what_was_mapped_and_nothing_beside_it()
    {
        Begin();
        foreach (var kind in EachKind)
        {
            Renew();
            foreach (var writable in new[] { true, false })
            {
                var gfn = writable ? Base : Base + 0x10;
                var frames = TakeFrames(Vm, gfn, 1, PageSize.Size4K);

                RequireDone(Map(Vm, gfn, frames, PageSize.Size4K, kind, writable));

                Holds(Vm.Mmu.TryTranslate(gfn, out var translation));
                Equal(new Translation(frames.Start, PageSize.Size4K, kind, writable), translation);
                HoldsNot(Vm.Mmu.TryTranslate(gfn + 1, out _));
                HoldsNot(Vm.Mmu.TryTranslate(new(gfn.Value - 1), out _));
            }
        }
    }

    /// <summary>Who asks the machine who maps the frame is told this entry, with its kind and place.</summary>
    public void The_reverse_index_knows_what_was_mapped()
    {
        Begin();
        foreach (var kind in EachKind)
        {
            Renew();
            var frames = Mapped(Base, 1, PageSize.Size4K, kind);

            Equal(1, Machine.Mappings[frames.Start].Of(kind));
            var mappings = Machine.Mappings.WhoMaps(frames);
            Equal(1, mappings.Count);
            var mapping = mappings[0];
            Equal((frames, Base.Value, kind), (mapping.Frames, mapping.InputPage, mapping.Kind));
        }
    }

    /// <summary>Several leaves in a row are one request; each is a leaf of its own.</summary>
    public void Leaves_in_a_row_are_mapped_one_by_one()
    {
        Begin();
        foreach (var kind in EachKind)
        {
            Renew();
            var frames = Mapped(Base, 4, PageSize.Size4K, kind);
            RequireTranslates(Base, frames, PageSize.Size4K, kind);

            AllowUnmap(Vm);
            RequireDone(Vm.Mmu.Unmap(new(Base + 1, 1), KindFilter.Both));

            HoldsNot(Vm.Mmu.TryTranslate(Base + 1, out _));
            RequireTranslates(Base, new(frames.Start, 1), PageSize.Size4K, kind);
            RequireTranslates(Base + 2, new(frames.Start + 2, 2), PageSize.Size4K, kind);
        }
    }

    /// <summary>Mapping once more what is mapped is a spurious fault: done, and nothing changes.</summary>
    public void Mapping_the_same_again_changes_nothing()
    {
        Begin();
        foreach (var kind in EachKind)
        {
            Renew();
            var frames = Mapped(Base, 1, PageSize.Size4K, kind);
            var before = Snapshot.Of(Machine);

            RequireDone(Map(Vm, Base, frames, PageSize.Size4K, kind));

            Unchanged(before, "Mapping the same again");
        }
    }

    /// <summary>A fault that took its sample before an invalidation ended starts again, whatever it wants to map.</summary>
    public void A_map_with_a_sample_from_before_an_invalidation_is_retried()
    {
        Begin();
        foreach (var kind in EachKind)
        {
            Renew();
            var frames = TakeFrames(Vm, Base, 1, PageSize.Size4K);
            var sample = Vm.Sequence.Sample();
            Vm.Sequence.Begin(new(Base, 1));
            Vm.Sequence.End();

            RequireRetried(Base, frames, PageSize.Size4K, kind, sample);
        }
    }

    /// <summary>Nothing is mapped where an invalidation runs, even with a sample taken since it began.</summary>
    public void A_map_during_an_invalidation_of_its_frames_is_retried()
    {
        Begin();
        foreach (var kind in EachKind)
        {
            Renew();
            var frames = TakeFrames(Vm, Base, 4, PageSize.Size4K);
            var before = Vm.Sequence.Sample();
            Vm.Sequence.Begin(new(Base + 3, 2));

            RequireRetried(Base, frames, PageSize.Size4K, kind, Vm.Sequence.Sample());
            RequireRetried(Base, frames, PageSize.Size4K, kind, before);

            RequireDone(Map(Vm, Base, new(frames.Start, 3), PageSize.Size4K, kind));
        }
    }

    /// <summary>A large leaf is retried when an invalidation runs over any part of it.</summary>
    public void A_large_map_during_an_invalidation_of_a_part_is_retried()
    {
        Begin();
        foreach (var (size, kind) in EachLargeLeaf)
        {
            var gfn = new Gfn(size.FrameCount());
            var frames = TakeFrames(Vm, gfn, size.FrameCount(), size);
            Vm.Sequence.Begin(new(gfn + (size.FrameCount() - 1), 1));

            RequireRetried(gfn, frames, size, kind, Vm.Sequence.Sample());
        }
    }

    /// <summary>Unmap before convert: while an entry of one kind stands, none of the other is made (I1).</summary>
    public void A_frame_is_not_mapped_as_both_kinds()
    {
        Begin();
        foreach (var kind in EachKind)
        {
            Renew();
            var frames = Mapped(Base, 1, PageSize.Size4K, kind);
            var before = Snapshot.Of(Machine);

            var answer = MapUnprepared(Vm, Base + 8, frames, PageSize.Size4K, Other(kind));

            Equal(MmuVerdict.Refused, answer.Verdict);
            Unchanged(before, "A refused map");
        }
    }

    /// <summary>The rule holds over the whole machine: an entry of another VM's tree stands in the way as an own one does (I1).</summary>
    public void A_frame_is_not_mapped_as_both_kinds_by_two_VMs()
    {
        Begin();
        foreach (var kind in EachKind)
        {
            Renew();
            var frames = Mapped(Base, 1, PageSize.Size4K, kind);
            var next = NewVm();
            var before = Snapshot.Of(Machine);

            var answer = MapUnprepared(next, Base, frames, PageSize.Size4K, Other(kind));

            Equal(MmuVerdict.Refused, answer.Verdict);
            Unchanged(before, "A refused map");
        }
    }

    /// <summary>A kind or size the tree does not make is refused.</summary>
    public void What_the_tree_does_not_make_is_refused()
    {
        Begin();
        foreach (var kind in new[] { PageKind.Shared, PageKind.Private }.Except(EachKind))
        {
            Renew();
            RequireRefused(Base, TakeFrames(Vm, Base, 1, PageSize.Size4K), PageSize.Size4K, kind);
        }

        for (var size = LargestLeaf + 1; size <= PageSize.Size1G; size++)
        {
            Renew();
            var gfn = new Gfn(size.FrameCount());
            RequireRefused(gfn, TakeFrames(Vm, gfn, size.FrameCount(), size), size, EachKind[0]);
        }
    }

    /// <summary>A map over a translation to another frame is refused, or the old frame counts as mapped until a flush ends its use.</summary>
    public void A_frame_that_another_replaced_is_given_back_by_a_flush_only()
    {
        Begin();
        foreach (var kind in EachKind)
        {
            Renew();
            var old = Mapped(Base, 1, PageSize.Size4K, kind);
            Holds(Vm.Mmu.TryTranslate(Base, out var translation));
            Vm.Cache.Fill(vcpu: 0, Base, translation);
            Holds(Machine.Frames.TryTake(new(0, 1, FramePurpose.Guest), out var replacement));
            var before = Snapshot.Of(Machine);

            if (!MapUnprepared(Vm, Base, replacement, PageSize.Size4K, kind).IsDone)
            {
                Unchanged(before, "A refused map");
                continue;
            }

            Holds(Machine.Mappings[old.Start].Of(kind) > 0 || !Vm.Cache.TryUse(0, Base, out _), $"{old} is given back and still in use");
            RequireDone(Vm.Mmu.Flush(new(Base, 1)));
            HoldsNot(Vm.Cache.TryUse(0, Base, out var cached) && cached.Frame == old.Start);
            Equal(0, Machine.Mappings[old.Start].Of(kind));
            Equal(1, Machine.Mappings[replacement.Start].Of(kind));
        }
    }
}
