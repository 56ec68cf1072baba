namespace GuestMemory;

public sealed partial class RangeMap<TValue>
{
    /// <summary>Maps every key of a range, whatever was there before.</summary>
    /// <param name="start">The first key.</param>
    /// <param name="end">The key after the last one.</param>
    /// <param name="value">The value at <paramref name="start"/>; later keys hold it advanced.</param>
    /// <exception cref="ArgumentException"><paramref name="start"/> is after <paramref name="end"/>.</exception>
    public void Set(ulong start, ulong end, TValue value)
    {
        CheckOrder(start, end);
        if (start == end)
        {
            return;
        }

        var runs = Runs;
        var first = FirstEndingAfter(runs, start);
        var after = FirstStartingAtOrAfter(runs, first, end);
        var entry = new RangeEntry<TValue>(start, end, value);
        var head = HeadBefore(runs, first, after, start);
        var tail = TailAfter(runs, first, after, end);

        if (head.Length > 0)
        {
            entry = Continues(in head, start, value) ? new(head.Start, end, head.Value) : entry;
            head = entry.Start < start ? default : head;
        }
        else if (first > 0 && runs[first - 1].End == start && Continues(in runs[first - 1], start, value))
        {
            first--;
            entry = new(runs[first].Start, end, runs[first].Value);
        }

        if (tail.Length > 0)
        {
            entry = Continues(in entry, end, tail.Value) ? new(entry.Start, tail.End, entry.Value) : entry;
            tail = entry.End > end ? default : tail;
        }
        else if (after < runs.Length && runs[after].Start == end && Continues(in entry, end, runs[after].Value))
        {
            entry = new(entry.Start, runs[after].End, entry.Value);
            after++;
        }

        Replace(first, after, in head, in entry, in tail);
    }

    /// <summary>Takes every key of a range out of the map.</summary>
    /// <param name="start">The first key.</param>
    /// <param name="end">The key after the last one.</param>
    /// <exception cref="ArgumentException"><paramref name="start"/> is after <paramref name="end"/>.</exception>
    public void Remove(ulong start, ulong end)
    {
        CheckOrder(start, end);
        if (start == end)
        {
            return;
        }

        var runs = Runs;
        var first = FirstEndingAfter(runs, start);
        var after = FirstStartingAtOrAfter(runs, first, end);
        if (first < after)
        {
            var head = HeadBefore(runs, first, after, start);
            var tail = TailAfter(runs, first, after, end);
            Replace(first, after, in head, default, in tail);
        }
    }

    // The runs passed over are about to be dropped, so walking them costs no more than adding them did.
    private static int FirstStartingAtOrAfter(ReadOnlySpan<RangeEntry<TValue>> runs, int first, ulong key)
    {
        var index = first;
        while (unchecked((uint)index < (uint)runs.Length) && runs[index].Start < key)
        {
            index++;
        }

        return index;
    }

    private static RangeEntry<TValue> HeadBefore(
        ReadOnlySpan<RangeEntry<TValue>> runs, int first, int after, ulong start)
    {
        return first < after && runs[first].Start < start
            ? new(runs[first].Start, start, runs[first].Value)
            : default;
    }

    private static RangeEntry<TValue> TailAfter(
        ReadOnlySpan<RangeEntry<TValue>> runs, int first, int after, ulong end)
    {
        if (first == after || runs[after - 1].End <= end)
        {
            return default;
        }

        ref readonly var last = ref runs[after - 1];
        return new(end, last.End, last.Value.Advance(end - last.Start));
    }

    private void Replace(
        int first,
        int after,
        in RangeEntry<TValue> head,
        in RangeEntry<TValue> entry,
        in RangeEntry<TValue> tail)
    {
        var pieces = (head.Length > 0 ? 1 : 0) + (entry.Length > 0 ? 1 : 0) + (tail.Length > 0 ? 1 : 0);
        MoveRest(after, first + pieces);
        var target = _runs.AsSpan(first, pieces);
        var next = 0;
        if (head.Length > 0)
        {
            target[next++] = head;
        }

        if (entry.Length > 0)
        {
            target[next++] = entry;
        }

        if (tail.Length > 0)
        {
            target[next] = tail;
        }
    }

    private void MoveRest(int from, int to)
    {
        if (from == to)
        {
            return;
        }

        var rest = _count - from;
        if (to + rest > _runs.Length)
        {
            Grow(to + rest);
        }

        _runs.AsSpan(from, rest).CopyTo(_runs.AsSpan(to));
        SetCount(to + rest);
    }
}
