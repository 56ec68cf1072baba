using Xunit;

namespace GuestMemory.Tests;

public sealed class NestedPageTableTests
{
    private const ulong Gig = 1UL << 18;
    private static readonly GfnRange Everything = new(default, 1UL << 30);

    private readonly ReverseIndex _index = new();
    private readonly InvalidationSequence _sequence = new();
    private readonly TranslationCache _cache = new(enabled: true);
    private readonly NestedPageTable _table;

    public NestedPageTableTests() => _table = new(new(MapperKind.NestedTable, 1), _sequence, _index, _cache, Enforcement.Enforce);

    [Fact]
    public void A_1G_leaf_is_one_run_and_translates_every_page()
    {
        Map(Gig, 2 * Gig, PageSize.Size1G);

        Assert.Equal(1, _table.Runs.Length);
        Assert.True(_table.TryTranslate(new(Gig + 12345), out var translation));
        Assert.Equal(new(new(2 * Gig + 12345), PageSize.Size1G, PageKind.Shared, Writable: true), translation);
        Assert.False(_table.TryTranslate(new(2 * Gig), out _));
    }

    // A 1G leaf splits into 2M leaves and each of those into 4K leaves; frames and rights are kept.
    [Fact]
    public void Splitting_goes_one_size_down_and_merging_comes_back()
    {
        Map(Gig, 2 * Gig, PageSize.Size1G);
        var before = _table.Runs.ToArray();

        Assert.True(_table.Split(new(Gig + 700)).IsDone);
        Assert.Equal(PageSize.Size2M, SizeAt(Gig));
        Assert.True(_table.Split(new(Gig + 700)).IsDone);
        Assert.Equal([PageSize.Size2M, PageSize.Size4K, PageSize.Size2M], [SizeAt(Gig + 511), SizeAt(Gig + 512), SizeAt(Gig + 1024)]);
        Assert.True(_table.Split(new(Gig + 700)).IsDone);
        Assert.False(_table.Merge(new(Gig), PageSize.Size1G).IsDone);
        Assert.True(_table.Merge(new(Gig + 512), PageSize.Size2M).IsDone);
        Assert.True(_table.Merge(new(Gig), PageSize.Size1G).IsDone);

        Assert.Equal(before, _table.Runs.ToArray());
    }

    // A smaller leaf inside a larger one is no page table: asking for it is refused, asking for what is there is not.
    [Fact]
    public void Merging_never_cuts_a_larger_leaf()
    {
        Map(Gig, 2 * Gig, PageSize.Size1G);

        Assert.Equal(CoreRules.NotMergeable, _table.Merge(new(Gig), PageSize.Size2M).Detail.DecidedBy);
        Assert.True(_table.Merge(new(Gig), PageSize.Size1G).IsDone);
        Assert.Equal(PageSize.Size1G, SizeAt(Gig));
    }

    [Fact]
    public void Leaves_with_other_rights_kinds_or_frames_do_not_merge()
    {
        MapLeaves(512, 1024, 512);
        Map(520, 1032, PageSize.Size4K, writable: false);
        Assert.False(_table.Merge(new(512), PageSize.Size2M).IsDone);
        Map(520, 1032, PageSize.Size4K);
        Assert.True(_table.Merge(new(512), PageSize.Size2M).IsDone);

        MapLeaves(1024, 2049, 512);
        Assert.False(_table.Merge(new(1024), PageSize.Size2M).IsDone);
        Assert.False(_table.Merge(new(1025), PageSize.Size2M).IsDone);
    }

    [Fact]
    public void Splitting_where_nothing_is_mapped_is_refused() =>
        Assert.Equal(CoreRules.NotPresent, _table.Split(new(7)).Detail.DecidedBy);

    // systems.md 1.3: whole leaves go, a large one when any part of it is named; a flush of any part ends its use altogether.
    [Fact]
    public void Unmapping_one_page_of_a_large_leaf_takes_the_leaf_and_flushing_that_page_gives_it_all_back()
    {
        Map(512, 1024, PageSize.Size2M);
        _cache.Fill(0, new(600), Translation(600));
        var one = new GfnRange(new(700), 1);

        _table.Unmap(one, KindFilter.Both);
        Assert.Equal(0, _table.Runs.Length);
        Assert.Equal(new(new(512), 512), Assert.Single(_table.Unflushed).Gfns);
        Assert.True(_index.AnyMapped(new(new(1024), 512), KindFilter.Shared));

        _table.Flush(one);
        Assert.Empty(_table.Unflushed);
        Assert.Empty(_cache.Entries);
        Assert.Equal(0, _index.Runs.Length);
    }

