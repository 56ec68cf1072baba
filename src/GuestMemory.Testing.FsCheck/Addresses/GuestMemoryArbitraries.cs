using FsCheck;
using FsCheck.Fluent;

namespace GuestMemory.Testing;

/// <summary>Generators with shrinkers for Core's own types. Use them one by one, or all by <c>ArbMap.Default.Merge(typeof(GuestMemoryArbitraries))</c>.</summary>
/// <remarks>
/// Addresses have 52 bits, frame and page numbers 40. Drawn are, more often than elsewhere: 0, the limits of 4K, 2M and 1G pages with their neighbours, the last numbers.
/// They shrink towards 0 over the starts of pages. Thread-safe.
/// </remarks>
public static partial class GuestMemoryArbitraries
{
    /// <summary>Guest physical addresses below 2^52.</summary>
    public static Arbitrary<Gpa> Gpa() => Of(EdgeNumbers.Bytes, static value => new Gpa(value), static gpa => gpa.Value);

    /// <summary>System physical addresses below 2^52.</summary>
    public static Arbitrary<Spa> Spa() => Of(EdgeNumbers.Bytes, static value => new Spa(value), static spa => spa.Value);

    /// <summary>Virtual addresses below 2^52.</summary>
    public static Arbitrary<Hva> Hva() => Of(EdgeNumbers.Bytes, static value => new Hva(value), static hva => hva.Value);

    /// <summary>Guest frames below 2^40.</summary>
    public static Arbitrary<Gfn> Gfn() => Of(EdgeNumbers.Frames, static value => new Gfn(value), static gfn => gfn.Value);

    /// <summary>Physical frames below 2^40.</summary>
    public static Arbitrary<Pfn> Pfn() => Of(EdgeNumbers.Frames, static value => new Pfn(value), static pfn => pfn.Value);

    /// <summary>Pages of a store below 2^40.</summary>
    public static Arbitrary<PageIndex> PageIndex() => Of(EdgeNumbers.Frames, static value => new PageIndex(value), static index => index.Value);

    /// <summary>The three sizes; shrinks to the smaller ones.</summary>
    public static Arbitrary<PageSize> PageSize() => Arb.From(Gen.Elements(Enum.GetValues<PageSize>()), Smaller);

    /// <summary>Pages of all sizes, aligned, below frame 2^40; shrinks to smaller pages, then to lower ones.</summary>
    public static Arbitrary<PhysicalPage> PhysicalPage() => Arb.From(
        from size in PageSize().Generator
        from start in Pfn().Generator
        select new PhysicalPage(start.AlignDown(size), size),
        ShrinkPage);

    /// <summary>Numbers as a guest or VMM may hand them in: all 64 bits, with those from which a sum wraps around. Merged into a map, it stands for every <see cref="ulong"/>.</summary>
    public static Arbitrary<ulong> RawNumber() => Arb.From(
        Gen.OneOf(EdgeNumbers.Bytes.Any, EdgeNumbers.Frames.Any, EdgeNumbers.Bytes.Any.Select(static value => ulong.MaxValue - value)),
        EdgeNumbers.Bytes.Shrink);

    private static Arbitrary<T> Of<T>(EdgeNumbers numbers, Func<ulong, T> make, Func<T, ulong> value) =>
        Arb.From(numbers.Any.Select(make), address => numbers.Shrink(value(address)).Select(make));

    private static IEnumerable<PageSize> Smaller(PageSize size)
    {
        for (var smaller = GuestMemory.PageSize.Size4K; smaller < size; smaller++)
        {
            yield return smaller;
        }
    }

    private static IEnumerable<PhysicalPage> ShrinkPage(PhysicalPage page)
    {
        foreach (var size in Smaller(page.Size))
        {
            yield return new(page.Start, size);
        }

        foreach (var start in EdgeNumbers.Frames.Shrink(page.Start.Value).Select(static value => new Pfn(value)).Where(start => start.IsAligned(page.Size)))
        {
            yield return new(start, page.Size);
        }
    }
}
