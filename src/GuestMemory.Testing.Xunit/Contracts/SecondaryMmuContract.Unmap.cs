using Xunit;

namespace GuestMemory.Testing;

/// <content>Taking translations away, and giving their frames back.</content>
public abstract partial class SecondaryMmuContract
{
    /// <summary>Unmap stops new walks at once, through the whole range and no further.</summary>
    [Fact]
    public void No_new_walk_finds_what_was_unmapped()
    {
        foreach (var kind in EachKind)
        {
            Renew();
            var frames = Mapped(Base, 4, PageSize.Size4K, kind);
            AllowUnmap(Vm);

            AssertDone(Vm.Mmu.Unmap(new(Base + 1, 3), KindFilter.Both));

            Assert.All(new ulong[] { 1, 2, 3 }, offset => Assert.False(Vm.Mmu.TryTranslate(Base + offset, out _)));
            AssertTranslates(Base, new(frames.Start, 1), PageSize.Size4K, kind);
        }
    }

    /// <summary>A host that may not unmap is told so, and nothing changes.</summary>
    [Fact]
    public void An_unmap_that_is_not_done_changes_nothing()
    {
        foreach (var kind in EachKind)
        {
            Renew();
            Mapped(Base, 2, PageSize.Size4K, kind);
            var before = Snapshot.Of(Machine);

            var answer = Vm.Mmu.Unmap(new(Base, 1), KindFilter.Both);

            Assert.Contains(answer.Verdict, new[] { MmuVerdict.Done, MmuVerdict.Busy, MmuVerdict.Refused });
            if (!answer.IsDone)
            {
                before.AssertUnchanged($"An unmap that answered {answer.Verdict}");
            }
        }
    }

    /// <summary>Only entries of the kinds named go; the filter is not a hint.</summary>
    [Fact]
    public void Unmap_takes_only_the_kinds_it_names()
    {
        foreach (var kind in EachKind)
        {
            Renew();
            Mapped(Base, 1, PageSize.Size4K, kind);
            AllowUnmap(Vm);
            var before = Snapshot.Of(Machine);

            AssertDone(Vm.Mmu.Unmap(new(Base, 1), kind == PageKind.Shared ? KindFilter.Private : KindFilter.Shared));
            AssertDone(Vm.Mmu.Unmap(new(Base, 1), KindFilter.None));
            before.AssertUnchanged("An unmap of the other kind");

            AssertDone(Vm.Mmu.Unmap(new(Base, 1), kind == PageKind.Shared ? KindFilter.Shared : KindFilter.Private));
            Assert.False(Vm.Mmu.TryTranslate(Base, out _));
        }
    }

    /// <summary>A large leaf cannot lose a part: all of it goes and is given back, or it is split first and only the part goes.</summary>
    [Fact]
    public void Unmapping_a_part_of_a_large_leaf_takes_whole_leaves()
    {
        foreach (var (size, kind) in EachLargeLeaf)
        {
            var gfn = new Gfn(size.FrameCount());
            var frames = Mapped(gfn, size.FrameCount(), size, kind);
            AssertTranslates(gfn, frames, size, kind);
            AllowUnmap(Vm);

            AssertDone(Vm.Mmu.Unmap(new(gfn + 5, 1), KindFilter.Both));
            Assert.All(
                new[] { 0UL, 4UL, 5UL, 6UL, size.FrameCount() - 1 },
                offset => Assert.Equal(UnmapSplitsLeaves && offset != 5, Vm.Mmu.TryTranslate(gfn + offset, out _)));

            AssertDone(Vm.Mmu.Flush(new(gfn + 5, 1)));
            Assert.False(Machine.Mappings.AnyMapped(new(frames.Start + 5, 1), KindFilter.Both));
            Assert.Equal(UnmapSplitsLeaves, Machine.Mappings.AnyMapped(frames, KindFilter.Both));
        }
    }