    [Fact]
    public void A_flush_elsewhere_gives_nothing_back()
    {
        Map(512, 1024, PageSize.Size4K);
        _table.Unmap(Everything, KindFilter.Both);

        _table.Flush(new(new(513), 100));

        Assert.Single(_table.Unflushed);
        Assert.Equal(1, _index[new(1024)].Shared);
    }

    [Fact]
    public void Only_the_kinds_named_are_unmapped()
    {
        Map(512, 1024, PageSize.Size4K);
        Map(513, 2048, PageSize.Size4K, PageKind.Private);

        _table.Unmap(Everything, KindFilter.Private);

        Assert.True(_table.TryTranslate(new(512), out _));
        Assert.False(_table.TryTranslate(new(513), out _));
    }

    // A leaf has one set of rights, so a large leaf loses its write right whole, and a split gives it back to nobody.
    [Fact]
    public void Splitting_after_write_protecting_a_part_keeps_the_protection()
    {
        Map(512, 1024, PageSize.Size2M);

        _table.WriteProtect(new(new(700), 1));
        _table.Split(new(512));

        Assert.All(new ulong[] { 512, 699, 700, 1023 }, gfn => Assert.False(Translation(gfn).Writable));
    }

    // Linux flushes after it write-protects: a cached right to write would let a write go unlogged.
    [Fact]
    public void Write_protecting_drops_cached_write_rights()
    {
        Map(512, 1024, PageSize.Size4K);
        _cache.Fill(3, new(512), Translation(512));

        _table.WriteProtect(new(new(512), 1));

        Assert.False(_cache.TryUse(3, new(512), out _));
    }

    // Only a flush gives frames back: a frame that another takes the place of may still be in use by running CPUs.
    [Fact]
    public void A_frame_that_is_replaced_awaits_a_flush()
    {
        Map(512, 1024, PageSize.Size4K);
        _cache.Fill(0, new(512), Translation(512));

        Map(512, 2048, PageSize.Size4K);

        Assert.Equal(1, _index[new(1024)].Shared);
        Assert.True(Assert.Single(_index.WhoMaps(new(new(1024), 1))).AwaitsFlush);
        _table.Flush(new(new(512), 1));
        Assert.Equal(default, _index[new(1024)]);
        Assert.Empty(_cache.Entries);
    }

    [Fact]
    public void Mapping_the_same_frame_again_changes_rights_and_counts_once()
    {
        Map(512, 1024, PageSize.Size4K, writable: false);
        Map(512, 1024, PageSize.Size4K);

        Assert.True(Translation(512).Writable);
        Assert.Equal(1, _index[new(1024)].Shared);
        Assert.Empty(_table.Unflushed);
    }

    [Fact]
    public void A_small_leaf_over_a_large_one_splits_what_is_around_it()
    {
        Map(Gig, 2 * Gig, PageSize.Size1G);

        Map(Gig + 513, 5, PageSize.Size4K);

        Assert.Equal([PageSize.Size2M, PageSize.Size4K, PageSize.Size4K, PageSize.Size2M], [SizeAt(Gig), SizeAt(Gig + 512), SizeAt(Gig + 513), SizeAt(Gig + 1024)]);
        Assert.Equal(new(5), Translation(Gig + 513).Frame);
        Assert.Equal(new(2 * Gig + 514), Translation(Gig + 514).Frame);
        Assert.Equal(1, _index[new(2 * Gig + 513)].Shared);
    }

    [Fact]
    public void A_map_whose_sample_is_old_changes_nothing()
    {
        var sample = _sequence.Sample();
        _sequence.Begin(new(new(9), 1));
        _sequence.End();

        Assert.Equal(MmuVerdict.Retry, _table.Map(new(new(512), new(1024), PageSize.Size4K, PageKind.Shared, Writable: true, sample)).Verdict);
        Assert.Equal(0, _table.Runs.Length);
        Assert.Equal(0, _index.Runs.Length);
    }

