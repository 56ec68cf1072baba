using System.Diagnostics;
using System.Numerics;
using System.Text.Json.Serialization;

namespace GuestMemory;

/// <summary>A guest frame number: a guest physical address divided by 4 KiB.</summary>
/// <param name="Value">The number, in frames.</param>
/// <remarks>
/// The default value is frame 0, which is a valid frame. Ordering is by number.
/// There is no conversion to a <see cref="Pfn"/>: only a translation relates them.
/// As text it is <c>gfn 0x12</c>; the format <c>x</c> leaves the unit out and is the form that parses back.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
[JsonConverter(typeof(HexJsonConverter<Gfn>))]
public readonly partial record struct Gfn(ulong Value) : IComparable<Gfn>, IComparisonOperators<Gfn, Gfn, bool>
{
    /// <summary>The address of the first byte of the frame.</summary>
    /// <exception cref="OverflowException">The frame number is 2^52 or more.</exception>
    public Gpa Address => new(checked(Value * PageSizes.FrameBytes));

    /// <summary>Whether a page of this size can start here.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is undefined.</exception>
    public bool IsAligned(PageSize size) => (Value & (size.FrameCount() - 1)) == 0;

    /// <summary>Where the page of this size that holds this frame starts.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is undefined.</exception>
    public Gfn AlignDown(PageSize size) => new(Value & ~(size.FrameCount() - 1));

    /// <summary>The frame a number of frames further on.</summary>
    /// <exception cref="OverflowException">The result does not fit 64 bits.</exception>
    public static Gfn operator +(Gfn start, ulong count) => new(checked(start.Value + count));

    /// <summary>The number of frames from <paramref name="start"/> up to <paramref name="end"/>.</summary>
    /// <exception cref="OverflowException"><paramref name="end"/> is before <paramref name="start"/>.</exception>
    public static ulong operator -(Gfn end, Gfn start) => checked(end.Value - start.Value);

    /// <inheritdoc/>
    public static bool operator <(Gfn left, Gfn right) => left.Value < right.Value;

    /// <inheritdoc/>
    public static bool operator >(Gfn left, Gfn right) => left.Value > right.Value;

    /// <inheritdoc/>
    public static bool operator <=(Gfn left, Gfn right) => left.Value <= right.Value;

    /// <inheritdoc/>
    public static bool operator >=(Gfn left, Gfn right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(Gfn other) => Value.CompareTo(other.Value);
}
