using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace GuestMemory.Testing.FsCheck.Tests.Addresses;

public sealed class AddressArbitrariesTests
{
    private const ulong Frames = 1UL << 40;

    [Fact]
    public void Edges_of_frames_are_drawn()
    {
        var drawn = Sample(GuestMemoryArbitraries.Gfn()).Select(gfn => gfn.Value).ToHashSet();

        Assert.Empty(new ulong[] { 0, 1, 511, 512, 513, (512 * 512) - 1, 512 * 512, Frames - 1 }.Except(drawn));
        Assert.All(drawn, value => Assert.InRange(value, 0UL, Frames - 1));
        Assert.Contains(drawn, value => value % 512 is > 2 and < 510 && value > 512 * 512 * 4);
    }

    [Fact]
    public void Edges_of_addresses_are_drawn()
    {
        var drawn = Sample(GuestMemoryArbitraries.Spa()).Select(spa => spa.Value).ToHashSet();

        Assert.Empty(new ulong[] { 0, 4095, 4096, 4097, (1 << 21) - 1, 1 << 21, (1 << 30) - 1, 1 << 30, (1UL << 52) - 1 }.Except(drawn));
        Assert.All(drawn, value => Assert.InRange(value, 0UL, (1UL << 52) - 1));
    }

    [Fact]
    public void Raw_numbers_reach_the_last_one() => Assert.Contains(ulong.MaxValue, Sample(GuestMemoryArbitraries.RawNumber()));

    [Fact]
    public void Pages_of_every_size_are_drawn_and_shrink_to_pages()
    {
        var pages = GuestMemoryArbitraries.PhysicalPage();
        var drawn = Sample(pages);

        Assert.Equal(Enum.GetValues<PageSize>(), drawn.Select(page => page.Size).Distinct().Order());
        Assert.All(drawn, page => Assert.All(pages.Shrinker(page), simpler => Assert.True(simpler.Size < page.Size || simpler.Start < page.Start)));
    }

    [Fact]
    public void Each_address_type_shrinks_to_the_edge_it_fails_at()
    {
        Assert.Equal(new Gfn(512), Smallest(GuestMemoryArbitraries.Gfn(), gfn => gfn.Value < 512));
        Assert.Equal(new Pfn(513), Smallest(GuestMemoryArbitraries.Pfn(), pfn => pfn.Value < 513));
        Assert.Equal(new PageIndex(7), Smallest(GuestMemoryArbitraries.PageIndex(), index => index.Value < 7));
        Assert.Equal(new Gpa(4096), Smallest(GuestMemoryArbitraries.Gpa(), gpa => gpa.Frame == default));
        Assert.Equal(new Spa(1), Smallest(GuestMemoryArbitraries.Spa(), spa => spa.Offset == 0));
        Assert.Equal(new Hva(0), Smallest(GuestMemoryArbitraries.Hva(), _ => false));
        Assert.Equal(PageSize.Size2M, Smallest(GuestMemoryArbitraries.PageSize(), size => size == PageSize.Size4K));
        Assert.Equal(new PhysicalPage(new(512), PageSize.Size4K), Smallest(GuestMemoryArbitraries.PhysicalPage(), page => page.Start.Value < 512));
    }

    [Fact]
    public void All_of_them_merge_into_a_map()
    {
        var map = ArbMap.Default.Merge(typeof(GuestMemoryArbitraries));

        Assert.All(Sample(map.ArbFor<GfnRange>()), gfns => Assert.InRange(gfns.End.Value, gfns.Start.Value, Frames));
        Assert.Contains(new Pfn(Frames - 1), Sample(map.ArbFor<Pfn>()));
        Assert.Contains(Sample(map.ArbFor<(PfnRange, PfnRange)>()), pair => !pair.Item1.IsEmpty && pair.Item1.End == pair.Item2.Start);
        Assert.All(Sample(map.ArbFor<SmallMachine>()), machine => Assert.InRange(machine.Frames, 2UL, 2048UL));
    }

    internal static T[] Sample<T>(Arbitrary<T> values) => [.. values.Generator.Sample(2000, new Rnd(1), 50)];

    internal static T Smallest<T>(Arbitrary<T> values, Func<T, bool> holds)
        where T : struct
    {
        var found = PropertyRun.FirstFailure(values, value => holds(value) ? null : new Found<T>(value), new() { Sequences = 2000 });
        return Assert.IsType<Found<T>>(found).Value;
    }

    private sealed record Found<T>(T Value);
}
