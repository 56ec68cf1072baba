using System.Diagnostics;
using System.Numerics;
using System.Text.Json.Serialization;

namespace GuestMemory;

/// <summary>The offset of a page in a backing store, in 4 KiB pages from its start.</summary>
/// <param name="Value">The number, in pages.</param>
/// <remarks>
/// The default value is page 0, the first of the store. Ordering is by number.
/// It says nothing about where the page lies in memory.
/// As text it is <c>page 0x12</c>; the format <c>x</c> leaves the unit out and is the form that parses back.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
[JsonConverter(typeof(HexJsonConverter<PageIndex>))]
public readonly partial record struct PageIndex(ulong Value) :
    IComparable<PageIndex>, IComparisonOperators<PageIndex, PageIndex, bool>
{
    /// <summary>Whether a page of this size can start here.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is undefined.</exception>
    public bool IsAligned(PageSize size) => (Value & (size.FrameCount() - 1)) == 0;

    /// <summary>Where the page of this size that holds this page starts.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is undefined.</exception>
    public PageIndex AlignDown(PageSize size) => new(Value & ~(size.FrameCount() - 1));

    /// <summary>The page a number of pages further on.</summary>
    /// <exception cref="OverflowException">The result does not fit 64 bits.</exception>
    public static PageIndex operator +(PageIndex start, ulong count) => new(checked(start.Value + count));

    /// <summary>The number of pages from <paramref name="start"/> up to <paramref name="end"/>.</summary>
    /// <exception cref="OverflowException"><paramref name="end"/> is before <paramref name="start"/>.</exception>
    public static ulong operator -(PageIndex end, PageIndex start) => checked(end.Value - start.Value);

    /// <inheritdoc/>
    public static bool operator <(PageIndex left, PageIndex right) => left.Value < right.Value;

    /// <inheritdoc/>
    public static bool operator >(PageIndex left, PageIndex right) => left.Value > right.Value;

    /// <inheritdoc/>
    public static bool operator <=(PageIndex left, PageIndex right) => left.Value <= right.Value;

    /// <inheritdoc/>
    public static bool operator >=(PageIndex left, PageIndex right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(PageIndex other) => Value.CompareTo(other.Value);
}
