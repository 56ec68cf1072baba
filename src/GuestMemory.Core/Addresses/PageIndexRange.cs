using System.Diagnostics;

namespace GuestMemory;

/// <summary>
/// A range of pages of a backing store, from <see cref="Start"/> up to but not including <see cref="End"/>.
/// </summary>
/// <remarks>
/// The default value is the empty range at page 0. Equality compares both ends, so empty ranges at different
/// places differ, although as sets of pages they are the same. Number 2^64 - 1 is in no range.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public readonly record struct PageIndexRange
{
    /// <summary>Makes the range of <paramref name="count"/> pages that begins at <paramref name="start"/>.</summary>
    /// <exception cref="OverflowException">The end does not fit 64 bits.</exception>
    public PageIndexRange(PageIndex start, ulong count)
    {
        Start = start;
        End = start + count;
    }

    /// <summary>The first page.</summary>
    public PageIndex Start { get; }

    /// <summary>The page after the last one.</summary>
    public PageIndex End { get; }

    /// <summary>The number of pages.</summary>
    public ulong Count => End - Start;

    /// <summary>Whether there is no page in the range.</summary>
    public bool IsEmpty => Start == End;

    /// <summary>Makes the range from <paramref name="start"/> up to but not including <paramref name="end"/>.</summary>
    /// <exception cref="ArgumentException"><paramref name="end"/> is before <paramref name="start"/>.</exception>
    public static PageIndexRange FromBounds(PageIndex start, PageIndex end)
    {
        return start <= end
            ? new PageIndexRange(start, end - start)
            : throw new ArgumentException($"The range would end at {end}, before its start {start}.", nameof(end));
    }

    /// <summary>Whether the range has this page.</summary>
    public bool Contains(PageIndex index) => Start <= index && index < End;

    /// <summary>Whether the range has every page of another; an empty one is contained in all.</summary>
    public bool Contains(PageIndexRange other) => other.IsEmpty || (Start <= other.Start && other.End <= End);

    /// <summary>Whether some page is in both ranges; an empty range overlaps none.</summary>
    public bool Overlaps(PageIndexRange other) => !Intersect(other).IsEmpty;

    /// <summary>
    /// The pages in both ranges. When there are none, the result is the empty range at the later of the starts.
    /// </summary>
    public PageIndexRange Intersect(PageIndexRange other)
    {
        var start = Start < other.Start ? other.Start : Start;
        var end = End < other.End ? End : other.End;
        return start < end ? FromBounds(start, end) : new PageIndexRange(start, 0);
    }

    /// <summary>Returns the range as text, for example <c>page [0x10, 0x20)</c>.</summary>
    public override string ToString() => $"page [{Start:x}, {End:x})";
}
