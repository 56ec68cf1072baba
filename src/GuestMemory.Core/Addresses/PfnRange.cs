using System.Diagnostics;

namespace GuestMemory;

/// <summary>A range of physical frames, from <see cref="Start"/> up to but not including <see cref="End"/>.</summary>
/// <remarks>
/// The default value is the empty range at frame 0. Equality compares both ends, so empty ranges at different
/// places differ, although as sets of frames they are the same. Number 2^64 - 1 is in no range.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public readonly record struct PfnRange
{
    /// <summary>Makes the range of <paramref name="count"/> frames that begins at <paramref name="start"/>.</summary>
    /// <exception cref="OverflowException">The end does not fit 64 bits.</exception>
    public PfnRange(Pfn start, ulong count)
    {
        Start = start;
        End = start + count;
    }

    /// <summary>The first frame.</summary>
    public Pfn Start { get; }

    /// <summary>The frame after the last one.</summary>
    public Pfn End { get; }

    /// <summary>The number of frames.</summary>
    public ulong Count => End - Start;

    /// <summary>Whether there is no frame in the range.</summary>
    public bool IsEmpty => Start == End;

    /// <summary>Makes the range from <paramref name="start"/> up to but not including <paramref name="end"/>.</summary>
    /// <exception cref="ArgumentException"><paramref name="end"/> is before <paramref name="start"/>.</exception>
    public static PfnRange FromBounds(Pfn start, Pfn end)
    {
        return start <= end
            ? new PfnRange(start, end - start)
            : throw new ArgumentException($"The range would end at {end}, before its start {start}.", nameof(end));
    }

    /// <summary>Whether the range has this frame.</summary>
    public bool Contains(Pfn pfn) => Start <= pfn && pfn < End;

    /// <summary>Whether the range has every frame of another; an empty one is contained in all.</summary>
    public bool Contains(PfnRange other) => other.IsEmpty || (Start <= other.Start && other.End <= End);

    /// <summary>Whether some frame is in both ranges; an empty range overlaps none.</summary>
    public bool Overlaps(PfnRange other) => !Intersect(other).IsEmpty;

    /// <summary>
    /// The frames in both ranges. When there are none, the result is the empty range at the later of the starts.
    /// </summary>
    public PfnRange Intersect(PfnRange other)
    {
        var start = Start < other.Start ? other.Start : Start;
        var end = End < other.End ? End : other.End;
        return start < end ? FromBounds(start, end) : new PfnRange(start, 0);
    }

    /// <summary>Returns the range as text, for example <c>pfn [0x10, 0x20)</c>.</summary>
    public override string ToString() => $"pfn [{Start:x}, {End:x})";
}
