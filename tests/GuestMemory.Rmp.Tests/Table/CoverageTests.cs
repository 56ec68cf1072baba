using Xunit;

namespace GuestMemory.Rmp.Tests.Table;

public sealed class CoverageTests
{
    // apm2, 15.36.4: covered bytes are ((RMP_END + 1 - RMP_BASE - 16 KiB) / 16) pages of 4K, from address 0.
    [Fact]
    public void A_flat_table_covers_a_page_for_every_16_bytes_after_the_first_16_KiB()
    {
        var coverage = RmpCoverage.Flat(new(0x10_0000), new(0x10_0000 + 0x4000 + 0x2000 - 1));

        Assert.Equal([new PfnRange(default, 512)], coverage.Covered);
        Assert.Equal([new PfnRange(new(0x100), 6)], coverage.OwnPages);
        Assert.True(coverage.Covers(new(511)));
        Assert.False(coverage.Covers(new(512)));
        Assert.True(coverage.IsOwnPage(new(0x105)));
        Assert.False(coverage.IsOwnPage(new(0x106)));
        Assert.False(coverage.IsOwnPage(new(0xff)));
    }

    [Theory]
    [InlineData(0x1000, 0x10_1fff, "start")]
    [InlineData(0x2000, 0x10_1ffe, "start")]
    [InlineData(0x2000, 0x5fff, "last")]
    [InlineData(0x10_0000, 0xf_ffff, "last")]
    [InlineData(0, ulong.MaxValue, "last")]
    [InlineData(0, 1UL << 52, "last")]
    public void Bounds_without_an_entry_are_refused(ulong start, ulong last, string parameter) =>
        Assert.Throws<ArgumentException>(parameter, () => RmpCoverage.Flat(new(start), new(last)));

    [Fact]
    public void The_smallest_and_the_last_possible_table_are_taken()
    {
        Assert.Equal(512UL, RmpCoverage.Flat(default, new(0x5fff)).Covered[0].Count);
        Assert.Equal(512UL, RmpCoverage.Flat(new((1UL << 52) - 0x6000), new((1UL << 52) - 1)).Covered[0].Count);
    }

    // snp-abi, 8.8: base and size are multiples of 1 MiB, and the table covers itself.
    [Theory]
    [InlineData(512UL)]
    [InlineData(0x1000UL)]
    [InlineData(0x10_0000UL)]
    [InlineData(0x12_3457UL)]
    [InlineData(1UL << 40)]
    public void The_table_at_the_end_of_a_machine_covers_the_machine_and_itself(ulong frames)
    {
        var coverage = RmpCoverage.AtEndOf(new(default, frames));

        var own = Assert.Single(coverage.OwnPages);
        Assert.Equal([new PfnRange(default, frames)], coverage.Covered);
        Assert.Equal(0UL, own.Start.Value % 256);
        Assert.Equal(0UL, own.Count % 256);
        Assert.True(own.Count * 4096 >= RmpCoverage.BookkeepingBytes + (frames * 16));
        Assert.InRange(frames - own.End.Value, 0UL, 255UL);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(511UL)]
    [InlineData((1UL << 40) + 1)]
    [InlineData(ulong.MaxValue)]
    public void A_machine_too_small_or_too_large_for_a_table_is_refused(ulong frames) =>
        Assert.Throws<ArgumentException>("frames", () => RmpCoverage.AtEndOf(new(default, frames)));

    // apm2-later, 15.36.22: no entry where a segment is absent, or beyond what it maps; segments that touch are one run.
    [Fact]
    public void Segments_cover_the_first_part_of_their_stretch()
    {
        var own = new PfnRange(new(0x100), 0x800);
        var coverage = RmpCoverage.Segmented(32, [4, 4, 0, 1], own);

        Assert.Equal([new PfnRange(default, 2UL << 20), new PfnRange(new(3UL << 20), 1UL << 18)], coverage.Covered);
        Assert.Equal([own], coverage.OwnPages);
        Assert.True(coverage.Covers(new((2UL << 20) - 1)));
        Assert.False(coverage.Covers(new(2UL << 20)));
        Assert.False(coverage.Covers(new((3UL << 20) - 1)));
        Assert.True(coverage.Covers(new(3UL << 20)));
        Assert.True(coverage.Covers(new((3UL << 20) + (1UL << 18) - 1)));
        Assert.False(coverage.Covers(new((3UL << 20) + (1UL << 18))));
    }

    [Fact]
    public void A_table_of_absent_segments_covers_nothing()
    {
        var coverage = RmpCoverage.Segmented(40, [0, 0]);

        Assert.Empty(coverage.Covered);
        Assert.False(coverage.Covers(default));
    }

    [Theory]
    [InlineData(29, new[] { 1 }, "segmentBits")]
    [InlineData(41, new[] { 1 }, "segmentBits")]
    [InlineData(30, new[] { 2 }, "coveredGigabytes")]
    [InlineData(30, new[] { 0, -1 }, "coveredGigabytes")]
    public void Segments_out_of_range_are_refused(int bits, int[] gigabytes, string parameter) =>
        Assert.Throws<ArgumentException>(parameter, () => RmpCoverage.Segmented(bits, gigabytes));

    [Fact]
    public void A_segment_table_has_at_most_512_segments()
    {
        Assert.Single(RmpCoverage.Segmented(30, Enumerable.Repeat(1, 512).ToArray()).Covered);
        Assert.Throws<ArgumentException>("segmentBits", () => RmpCoverage.Segmented(30, new int[513]));
        Assert.Throws<ArgumentNullException>("ownPages", () => RmpCoverage.Segmented(30, [1], null!));
    }
}
