using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace GuestMemory;

/// <summary>A map from 64-bit keys to values, kept as sorted runs of keys that share a value.</summary>
/// <typeparam name="TValue">What a run holds, see <see cref="IRangeValue{TSelf}"/>.</typeparam>
/// <remarks>
/// <para>
/// Ranges are half-open, so the largest key, 2^64 - 1, cannot be mapped. A range whose start is after its
/// end throws <see cref="ArgumentException"/>; an empty range changes nothing and holds nothing.
/// </para>
/// <para>
/// The form is canonical: neighbours that continue each other are always one run, so two maps with the same
/// content have equal <see cref="Runs"/>. A method that throws leaves the map as it was. Only growth
/// allocates. The type is not safe for concurrent use.
/// </para>
/// </remarks>
[DebuggerDisplay("{Count} runs")]
public sealed partial class RangeMap<TValue>
    where TValue : struct, IRangeValue<TValue>, IEquatable<TValue>
{
    private const int LinearLimit = 4;
    private const int FirstCapacity = 4;

    private RangeEntry<TValue>[] _runs = [];
    private int _count;

    /// <summary>The number of runs.</summary>
    public int Count => _count;

    /// <summary>All runs in key order. The span is a view that the next change makes stale.</summary>
    public ReadOnlySpan<RangeEntry<TValue>> Runs => new(_runs, 0, _count);

    /// <summary>The number of mapped keys. It is counted anew on each call, run by run.</summary>
    public ulong TotalLength
    {
        get
        {
            var total = 0UL;
            foreach (ref readonly var run in Runs)
            {
                total += run.Length;
            }

            return total;
        }
    }

    /// <summary>The run at a position in key order.</summary>
    /// <param name="index">From 0 up to but not including <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no run at <paramref name="index"/>.</exception>
    public RangeEntry<TValue> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _count);
            return _runs[index];
        }
    }

    /// <summary>Makes room, so that changes adding up to this many runs do not allocate.</summary>
    /// <param name="extraRuns">
    /// A number of runs. One <see cref="Set"/> adds at most 2, one <see cref="Remove"/> at most 1.
    /// </param>
    public void Reserve(int extraRuns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(extraRuns);
        if (_runs.Length - _count < extraRuns)
        {
            Grow(_count + extraRuns);
        }
    }

    /// <summary>Removes every run and keeps the memory for later ones.</summary>
    public void Clear() => SetCount(0);

    /// <summary>Sets a range after all others, as a map's own runs are read back: what is not in order is set the usual way.</summary>
    internal void Append(ulong start, ulong end, TValue value)
    {
        if (start >= end || (_count > 0 && (_runs[_count - 1].End > start || (_runs[_count - 1].End == start && Continues(in _runs[_count - 1], start, value)))))
        {
            Set(start, end, value);
            return;
        }

        if (_count == _runs.Length)
        {
            Grow(_count + 1);
        }

        _runs[_count++] = new(start, end, value);
    }

    /// <summary>Makes the content of this map equal to that of another.</summary>
    /// <param name="other">The map to copy, which stays independent of this one.</param>
    public void CopyFrom(RangeMap<TValue> other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (_runs.Length < other._count)
        {
            _runs = new RangeEntry<TValue>[other._runs.Length];
        }

        other.Runs.CopyTo(_runs);
        SetCount(other._count);
    }

    private void Grow(int needed)
    {
        var doubled = Math.Min(2L * _runs.Length, Array.MaxLength);
        var larger = new RangeEntry<TValue>[Math.Max(Math.Max((int)doubled, FirstCapacity), needed)];
        Runs.CopyTo(larger);
        _runs = larger;
    }

    private void SetCount(int count)
    {
        // Entries left behind the end must not keep objects alive.
        if (RuntimeHelpers.IsReferenceOrContainsReferences<TValue>() && count < _count)
        {
            Array.Clear(_runs, count, _count - count);
        }

        _count = count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CheckOrder(ulong start, ulong end)
    {
        if (start > end)
        {
            ThrowReversed(start, end);
        }
    }

    [DoesNotReturn]
    private static void ThrowReversed(ulong start, ulong end) =>
        throw new ArgumentException($"The range starts at 0x{start:x}, after its end 0x{end:x}.", nameof(start));
}
