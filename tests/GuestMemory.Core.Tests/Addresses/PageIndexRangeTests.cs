using Xunit;

namespace GuestMemory.Tests;

public sealed class PageIndexRangeTests
{
    // The empty ranges at 0 to 5 and the 15 others.
    private const int SmallWorld = 21;

    [Fact]
    public void Ranges_relate_as_their_sets_of_numbers_do()
    {
        var ranges = AllRanges().ToArray();
        Assert.Equal(SmallWorld, ranges.Length);
        foreach (var left in ranges)
        {
            foreach (var right in ranges)
            {
                var both = Numbers(left).Intersect(Numbers(right)).ToArray();

                Assert.Equal(both, Numbers(left.Intersect(right)));
                Assert.Equal(both.Length > 0, left.Overlaps(right));
                Assert.Equal(Numbers(right).All(Numbers(left).Contains), left.Contains(right));
            }
        }
    }

    [Fact]
    public void A_range_has_the_numbers_from_start_to_before_end()
    {
        Assert.All(AllRanges(), range =>
        {
            Assert.Equal(Numbers(range), Enumerable.Range(0, 7).Where(n => range.Contains(new PageIndex((ulong)n))));
            Assert.Equal(Numbers(range).Length, (int)range.Count);
            Assert.Equal(Numbers(range).Length == 0, range.IsEmpty);
        });
    }

    [Fact]
    public void Disjoint_ranges_meet_in_the_empty_range_at_the_later_start() =>
        Assert.Equal(
            new PageIndexRange(new PageIndex(4), 0),
            new PageIndexRange(new PageIndex(1), 2).Intersect(new PageIndexRange(new PageIndex(4), 1)));

    [Fact]
    public void The_default_is_the_empty_range_at_0() => Assert.Equal(new PageIndexRange(new PageIndex(0), 0), default);

    [Fact]
    public void A_count_and_bounds_make_the_same_range()
    {
        Assert.Equal(
            new PageIndexRange(new PageIndex(2), 3),
            PageIndexRange.FromBounds(new PageIndex(2), new PageIndex(5)));
        Assert.Equal(new PageIndex(5), new PageIndexRange(new PageIndex(2), 3).End);
    }

    [Fact]
    public void Bounds_may_be_equal_but_not_reversed()
    {
        Assert.True(PageIndexRange.FromBounds(new PageIndex(2), new PageIndex(2)).IsEmpty);
        Assert.Throws<ArgumentException>(() => PageIndexRange.FromBounds(new PageIndex(3), new PageIndex(2)));
    }

    [Fact]
    public void The_end_fits_64_bits_or_the_range_is_refused()
    {
        Assert.Equal(new PageIndex(ulong.MaxValue), new PageIndexRange(new PageIndex(1), ulong.MaxValue - 1).End);
        Assert.Throws<OverflowException>(() => new PageIndexRange(new PageIndex(1), ulong.MaxValue));
    }

    [Fact]
    public void Text_names_the_unit_and_which_end_is_left_out() =>
        Assert.Equal("page [0x10, 0x20)", new PageIndexRange(new PageIndex(0x10), 0x10).ToString());

    private static IEnumerable<PageIndexRange> AllRanges() =>
        from start in Enumerable.Range(0, 6)
        from end in Enumerable.Range(start, 6 - start)
        select PageIndexRange.FromBounds(new PageIndex((ulong)start), new PageIndex((ulong)end));

    private static int[] Numbers(PageIndexRange range) =>
        [.. Enumerable.Range((int)range.Start.Value, (int)(range.End.Value - range.Start.Value))];
}
