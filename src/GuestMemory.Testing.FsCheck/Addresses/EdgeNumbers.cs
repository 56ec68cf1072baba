using FsCheck;
using FsCheck.Fluent;

namespace GuestMemory.Testing;

/// <summary>Numbers below a limit, mostly at edges: 0, the limits of 4K, 2M and 1G pages and their neighbours, the last numbers there are.</summary>
/// <param name="limit">The first number that is none; at most 2^62.</param>
/// <param name="units">What pages count in these numbers, ascending.</param>
internal sealed class EdgeNumbers(ulong limit, params ulong[] units)
{
    private const int Half = int.MaxValue;

    /// <summary>Frames of a machine or guest with 52 address bits, the most there are.</summary>
    public static EdgeNumbers Frames { get; } = new(1UL << 40, 1, 512, 512 * 512);

    /// <summary>Byte addresses of 52 bits.</summary>
    public static EdgeNumbers Bytes { get; } = new(1UL << 52, 4096, 4096 * 512, 4096UL * 512 * 512);

    /// <summary>The first number that is none.</summary>
    public ulong Limit => limit;

    /// <summary>What pages count in these numbers.</summary>
    public ReadOnlySpan<ulong> Units => units;

    /// <summary>The numbers.</summary>
    public Gen<ulong> Any => Gen.Frequency(
        (1, Gen.Constant(0UL)),
        (3, Gen.Choose(0, 16).Select(value => Math.Min((ulong)value, limit - 1))),
        (5, Gen.OneOf(units.Select(NearMultiple))),
        (2, Gen.Choose(1, 3).Select(value => limit - Math.Min((ulong)value, limit))),
        (2, Anywhere));

    /// <summary>Numbers all over, none preferred.</summary>
    public Gen<ulong> Anywhere =>
        from high in Gen.Choose(0, Half)
        from low in Gen.Choose(0, Half)
        select (((ulong)high << 31) + (ulong)low) % limit;

    /// <summary>Simpler numbers first: 0, the starts of the pages it lies in, its half, the number before.</summary>
    public IEnumerable<ulong> Shrink(ulong value) =>
        units.Select(unit => value - (value % unit)).Append(0UL).Append(value / 2).Append(value - Math.Min(value, 1)).Where(simpler => simpler < value).Distinct().Order();

    // The first few pages of a size, or the last that fits; up to two beside its start.
    private Gen<ulong> NearMultiple(ulong unit) =>
        from page in Gen.OneOf(Gen.Choose(0, 3).Select(page => (ulong)page), Gen.Constant(limit / unit))
        from beside in Gen.Choose(-2, 2)
        select Clamp(page * unit, beside);

    private ulong Clamp(ulong value, int beside)
    {
        var moved = beside < 0 ? value - Math.Min(value, (ulong)-beside) : value + (ulong)beside;
        return Math.Min(moved, limit - 1);
    }
}
