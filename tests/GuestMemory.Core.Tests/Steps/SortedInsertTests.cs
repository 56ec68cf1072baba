using Xunit;

namespace GuestMemory.Tests;

public sealed class SortedInsertTests
{
    private static readonly PageIndexRange[] s_sorted =
    [
        new(new(1), 2), new(new(1), 2), new(new(1), 4), new(new(2), 1), new(new(2), 9), new(new(5), 1),
    ];

    // By start, then by end; every order of coming gives the one list.
    [Fact]
    public void Ranges_are_sorted_by_start_and_then_by_end_whatever_order_they_come_in()
    {
        foreach (var order in Orders([0, 1, 2, 3, 4, 5]))
        {
            var ranges = new List<PageIndexRange>();
            foreach (var at in order)
            {
                ranges.InsertSorted(s_sorted[at]);
            }

            Assert.Equal(s_sorted, ranges);
        }
    }

    private static IEnumerable<int[]> Orders(int[] left) =>
        left.Length == 0 ? [[]] : left.SelectMany(first => Orders([.. left.Where(at => at != first)]).Select(rest => (int[])[first, .. rest]));
}
