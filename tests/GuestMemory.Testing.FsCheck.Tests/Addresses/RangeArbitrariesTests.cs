using Xunit;

namespace GuestMemory.Testing.FsCheck.Tests.Addresses;

public sealed class RangeArbitrariesTests
{
    private static readonly Pfn Last = new(1UL << 40);

    [Fact]
    public void Ranges_are_empty_or_single_or_end_at_edges()
    {
        var drawn = AddressArbitrariesTests.Sample(GuestMemoryArbitraries.PfnRange());

        Assert.Contains(drawn, frames => frames.IsEmpty);
        Assert.Contains(drawn, frames => frames.Count == 1);
        Assert.Contains(drawn, frames => frames.Count == 513);
        Assert.Contains(drawn, frames => frames.End == Last && !frames.IsEmpty);
        Assert.Contains(drawn, frames => !frames.Start.IsAligned(PageSize.Size2M) && frames.End.IsAligned(PageSize.Size2M) && frames.Count is > 0 and < 512);
        Assert.All(drawn, frames => Assert.True(frames.End <= Last));
    }

    // Each relation in at least one pair of twenty.
    [Fact]
    public void Pairs_touch_overlap_and_nest()
    {
        var pairs = AddressArbitrariesTests.Sample(GuestMemoryArbitraries.GfnRanges()).Where(pair => !pair.Left.IsEmpty && !pair.Right.IsEmpty).ToArray();
        Func<(GfnRange Left, GfnRange Right), bool>[] relations =
        [
            pair => pair.Left == pair.Right,
            pair => pair.Left.End == pair.Right.Start,
            pair => pair.Right.End == pair.Left.Start,
            pair => pair.Left.Intersect(pair.Right).Count == 1 && pair.Left.Count > 1,
            pair => pair.Left != pair.Right && pair.Right.Contains(pair.Left),
            pair => pair.Left.Start == pair.Right.Start && pair.Left.End != pair.Right.End,
            pair => !pair.Left.Overlaps(pair.Right),
        ];

        Assert.All(relations, relation => Assert.InRange(pairs.Count(relation), pairs.Length / 20, pairs.Length));
    }

    [Fact]
    public void Ranges_shrink_to_few_frames_near_the_start()
    {
        Assert.Equal(new GfnRange(new(0), 2), AddressArbitrariesTests.Smallest(GuestMemoryArbitraries.GfnRange(), gfns => gfns.Count < 2));
        Assert.Equal(new PfnRange(new(512), 1), AddressArbitrariesTests.Smallest(GuestMemoryArbitraries.PfnRange(), pfns => pfns.IsEmpty || pfns.Start.Value < 512));
        Assert.Equal(new PageIndexRange(new(3), 0), AddressArbitrariesTests.Smallest(GuestMemoryArbitraries.PageIndexRange(), pages => pages.Start.Value < 3));
    }

    // Moved down together: the pair stays adjacent while it shrinks.
    [Fact]
    public void Adjacent_pairs_shrink_to_adjacent_pairs_at_the_start()
    {
        var (left, right) = AddressArbitrariesTests.Smallest(
            GuestMemoryArbitraries.PfnRanges(), pair => pair.Left.IsEmpty || pair.Right.IsEmpty || pair.Left.End != pair.Right.Start);
        var (first, second) = AddressArbitrariesTests.Smallest(GuestMemoryArbitraries.PageIndexRanges(), pair => !pair.Left.Overlaps(pair.Right));

        Assert.Equal((new(default, 1), new(new(1), 1)), (left, right));
        Assert.Equal((new(default, 1), new(default, 1)), (first, second));
    }

    [Fact]
    public void Small_machines_can_all_be_made_and_shrink_to_the_smallest()
    {
        var machines = GuestMemoryArbitraries.SmallMachine();

        Assert.All(AddressArbitrariesTests.Sample(machines).Take(300), machine => Assert.Equal(machine.Frames, machine.Create().Frames.AllFrames.Count));
        Assert.All(AddressArbitrariesTests.Sample(GuestMemoryArbitraries.MachineOptions()).Take(100), options => options.Freeze());
        Assert.Equal(
            "2 frames, 2 a node, lowest first, leaves up to Size4K", AddressArbitrariesTests.Smallest(machines, _ => false).ToString());
        Assert.Equal(
            "5 frames, 5 a node, adversarial, cached translations, leaves up to Size2M",
            AddressArbitrariesTests.Smallest(machines, machine => machine is not { Frames: > 4, Adversarial: true, CachesTranslations: true, LargestMapping: > PageSize.Size4K }).ToString());
    }
}
