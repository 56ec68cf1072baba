using FsCheck;
using FsCheck.Fluent;

namespace GuestMemory.Testing;

/// <summary>Ranges below a limit, with starts and ends at edges; pairs of them, mostly adjacent, overlapping or nested.</summary>
/// <param name="numbers">What they are ranges of.</param>
internal sealed class EdgeRanges(EdgeNumbers numbers)
{
    private const int Relations = 8;

    /// <summary>Ranges of frames or pages.</summary>
    public static EdgeRanges Frames { get; } = new(EdgeNumbers.Frames);

    /// <summary>The ranges.</summary>
    public Gen<NumberRange> Any =>
        from start in numbers.Any
        from count in Counts(start)
        select Cut(start, count);

    /// <summary>Pairs; the second is made from the first.</summary>
    public Gen<(NumberRange Left, NumberRange Right)> Pairs =>
        from left in Any
        from other in Any
        from relation in Gen.Choose(0, Relations - 1)
        select (left, Related(left, other, relation));

    /// <summary>Fewer numbers first, then an earlier start.</summary>
    public IEnumerable<NumberRange> Shrink(NumberRange range)
    {
        foreach (var count in numbers.Shrink(range.Count))
        {
            yield return range with { Count = count };
        }

        foreach (var start in numbers.Shrink(range.Start))
        {
            yield return range with { Start = start };
        }
    }

    /// <summary>Both moved down together first, so that how they lie to each other stays; then one of them.</summary>
    public IEnumerable<(NumberRange Left, NumberRange Right)> ShrinkPair((NumberRange Left, NumberRange Right) pair)
    {
        var (left, right) = pair;
        var lower = Math.Min(left.Start, right.Start);
        foreach (var start in numbers.Shrink(lower))
        {
            var down = lower - start;
            yield return (left with { Start = left.Start - down }, right with { Start = right.Start - down });
        }

        foreach (var simpler in Shrink(left))
        {
            yield return (simpler, right);
        }

        foreach (var simpler in Shrink(right))
        {
            yield return (left, simpler);
        }
    }

    private Gen<ulong> Counts(ulong start) => Gen.Frequency(
        (2, Gen.Choose(0, 3).Select(count => (ulong)count)),
        (2, from unit in Gen.Elements(numbers.Units.ToArray()) from beside in Gen.Choose(0, 2) select unit + (ulong)beside - 1),
        (2, Gen.Elements(numbers.Units.ToArray()).Select(unit => unit - (start % unit))),
        (1, numbers.Any),
        (1, Gen.Constant(numbers.Limit)));

    private NumberRange Cut(ulong start, ulong count) => new(start, Math.Min(count, numbers.Limit - start));

    private NumberRange Related(NumberRange left, NumberRange other, int relation) => relation switch
    {
        0 => left,                                                                                      // the same
        1 => Cut(left.End, other.Count),                                                                // adjacent, after
        2 => new(left.Start - Math.Min(left.Start, other.Count), Math.Min(left.Start, other.Count)),    // adjacent, before
        3 => Cut(left.End - Math.Min(left.Count, 1), other.Count),                                      // from its last on
        4 => new(left.Start + (left.Count / 2), Math.Min(left.Count, 1)),                               // one inside it
        5 => Around(left),                                                                              // one more at each end
        6 => Cut(left.Start, other.Count),                                                              // the same start
        _ => other,
    };

    private NumberRange Around(NumberRange range)
    {
        var start = range.Start - Math.Min(range.Start, 1);
        return new(start, Math.Min(range.End + 1, numbers.Limit) - start);
    }
}