    [Fact]
    public void A_map_into_an_open_invalidation_is_retried_and_one_beside_it_is_not()
    {
        _sequence.Begin(new(new(512), 1));

        Assert.Equal(MmuVerdict.Retry, _table.Map(new(new(512), new(1024), PageSize.Size2M, PageKind.Shared, Writable: true, _sequence.Sample())).Verdict);
        Assert.Equal(MmuVerdict.Done, _table.Map(new(new(513), new(1024), PageSize.Size4K, PageKind.Shared, Writable: true, _sequence.Sample())).Verdict);
    }

    [Fact]
    public void Many_leaves_are_mapped_in_one_call()
    {
        MapLeaves(512, 1024, 3);

        Assert.Equal([PageSize.Size4K, PageSize.Size4K], [SizeAt(512), SizeAt(514)]);
        Assert.Equal(1, _table.Runs.Length);
        Assert.False(_table.TryTranslate(new(515), out _));
    }

    // Unaligned on its own, a run may hold an aligned leaf.
    [Fact]
    public void Leaves_merge_in_the_middle_of_a_run()
    {
        MapLeaves(500, 1012, 600);

        Assert.True(_table.Merge(new(512), PageSize.Size2M).IsDone);

        Assert.Equal([PageSize.Size4K, PageSize.Size2M, PageSize.Size2M, PageSize.Size4K], [SizeAt(511), SizeAt(512), SizeAt(1023), SizeAt(1024)]);
        Assert.Equal(new(1024), Translation(512).Frame);
    }

    [Fact]
    public void Without_the_rule_leaves_merge_whatever_their_frames()
    {
        var table = new NestedPageTable(
            new(MapperKind.NestedTable, 2), _sequence, _index, _cache, Enforcement.Enforce, RuleSwitches.AllOn.Without(CoreRules.NotMergeable.Id));
        table.Map(new(new(1024), new(2049), PageSize.Size4K, PageKind.Shared, Writable: true, _sequence.Sample(), 512));

        Assert.True(table.Merge(new(1024), PageSize.Size2M).IsDone);
        Assert.Equal(CoreRules.NotMergeable, table.Merge(new(4096), PageSize.Size2M).Detail.DecidedBy);
    }

    // A leaf before one that awaits its flush, and nothing beyond the range asked for.
    [Theory]
    [InlineData(10, 1, true, 10)]
    [InlineData(20, 1, true, 20)]
    [InlineData(10, 40, true, 20)]
    [InlineData(10, 8, true, 10)]
    [InlineData(30, 5, false, 0)]
    public void A_leaf_is_found_in_a_range_mapped_or_awaiting_its_flush(ulong start, ulong count, bool found, ulong at)
    {
        Map(10, 1010, PageSize.Size4K);
        _table.Unmap(new(new(10), 1), KindFilter.Both);
        Map(20, 1020, PageSize.Size4K);
        Map(40, 1040, PageSize.Size4K);

        Assert.Equal(found, _table.TryFindIn(new(new(start), count), out var gfn));
        Assert.Equal(new(at), gfn);
    }

    [Fact]
    public void Leaves_read_back_take_the_place_of_all_there_was_those_awaiting_a_flush_included()
    {
        Map(10, 1010, PageSize.Size4K);
        Map(20, 1020, PageSize.Size4K);
        _table.Unmap(new(new(10), 1), KindFilter.Both);
        var runs = _table.Runs.ToArray();
        UnflushedRun[] unflushed = [.. _table.Unflushed];
        var writer = new StateWriter([]);
        _table.WriteState(ref writer);
        Map(30, 1030, PageSize.Size4K);
        _table.Unmap(Everything, KindFilter.Both);

        StateReader.ReadWhole(writer.Written, _table);

        Assert.Equal(runs, _table.Runs.ToArray());
        Assert.Equal(unflushed, _table.Unflushed);
    }

    private void Map(ulong gfn, ulong frame, PageSize size, PageKind kind = PageKind.Shared, bool writable = true) =>
        Assert.True(_table.Map(new(new(gfn), new(frame), size, kind, writable, _sequence.Sample())).IsDone);

    private void MapLeaves(ulong gfn, ulong frame, ulong leaves) =>
        Assert.True(_table.Map(new(new(gfn), new(frame), PageSize.Size4K, PageKind.Shared, Writable: true, _sequence.Sample(), leaves)).IsDone);

    private Translation Translation(ulong gfn) => _table.TryTranslate(new(gfn), out var translation) ? translation : default;

    private PageSize SizeAt(ulong gfn) => Translation(gfn).Size;
}
