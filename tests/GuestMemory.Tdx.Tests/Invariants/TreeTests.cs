using Xunit;
using static GuestMemory.Tdx.Tests.Invariants.HandMade;

namespace GuestMemory.Tdx.Tests.Invariants;

public sealed class TreeTests
{
    private readonly HandMade _world = new();
    private readonly SeptEntry _leaf = SeptEntry.Leaf(SeptEntryState.Mapped, Mapped, 7);

    [Fact]
    public void The_rows_of_a_tree_are_its_entries_in_use_with_their_addresses() => Assert.Equal(
        [(0UL, SeptLevel.Pml4), (0UL, SeptLevel.Pdpt), (0UL, SeptLevel.Pd), (2UL, SeptLevel.Pt), (3UL, SeptLevel.Pt), (0x200UL, SeptLevel.Pd)],
        SeptTrees.Rows(SeptTrees.RootOf(_world.Td)).Select(row => (row.Gfn.Value, row.Level)));

    [Fact]
    public void Trees_are_compared_at_the_level_of_the_new_one()
    {
        var (old, now) = (new SeptPage(Free, SeptLevel.Pd), new SeptPage(Free, SeptLevel.Pt));
        now[1] = _leaf;
        var changes = new List<SeptChange>();
        SeptTrees.Compare(_world.Td.Tdr, old, now, default, changes);
        Assert.Equal((new Gfn(1), SeptLevel.Pt), (changes.Single().Gfn, changes[0].Level));
    }

    [Fact]
    public void A_copy_is_brought_up_to_date_and_loses_what_is_gone()
    {
        var now = SeptTrees.RootOf(_world.Td)!;
        var copy = SeptTrees.Copy(null, now)!;
        Assert.NotSame(now, copy);
        Assert.Same(copy, SeptTrees.Copy(copy, now));
        now.SetChild(0, null);
        Assert.Null(SeptTrees.Copy(copy, now)!.Child(0));
    }

    [Fact]
    public void What_is_no_leaf_has_no_frame_behind_it() => Assert.Equal(default, SeptTrees.Locate(SeptTrees.RootOf(_world.Td), new(0x401)).Frame);

    [Fact]
    public void The_hosts_priority_is_no_change_that_counts()
    {
        Assert.False(new SeptChange(default, default, SeptLevel.Pt, _leaf, _leaf.WithHostPriority(true)).IsMoreThanPriority);
        Assert.False(new SeptChange(default, default, SeptLevel.Pt, _leaf.WithHostPriority(true), _leaf).IsMoreThanPriority);
        Assert.True(new SeptChange(default, default, SeptLevel.Pt, _leaf, SeptEntry.Free).IsMoreThanPriority);
    }

    [Fact]
    public void A_piece_is_of_the_same_page_when_leaves_lead_there_before_and_after()
    {
        var (leaf, free) = (Hit(_leaf), Hit(SeptEntry.Free));
        Assert.Equal([true, false, false], new[] { (leaf, leaf), (leaf, free), (free, leaf) }.Select(pair => new SeptPiece(default, pair.Item1, pair.Item2, 1).IsSamePage));
    }

    [Fact]
    public void A_piece_was_accepted_when_it_was_pending_and_is_not()
    {
        var (mapped, pending, free) = (Hit(_leaf), Hit(SeptEntry.Leaf(SeptEntryState.Pending, Mapped, 0)), Hit(SeptEntry.Free));
        Assert.Equal(
            [true, false, false, false],
            new[] { (pending, mapped), (mapped, mapped), (free, mapped), (pending, pending) }.Select(pair => new SeptPiece(default, pair.Item1, pair.Item2, 1).WasAccepted));
    }

    [Fact]
    public void A_page_split_is_cut_into_the_small_pages_and_a_page_merged_as_well()
    {
        var shadow = new ModuleShadow(_world.Module, keepsBytes: false);
        Split();
        Assert.Equal(512, Pieces(shadow, SeptLevel.Pd).Count(piece => piece.Frames == 1));
        shadow = new(_world.Module, keepsBytes: false);
        var place = _world.Place(new(0x200), SeptLevel.Pd);
        place.Page.SetChild(place.Index, null);
        _world.Write(new(0x200), SeptLevel.Pd, SeptEntry.Leaf(SeptEntryState.Mapped, Large, 7));
        Assert.Equal(Enumerable.Range(0x200, 512).Select(gfn => (ulong)gfn), Pieces(shadow, SeptLevel.Pd).Select(piece => piece.Gfn.Value));
    }

    [Fact]
    public void A_piece_is_no_larger_than_what_changed() => Assert.Equal(1UL, Pieces(new(_world.Module, keepsBytes: false), SeptLevel.Pt).Single().Frames);

    [Theory]
    [InlineData(SeptLevel.Pdpt, true)]
    [InlineData(SeptLevel.Pml4, false)]
    public void Changes_up_to_1G_are_cut(SeptLevel level, bool any) => Assert.Equal(any, Pieces(new(_world.Module, keepsBytes: false), level).Any());

    [Fact]
    public void A_piece_is_zero_up_to_its_last_frame()
    {
        var piece = new SeptPiece(default, Hit(_leaf), Hit(_leaf), 2);
        _world.Module.Memory.Contents.Write((Mapped + 2).Address, 8, 5);
        Assert.True(SeptPieces.IsZero(_world.Module, piece));
        _world.Module.Memory.Contents.Write((Mapped + 1).Address, 8, 5);
        Assert.False(SeptPieces.IsZero(_world.Module, piece));
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(5, 5, true)]
    [InlineData(0, 5, false)]
    [InlineData(5, 0, false)]
    public void A_copy_has_the_same_words(ulong old, ulong now, bool isCopy)
    {
        _world.Module.Memory.Contents.Write(Mapped.Address, 8, old);
        _world.Module.Memory.Contents.Write(Free.Address, 8, now);
        Assert.Equal(isCopy, SeptPieces.IsCopy(_world.Module, new(default, Hit(_leaf), new(_leaf, SeptLevel.Pt, Free), 1)));
    }

    private static SeptHit Hit(SeptEntry entry) => new(entry, SeptLevel.Pt, Mapped);

    private SeptPiece[] Pieces(ModuleShadow shadow, SeptLevel level) => [.. SeptPieces.Of(
        new(_world.Module, _world.Call(TdxFunction.MemTrack), shadow, CheckScope.Touched), new(_world.Td.Tdr, level == SeptLevel.Pt || level == SeptLevel.Pd ? new(0x200) : default, level, default, default))];

    private void Split()
    {
        _world.Table(new(0x200), SeptLevel.Pd, Free);
        for (var page = 0UL; page < 512; page++)
        {
            _world.Write(new(0x200 + page), SeptLevel.Pt, SeptEntry.Leaf(SeptEntryState.Mapped, Large + page, 7));
        }
    }
}