    /// <summary>Flush gives frames back, and nothing before it does: running CPUs may still use them.</summary>
    [Fact]
    public void Frames_are_given_back_by_flush_and_not_before()
    {
        foreach (var kind in EachKind)
        {
            Renew();
            var frames = Mapped(Base, 2, PageSize.Size4K, kind);
            AllowUnmap(Vm);

            AssertDone(Vm.Mmu.Unmap(new(Base, 2), KindFilter.Both));
            Assert.Equal(UnmapEndsUse ? 0 : 1, Machine.Mappings[frames.Start].Of(kind));

            AssertDone(Vm.Mmu.Flush(new(Base, 2)));
            Assert.False(Machine.Mappings.AnyMapped(frames, KindFilter.Both));
            Assert.Empty(Machine.Mappings.WhoMaps(frames));
        }
    }

    /// <summary>After a flush no vCPU uses what was unmapped.</summary>
    [Fact]
    public void Flush_ends_use_by_running_vCPUs()
    {
        foreach (var kind in EachKind)
        {
            Renew();
            Mapped(Base, 1, PageSize.Size4K, kind);
            Assert.True(Vm.Mmu.TryTranslate(Base, out var translation));
            Vm.Cache.Fill(vcpu: 0, Base, translation);
            Vm.Cache.Fill(vcpu: 1, Base, translation);
            AllowUnmap(Vm);

            Zap(Vm, new(Base, 1));

            Assert.False(Vm.Cache.TryUse(0, Base, out _));
            Assert.False(Vm.Cache.TryUse(1, Base, out _));
        }
    }

    /// <summary>A flush takes no translation away that was not unmapped.</summary>
    [Fact]
    public void Flush_alone_unmaps_nothing()
    {
        foreach (var kind in EachKind)
        {
            Renew();
            var frames = Mapped(Base, 2, PageSize.Size4K, kind);

            AssertDone(Vm.Mmu.Flush(new(Base, 2)));

            AssertTranslates(Base, frames, PageSize.Size4K, kind);
            Assert.Equal(1, Machine.Mappings[frames.Start].Of(kind));
        }
    }

    /// <summary>Unmapping and flushing twice, or where nothing is, is done and changes nothing.</summary>
    [Fact]
    public void Unmapping_and_flushing_nothing_is_done()
    {
        foreach (var kind in EachKind)
        {
            Renew();
            Mapped(Base, 1, PageSize.Size4K, kind);
            AllowUnmap(Vm);
            Zap(Vm, VirtualMachine.AllGfns);
            var before = Snapshot.Of(Machine);

            Zap(Vm, VirtualMachine.AllGfns);

            before.AssertUnchanged("Unmapping nothing");
            Assert.False(Vm.Mmu.TryTranslate(Base, out _));
        }
    }

    /// <summary>What was unmapped and not flushed is still in use: nobody maps it as the other kind, here or elsewhere.</summary>
    [Fact]
    public void A_frame_awaiting_its_flush_is_not_mapped_as_the_other_kind()
    {
        foreach (var kind in UnmapEndsUse ? [] : EachKind)
        {
            Renew();
            var frames = Mapped(Base, 1, PageSize.Size4K, kind);
            var next = NewVm();
            AllowUnmap(Vm);
            AssertDone(Vm.Mmu.Unmap(new(Base, 1), KindFilter.Both));
            var before = Snapshot.Of(Machine);

            var answer = MapUnprepared(next, Base, frames, PageSize.Size4K, kind == PageKind.Private ? PageKind.Shared : PageKind.Private);

            Assert.Equal(MmuVerdict.Refused, answer.Verdict);
            before.AssertUnchanged("A refused map");
        }
    }

    /// <summary>Unmapped, flushed and reclaimed, a frame is the host's, and the next guest can have it.</summary>
    [Fact]
    public void A_frame_given_back_can_be_had_by_the_next_guest()
    {
        foreach (var kind in EachKind)
        {
            Renew();
            var frames = Mapped(Base, 1, PageSize.Size4K, kind);
            AllowUnmap(Vm);
            Zap(Vm, new(Base, 1));

            var reclaimed = Machine.Ownership.Reclaim(frames);

            Assert.True(reclaimed.IsSuccess, $"After unmap and flush {frames} was not given back: {reclaimed}");
            Assert.Equal(FrameOwner.Host, Machine.Ownership.LookUp(frames.Start).Owner);
            Assert.True(Machine.Ownership.Prepare(new(frames, NewVm().Id, Base, kind)).IsSuccess);
        }
    }
}
