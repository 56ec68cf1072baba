using System.Diagnostics;
using System.Numerics;
using System.Text.Json.Serialization;

namespace GuestMemory;

/// <summary>A page frame number: a system physical address divided by 4 KiB.</summary>
/// <param name="Value">The number, in frames.</param>
/// <remarks>
/// The default value is frame 0, which is a valid frame. Ordering is by number.
/// There is no conversion to a <see cref="Gfn"/>: only a translation relates them.
/// As text it is <c>pfn 0x12</c>; the format <c>x</c> leaves the unit out and is the form that parses back.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
[JsonConverter(typeof(HexJsonConverter<Pfn>))]
public readonly partial record struct Pfn(ulong Value) : IComparable<Pfn>, IComparisonOperators<Pfn, Pfn, bool>
{
    /// <summary>The address of the first byte of the frame.</summary>
    /// <exception cref="OverflowException">The frame number is 2^52 or more.</exception>
    public Spa Address => new(checked(Value * PageSizes.FrameBytes));

    /// <summary>Whether a page of this size can start here.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is undefined.</exception>
    public bool IsAligned(PageSize size) => (Value & (size.FrameCount() - 1)) == 0;

    /// <summary>Where the page of this size that holds this frame starts.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is undefined.</exception>
    public Pfn AlignDown(PageSize size) => new(Value & ~(size.FrameCount() - 1));

    /// <summary>The frame a number of frames further on.</summary>
    /// <exception cref="OverflowException">The result does not fit 64 bits.</exception>
    public static Pfn operator +(Pfn start, ulong count) => new(checked(start.Value + count));

    /// <summary>The number of frames from <paramref name="start"/> up to <paramref name="end"/>.</summary>
    /// <exception cref="OverflowException"><paramref name="end"/> is before <paramref name="start"/>.</exception>
    public static ulong operator -(Pfn end, Pfn start) => checked(end.Value - start.Value);

    /// <inheritdoc/>
    public static bool operator <(Pfn left, Pfn right) => left.Value < right.Value;

    /// <inheritdoc/>
    public static bool operator >(Pfn left, Pfn right) => left.Value > right.Value;

    /// <inheritdoc/>
    public static bool operator <=(Pfn left, Pfn right) => left.Value <= right.Value;

    /// <inheritdoc/>
    public static bool operator >=(Pfn left, Pfn right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(Pfn other) => Value.CompareTo(other.Value);
}
