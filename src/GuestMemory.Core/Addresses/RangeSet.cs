using System.Diagnostics;

namespace GuestMemory;

/// <summary>A set of 64-bit keys, kept as sorted runs that neither overlap nor touch.</summary>
/// <remarks>
/// It behaves as a <see cref="RangeMap{TValue}"/> without values: ranges are half-open, two sets with the
/// same keys have equal <see cref="Runs"/>, only growth allocates, concurrent use is not safe. A range whose
/// start is after its end throws <see cref="ArgumentException"/>.
/// </remarks>
[DebuggerDisplay("{Count} runs")]
public sealed class RangeSet
{
    private readonly RangeMap<Present> _map = new();

    /// <summary>The number of runs.</summary>
    public int Count => _map.Count;

    /// <summary>All runs in key order. The span is a view that the next change makes stale.</summary>
    public ReadOnlySpan<RangeEntry<Present>> Runs => _map.Runs;

    /// <summary>The number of keys. It is counted anew on each call, run by run.</summary>
    public ulong TotalLength => _map.TotalLength;

    /// <summary>The run at a position in key order.</summary>
    /// <param name="index">From 0 up to but not including <see cref="Count"/>.</param>
    public RangeEntry<Present> this[int index] => _map[index];

    /// <inheritdoc cref="RangeMap{TValue}.FindRun"/>
    public int FindRun(ulong key) => _map.FindRun(key);

    /// <summary>Whether a key is in the set.</summary>
    public bool Contains(ulong key) => _map.FindRun(key) >= 0;

    /// <summary>Gets the whole run that contains a key.</summary>
    /// <returns>False when the key is not in the set.</returns>
    public bool TryGetRun(ulong key, out RangeEntry<Present> run) => _map.TryGetRun(key, out run);

    /// <summary>Puts every key of a range into the set; those already there stay.</summary>
    public void Add(ulong start, ulong end) => _map.Set(start, end, default);

    /// <summary>Takes every key of a range out of the set.</summary>
    public void Remove(ulong start, ulong end) => _map.Remove(start, end);

    /// <summary>Whether at least one key of the range is in the set; false when the range is empty.</summary>
    public bool ContainsAny(ulong start, ulong end) => _map.ContainsAny(start, end);

    /// <summary>Whether every key of the range is in the set; true when the range is empty.</summary>
    public bool ContainsAll(ulong start, ulong end) => _map.ContainsAll(start, end);

    /// <summary>Finds the first keys of a range that are not in the set.</summary>
    /// <param name="start">The first key to look at.</param>
    /// <param name="end">The key after the last one to look at.</param>
    /// <param name="gapStart">The first key that is not in the set.</param>
    /// <param name="gapEnd">The next key in the set, or <paramref name="end"/> when the gap reaches it.</param>
    /// <returns>False, with both results 0, when every key is in the set.</returns>
    public bool TryFirstGap(ulong start, ulong end, out ulong gapStart, out ulong gapEnd) =>
        _map.TryFirstGap(start, end, out gapStart, out gapEnd);

    /// <summary>The runs that meet a window, clipped to it.</summary>
    /// <returns>A sequence for <c>foreach</c>. Changing the set inside the loop is not supported.</returns>
    public RangeOverlaps<Present> Overlapping(ulong start, ulong end) => _map.Overlapping(start, end);

    /// <summary>Makes room, so that changes adding up to this many runs do not allocate.</summary>
    /// <param name="extraRuns">A number of runs. One change adds at most 1.</param>
    public void Reserve(int extraRuns) => _map.Reserve(extraRuns);

    /// <summary>Removes every key and keeps the memory for later ones.</summary>
    public void Clear() => _map.Clear();

    /// <summary>Makes the keys of this set equal to those of another.</summary>
    /// <param name="other">The set to copy, which stays independent of this one.</param>
    public void CopyFrom(RangeSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _map.CopyFrom(other._map);
    }
}
