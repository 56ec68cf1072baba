using System.Diagnostics;

namespace GuestMemory;

/// <summary>A range of guest frames, from <see cref="Start"/> up to but not including <see cref="End"/>.</summary>
/// <remarks>
/// The default value is the empty range at frame 0. Equality compares both ends, so empty ranges at different
/// places differ, although as sets of frames they are the same. Number 2^64 - 1 is in no range.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public readonly record struct GfnRange
{
    /// <summary>Makes the range of <paramref name="count"/> frames that begins at <paramref name="start"/>.</summary>
    /// <exception cref="OverflowException">The end does not fit 64 bits.</exception>
    public GfnRange(Gfn start, ulong count)
    {
        Start = start;
        End = start + count;
    }

    /// <summary>The first frame.</summary>
    public Gfn Start { get; }

    /// <summary>The frame after the last one.</summary>
    public Gfn End { get; }

    /// <summary>The number of frames.</summary>
    public ulong Count => End - Start;

    /// <summary>Whether there is no frame in the range.</summary>
    public bool IsEmpty => Start == End;

    /// <summary>Makes the range from <paramref name="start"/> up to but not including <paramref name="end"/>.</summary>
    /// <exception cref="ArgumentException"><paramref name="end"/> is before <paramref name="start"/>.</exception>
    public static GfnRange FromBounds(Gfn start, Gfn end)
    {
        return start <= end
            ? new GfnRange(start, end - start)
            : throw new ArgumentException($"The range would end at {end}, before its start {start}.", nameof(end));
    }

    /// <summary>Whether the range has this frame.</summary>
    public bool Contains(Gfn gfn) => Start <= gfn && gfn < End;

    /// <summary>Whether the range has every frame of another; an empty one is contained in all.</summary>
    public bool Contains(GfnRange other) => other.IsEmpty || (Start <= other.Start && other.End <= End);

    /// <summary>Whether some frame is in both ranges; an empty range overlaps none.</summary>
    public bool Overlaps(GfnRange other) => !Intersect(other).IsEmpty;

    /// <summary>
    /// The frames in both ranges. When there are none, the result is the empty range at the later of the starts.
    /// </summary>
    public GfnRange Intersect(GfnRange other)
    {
        var start = Start < other.Start ? other.Start : Start;
        var end = End < other.End ? End : other.End;
        return start < end ? FromBounds(start, end) : new GfnRange(start, 0);
    }

    /// <summary>Returns the range as text, for example <c>gfn [0x10, 0x20)</c>.</summary>
    public override string ToString() => $"gfn [{Start:x}, {End:x})";
}
