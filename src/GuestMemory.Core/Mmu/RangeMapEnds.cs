namespace GuestMemory;

/// <summary>Taking runs off a range from its end, so that what is left of the map moves least.</summary>
internal static class RangeMapEnds
{
    /// <summary>The last run that meets a window, clipped to it, its value advanced to the clipped start.</summary>
    public static bool TryLast<TValue>(this RangeMap<TValue> map, ulong start, ulong end, out RangeEntry<TValue> run)
        where TValue : struct, IRangeValue<TValue>, IEquatable<TValue>
    {
        run = default;
        if (start >= end)
        {
            return false;
        }

        var index = map.FindRun(end - 1);
        index = index >= 0 ? index : ~index - 1;
        if (index < 0 || map.Runs[index].End <= start)
        {
            return false;
        }

        ref readonly var found = ref map.Runs[index];
        var first = Math.Max(found.Start, start);
        run = new(first, Math.Min(found.End, end), found.Value.Advance(first - found.Start));
        return true;
    }
}
