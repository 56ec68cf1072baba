using System.Diagnostics;
using System.Numerics;
using System.Text.Json.Serialization;

namespace GuestMemory;

/// <summary>A system physical address, in bytes; Intel and KVM say host physical address.</summary>
/// <param name="Value">The number, in bytes.</param>
/// <remarks>
/// The default value is address 0, which is a valid address. Ordering is by number.
/// Only a translation relates it to a <see cref="Gpa"/>.
/// As text it is <c>spa 0x12</c>; the format <c>x</c> leaves the unit out and is the form that parses back.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
[JsonConverter(typeof(HexJsonConverter<Spa>))]
public readonly partial record struct Spa(ulong Value) : IComparable<Spa>, IComparisonOperators<Spa, Spa, bool>
{
    /// <summary>The frame that the address lies in.</summary>
    public Pfn Frame => new(Value >> PageSizes.FrameShift);

    /// <summary>The distance in bytes from the start of the frame, 0 to 4095.</summary>
    public ulong Offset => Value & (PageSizes.FrameBytes - 1);

    /// <summary>The address a number of bytes further on.</summary>
    /// <exception cref="OverflowException">The result does not fit 64 bits.</exception>
    public static Spa operator +(Spa start, ulong count) => new(checked(start.Value + count));

    /// <summary>The number of bytes from <paramref name="start"/> up to <paramref name="end"/>.</summary>
    /// <exception cref="OverflowException"><paramref name="end"/> is before <paramref name="start"/>.</exception>
    public static ulong operator -(Spa end, Spa start) => checked(end.Value - start.Value);

    /// <inheritdoc/>
    public static bool operator <(Spa left, Spa right) => left.Value < right.Value;

    /// <inheritdoc/>
    public static bool operator >(Spa left, Spa right) => left.Value > right.Value;

    /// <inheritdoc/>
    public static bool operator <=(Spa left, Spa right) => left.Value <= right.Value;

    /// <inheritdoc/>
    public static bool operator >=(Spa left, Spa right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(Spa other) => Value.CompareTo(other.Value);
}
