using System.Runtime.CompilerServices;

namespace GuestMemory;

public sealed partial class RangeMap<TValue>
{
    /// <summary>Finds the run that contains a key.</summary>
    /// <returns>
    /// The position of the run, or the complement (<c>~</c>) of the position of the first run after
    /// <paramref name="key"/>, which is <see cref="Count"/> when there is none.
    /// </returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int FindRun(ulong key)
    {
        var runs = Runs;
        var index = FirstEndingAfter(runs, key);
        return unchecked((uint)index < (uint)runs.Length) && runs[index].Start <= key ? index : ~index;
    }

    /// <summary>Gets the value at a key, advanced to that key.</summary>
    /// <returns>False when the key is not mapped.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGet(ulong key, out TValue value)
    {
        var runs = Runs;
        var index = FirstEndingAfter(runs, key);
        if (unchecked((uint)index < (uint)runs.Length))
        {
            ref readonly var run = ref runs[index];
            if (run.Start <= key)
            {
                value = run.Value.Advance(key - run.Start);
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Gets the whole run that contains a key; its value is the one at the start of the run.</summary>
    /// <returns>False when the key is not mapped.</returns>
    public bool TryGetRun(ulong key, out RangeEntry<TValue> run)
    {
        var index = FindRun(key);
        run = index >= 0 ? _runs[index] : default;
        return index >= 0;
    }

    /// <summary>Whether at least one key of the range is mapped; false when the range is empty.</summary>
    /// <exception cref="ArgumentException"><paramref name="start"/> is after <paramref name="end"/>.</exception>
    public bool ContainsAny(ulong start, ulong end)
    {
        CheckOrder(start, end);
        var runs = Runs;
        var index = FirstEndingAfter(runs, start);
        return start < end && unchecked((uint)index < (uint)runs.Length) && runs[index].Start < end;
    }

    /// <summary>Whether every key of the range is mapped; true when the range is empty.</summary>
    /// <exception cref="ArgumentException"><paramref name="start"/> is after <paramref name="end"/>.</exception>
    public bool ContainsAll(ulong start, ulong end) => !TryFirstGap(start, end, out _, out _);

    /// <summary>Finds the first keys of a range that are not mapped.</summary>
    /// <param name="start">The first key to look at.</param>
    /// <param name="end">The key after the last one to look at.</param>
    /// <param name="gapStart">The first key that is not mapped.</param>
    /// <param name="gapEnd">The next mapped key, or <paramref name="end"/> when the gap reaches it.</param>
    /// <returns>False, with both results 0, when every key is mapped.</returns>
    /// <exception cref="ArgumentException"><paramref name="start"/> is after <paramref name="end"/>.</exception>
    public bool TryFirstGap(ulong start, ulong end, out ulong gapStart, out ulong gapEnd)
    {
        CheckOrder(start, end);
        var runs = Runs;
        var reached = start;
        var index = FirstEndingAfter(runs, start);
        while (reached < end && unchecked((uint)index < (uint)runs.Length) && runs[index].Start <= reached)
        {
            reached = runs[index].End;
            index++;
        }

        if (reached >= end)
        {
            (gapStart, gapEnd) = (0, 0);
            return false;
        }

        gapStart = reached;
        gapEnd = unchecked((uint)index < (uint)runs.Length) ? Math.Min(end, runs[index].Start) : end;
        return true;
    }

    /// <summary>
    /// Whether the range is mapped as one call of <see cref="Set"/> with the same arguments would leave it:
    /// every key is there, and holds <paramref name="value"/> advanced by its distance from
    /// <paramref name="start"/>. True when the range is empty.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="start"/> is after <paramref name="end"/>.</exception>
    public bool IsUniform(ulong start, ulong end, TValue value)
    {
        CheckOrder(start, end);
        if (start == end)
        {
            return true;
        }

        // Canonical form: keys that continue each other are never spread over two runs.
        var index = FindRun(start);
        return index >= 0 && _runs[index].End >= end && Continues(in _runs[index], start, value);
    }

    /// <summary>The runs that meet a window, clipped to it, their values advanced to the clipped start.</summary>
    /// <param name="start">The first key of the window.</param>
    /// <param name="end">The key after the last one of the window.</param>
    /// <returns>A sequence for <c>foreach</c>. Changing the map inside the loop is not supported.</returns>
    /// <exception cref="ArgumentException"><paramref name="start"/> is after <paramref name="end"/>.</exception>
    public RangeOverlaps<TValue> Overlapping(ulong start, ulong end)
    {
        CheckOrder(start, end);
        return start == end ? default : new(Runs[FirstEndingAfter(Runs, start)..], start, end);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Continues(in RangeEntry<TValue> run, ulong key, TValue value) =>
        run.Value.Advance(key - run.Start).Equals(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FirstEndingAfter(ReadOnlySpan<RangeEntry<TValue>> runs, ulong key)
    {
        if (runs.Length > LinearLimit)
        {
            return Bisect(runs, key);
        }

        var index = 0;
        while (index < runs.Length && runs[index].End <= key)
        {
            index++;
        }

        return index;
    }

    private static int Bisect(ReadOnlySpan<RangeEntry<TValue>> runs, ulong key)
    {
        // Maps are mostly filled in key order, so the place after the last run is worth asking for first.
        if (runs[^1].End <= key)
        {
            return runs.Length;
        }

        // Which half holds a key is a coin toss to the branch predictor, so the step is computed, not branched.
        var low = 0;
        var length = runs.Length;
        while (length > 1)
        {
            var half = length >> 1;
            var isBefore = runs[unchecked(low + half - 1)].End <= key;
            low = unchecked(low + (half * Unsafe.BitCast<bool, byte>(isBefore)));
            length = unchecked(length - half);
        }

        return low;
    }
}
