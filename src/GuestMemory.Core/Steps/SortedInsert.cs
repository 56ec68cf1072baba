namespace GuestMemory;

/// <summary>Keeps lists that enter canonical bytes sorted, so that the order things happened in leaves no trace.</summary>
internal static class SortedInsert
{
    /// <summary>Adds a range in order of start, then of end.</summary>
    public static void InsertSorted(this List<PageIndexRange> ranges, PageIndexRange range) => ranges.InsertSorted(
        range, static (left, right) => left.Start < right.Start || (left.Start == right.Start && left.End < right.End));

    /// <summary>Adds an item after those it does not come before.</summary>
    public static void InsertSorted<T>(this List<T> items, T item, Func<T, T, bool> comesBefore)
    {
        var at = items.Count;
        while (at > 0 && comesBefore(item, items[at - 1]))
        {
            at--;
        }

        items.Insert(at, item);
    }
}
