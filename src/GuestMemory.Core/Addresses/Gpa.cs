using System.Diagnostics;
using System.Numerics;
using System.Text.Json.Serialization;

namespace GuestMemory;

/// <summary>A guest physical address, in bytes.</summary>
/// <param name="Value">The number, in bytes.</param>
/// <remarks>
/// The default value is address 0, which is a valid address. Ordering is by number.
/// Only a translation relates it to an <see cref="Spa"/>.
/// As text it is <c>gpa 0x12</c>; the format <c>x</c> leaves the unit out and is the form that parses back.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
[JsonConverter(typeof(HexJsonConverter<Gpa>))]
public readonly partial record struct Gpa(ulong Value) : IComparable<Gpa>, IComparisonOperators<Gpa, Gpa, bool>
{
    /// <summary>The frame that the address lies in.</summary>
    public Gfn Frame => new(Value >> PageSizes.FrameShift);

    /// <summary>The distance in bytes from the start of the frame, 0 to 4095.</summary>
    public ulong Offset => Value & (PageSizes.FrameBytes - 1);

    /// <summary>The address a number of bytes further on.</summary>
    /// <exception cref="OverflowException">The result does not fit 64 bits.</exception>
    public static Gpa operator +(Gpa start, ulong count) => new(checked(start.Value + count));

    /// <summary>The number of bytes from <paramref name="start"/> up to <paramref name="end"/>.</summary>
    /// <exception cref="OverflowException"><paramref name="end"/> is before <paramref name="start"/>.</exception>
    public static ulong operator -(Gpa end, Gpa start) => checked(end.Value - start.Value);

    /// <inheritdoc/>
    public static bool operator <(Gpa left, Gpa right) => left.Value < right.Value;

    /// <inheritdoc/>
    public static bool operator >(Gpa left, Gpa right) => left.Value > right.Value;

    /// <inheritdoc/>
    public static bool operator <=(Gpa left, Gpa right) => left.Value <= right.Value;

    /// <inheritdoc/>
    public static bool operator >=(Gpa left, Gpa right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(Gpa other) => Value.CompareTo(other.Value);
}
