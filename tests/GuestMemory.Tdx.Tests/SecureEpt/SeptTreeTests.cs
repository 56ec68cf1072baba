using Xunit;
using static GuestMemory.Tdx.SeptEntryState;

namespace GuestMemory.Tdx.Tests.SecureEpt;

public sealed class SeptTreeTests
{
    private const ulong Top = 511UL << 27;
    private static readonly SeptEntry s_waiting = SeptEntry.Leaf(Pending, new(0x40401), 0);
    private static readonly SeptEntry s_mapped = SeptEntry.Leaf(Mapped, new(0x405ff), SeptEntry.ReadWriteExecute);
    private static readonly SeptEntry s_blocked = SeptEntry.Leaf(Blocked, new(0x40600), 0);
    private static readonly SeptEntry s_huge = SeptEntry.Leaf(Mapped, new(0x80000), SeptEntry.ReadWriteExecute);

    [Fact]
    public void The_rows_of_a_tree_are_its_entries_in_use_by_guest_address()
    {
        var expected = new List<SeptRow>
        {
            new(new(Top), SeptLevel.Pml4, SeptEntry.NonLeaf(new(0x101))),
            new(new(Top + (3UL << 18)), SeptLevel.Pdpt, s_huge),
            new(new(Top + (5UL << 18)), SeptLevel.Pdpt, SeptEntry.NonLeaf(new(0x102))),
            new(new(Top + (5UL << 18)), SeptLevel.Pd, SeptEntry.NonLeaf(new(0x103))),
            new(new(Top + (5UL << 18) + 1), SeptLevel.Pt, s_waiting),
            new(new(Top + (5UL << 18) + 511), SeptLevel.Pt, s_mapped),
            new(new(Top + (5UL << 18) + (7 << 9)), SeptLevel.Pd, s_blocked),
            new(new(Top + (5UL << 18) + (9 << 9)), SeptLevel.Pd, SeptEntry.NonLeaf(new(0x104))),
        };

        Assert.Equal(expected, Made().Rows());
    }

    [Fact]
    public void Every_entry_in_use_is_counted_under_its_level_and_state()
    {
        var counts = new long[5 * Tdx.SecureEpt.States];

        Made().Count(counts);

        (SeptLevel, SeptEntryState, long)[] expected =
        [
            (SeptLevel.Pt, Mapped, 1), (SeptLevel.Pt, Pending, 1), (SeptLevel.Pd, NonLeafMapped, 2), (SeptLevel.Pd, Blocked, 1),
            (SeptLevel.Pdpt, NonLeafMapped, 1), (SeptLevel.Pdpt, Mapped, 1), (SeptLevel.Pml4, NonLeafMapped, 1),
        ];
        var named = counts
            .Select((count, at) => ((SeptLevel)(byte)(at / Tdx.SecureEpt.States), (SeptEntryState)(byte)(at % Tdx.SecureEpt.States), count))
            .Where(row => row.count != 0);
        Assert.Equal(expected, named);
    }

    [Fact]
    public void A_place_is_where_the_tables_end()
    {
        var tree = Made();
        var pd = tree.Find(new(Top + (5UL << 18) + (7 << 9) + 3)).Page;
        pd.SetChild(7, new(new(0x105), SeptLevel.Pt));

        Assert.Equal((SeptLevel.Pd, s_blocked), PlaceOf(tree, Top + (5UL << 18) + (7 << 9) + 3));
        Assert.Equal((SeptLevel.Pt, s_waiting), PlaceOf(tree, Top + (5UL << 18) + 1));
        Assert.Equal((SeptLevel.Pml4, SeptEntry.Free), PlaceOf(tree, 0));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(512)]
    public void A_state_with_an_entry_a_page_does_not_have_is_none(int index)
    {
        var bytes = Written(index, s_mapped);
        var refusal = Assert.Throws<FormatException>(() =>
        {
            var reader = new StateReader(bytes);
            Tdx.SecureEpt.Read(ref reader);
        });
        Assert.Equal($"A page of 512 entries has none of number {index}.", refusal.Message);
    }

    [Fact]
    public void The_last_entry_of_a_page_is_read_back()
    {
        var reader = new StateReader(Written(511, s_mapped));
        var tree = Tdx.SecureEpt.Read(ref reader);
        Assert.Equal(new SeptRow(new(511), SeptLevel.Pt, s_mapped), Assert.Single(tree.Rows()));
    }

    [Fact]
    public void An_entry_whose_page_was_removed_has_no_table_to_read()
    {
        var reader = new StateReader(Written(4, SeptEntry.Removed(migrationEpoch: 6), SeptLevel.Pd));
        var tree = Tdx.SecureEpt.Read(ref reader);
        Assert.True(reader.AtEnd);
        Assert.Equal(new SeptRow(new(4 << 9), SeptLevel.Pd, SeptEntry.Removed(6)), Assert.Single(tree.Rows()));
        Assert.Single(tree.Pages());
    }

    [Fact]
    public void No_walk_has_a_name() => Assert.Equal("no walk", default(SeptPlace).ToString());

    [Theory]
    [InlineData(SeptLevel.Pml4)]
    [InlineData(SeptLevel.Pml5)]
    public void A_level_above_1G_has_no_page(SeptLevel level) =>
        Assert.Equal("level", Assert.Throws<ArgumentOutOfRangeException>(() => level.PageSize()).ParamName);

    [Fact]
    public void A_function_nobody_has_changes_no_entry()
    {
        for (var number = 0; number < 0x400; number++)
        {
            Assert.True(Enum.IsDefined((TdxFunction)number) || !SeptTransitions.Allows((TdxFunction)number, Mapped), $"{number}");
            Assert.True(Enum.IsDefined((TdxFunction)number) || HostFunctionTable.Find((TdxFunction)number) is null, $"{number}");
        }
    }

    private static (SeptLevel Level, SeptEntry Entry) PlaceOf(Tdx.SecureEpt tree, ulong gfn) => (tree.Find(new(gfn)).Level, tree.Find(new(gfn)).Entry);

    private static byte[] Written(int index, SeptEntry entry, SeptLevel level = SeptLevel.Pt)
    {
        var writer = new StateWriter([]);
        writer.UInt64(0x100);
        writer.Byte((byte)level);
        writer.Int32(1);
        writer.Int32(index);
        writer.UInt64(entry.Raw);
        return writer.Written.ToArray();
    }

    private static Tdx.SecureEpt Made()
    {
        var tree = new Tdx.SecureEpt(new(0x100), SeptLevel.Pml4);
        var pdpt = Below(tree.Pages().Single(), 511, 0x101);
        pdpt[3] = s_huge;
        var pd = Below(pdpt, 5, 0x102);
        var pt = Below(pd, 0, 0x103);
        (pt[1], pt[2], pt[511]) = (s_waiting, SeptEntry.Free.WithHostPriority(true), s_mapped);
        pd[7] = s_blocked;
        Below(pd, 9, 0x104);
        return tree;
    }

    private static SeptPage Below(SeptPage page, int index, ulong frame)
    {
        var child = new SeptPage(new(frame), page.Level - 1);
        page[index] = SeptEntry.NonLeaf(new(frame));
        page.SetChild(index, child);
        return child;
    }
}
