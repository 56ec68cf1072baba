using System.Diagnostics;
using System.Numerics;
using System.Text.Json.Serialization;

namespace GuestMemory;

/// <summary>A host virtual address, in bytes.</summary>
/// <param name="Value">The number, in bytes.</param>
/// <remarks>
/// The default value is address 0, which is a valid address here. Ordering is by number.
/// It belongs to one host process; nothing converts it to a physical address.
/// As text it is <c>hva 0x12</c>; the format <c>x</c> leaves the unit out and is the form that parses back.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
[JsonConverter(typeof(HexJsonConverter<Hva>))]
public readonly partial record struct Hva(ulong Value) : IComparable<Hva>, IComparisonOperators<Hva, Hva, bool>
{
    /// <summary>The number of the 4 KiB page that the address lies in, counted from address 0.</summary>
    public ulong PageNumber => Value >> PageSizes.FrameShift;

    /// <summary>The address a number of bytes further on.</summary>
    /// <exception cref="OverflowException">The result does not fit 64 bits.</exception>
    public static Hva operator +(Hva start, ulong count) => new(checked(start.Value + count));

    /// <summary>The number of bytes from <paramref name="start"/> up to <paramref name="end"/>.</summary>
    /// <exception cref="OverflowException"><paramref name="end"/> is before <paramref name="start"/>.</exception>
    public static ulong operator -(Hva end, Hva start) => checked(end.Value - start.Value);

    /// <inheritdoc/>
    public static bool operator <(Hva left, Hva right) => left.Value < right.Value;

    /// <inheritdoc/>
    public static bool operator >(Hva left, Hva right) => left.Value > right.Value;

    /// <inheritdoc/>
    public static bool operator <=(Hva left, Hva right) => left.Value <= right.Value;

    /// <inheritdoc/>
    public static bool operator >=(Hva left, Hva right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(Hva other) => Value.CompareTo(other.Value);
}
