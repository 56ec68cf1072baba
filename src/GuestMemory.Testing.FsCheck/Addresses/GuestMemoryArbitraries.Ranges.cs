using FsCheck;
using FsCheck.Fluent;

namespace GuestMemory.Testing;

/// <content>Ranges, and pairs of them that touch.</content>
public static partial class GuestMemoryArbitraries
{
    /// <summary>Ranges of guest frames below 2^40, empty ones included.</summary>
    public static Arbitrary<GfnRange> GfnRange() => Ranges(ToGfns, static gfns => new(gfns.Start.Value, gfns.Count));

    /// <summary>Ranges of physical frames below 2^40, empty ones included.</summary>
    public static Arbitrary<PfnRange> PfnRange() => Ranges(ToPfns, static pfns => new(pfns.Start.Value, pfns.Count));

    /// <summary>Ranges of pages below 2^40, empty ones included.</summary>
    public static Arbitrary<PageIndexRange> PageIndexRange() => Ranges(ToPages, static pages => new(pages.Start.Value, pages.Count));

    /// <summary>Two ranges of guest frames: mostly equal, adjacent, overlapping by one, nested, or with one start.</summary>
    public static Arbitrary<(GfnRange Left, GfnRange Right)> GfnRanges() => Pairs(ToGfns, static gfns => new(gfns.Start.Value, gfns.Count));

    /// <summary>Two ranges of physical frames: mostly equal, adjacent, overlapping by one, nested, or with one start.</summary>
    public static Arbitrary<(PfnRange Left, PfnRange Right)> PfnRanges() => Pairs(ToPfns, static pfns => new(pfns.Start.Value, pfns.Count));

    /// <summary>Two ranges of pages: mostly equal, adjacent, overlapping by one, nested, or with one start.</summary>
    public static Arbitrary<(PageIndexRange Left, PageIndexRange Right)> PageIndexRanges() =>
        Pairs(ToPages, static pages => new(pages.Start.Value, pages.Count));

    private static GfnRange ToGfns(NumberRange range) => new(new(range.Start), range.Count);

    private static PfnRange ToPfns(NumberRange range) => new(new(range.Start), range.Count);

    private static PageIndexRange ToPages(NumberRange range) => new(new(range.Start), range.Count);

    private static Arbitrary<T> Ranges<T>(Func<NumberRange, T> make, Func<T, NumberRange> range) =>
        Arb.From(EdgeRanges.Frames.Any.Select(make), value => EdgeRanges.Frames.Shrink(range(value)).Select(make));

    private static Arbitrary<(T Left, T Right)> Pairs<T>(Func<NumberRange, T> make, Func<T, NumberRange> range)
    {
        return Arb.From(EdgeRanges.Frames.Pairs.Select(Both), pair => EdgeRanges.Frames.ShrinkPair((range(pair.Left), range(pair.Right))).Select(Both));

        (T Left, T Right) Both((NumberRange Left, NumberRange Right) pair) => (make(pair.Left), make(pair.Right));
    }
}
