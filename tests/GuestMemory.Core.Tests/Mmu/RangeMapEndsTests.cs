using Xunit;

namespace GuestMemory.Tests;

/// <summary>Small worlds of runs and windows, checked whole: the last run of a window is the last the window's enumeration gives.</summary>
public sealed class RangeMapEndsTests
{
    [Fact]
    public void The_last_run_of_a_window_is_the_last_of_its_runs()
    {
        for (var keys = 0; keys < 1 << 7; keys++)
        {
            var map = new RangeMap<StoredPage>();
            for (var key = 0; key < 7; key++)
            {
                if ((keys >> key & 1) != 0)
                {
                    map.Set((ulong)key, (ulong)key + 1, new(new((ulong)key), StoredPageFlags.None));
                }
            }

            AssertEveryWindow(map);
        }
    }

    private static void AssertEveryWindow(RangeMap<StoredPage> map)
    {
        for (var start = 0UL; start <= 8; start++)
        {
            for (var end = start; end <= 8; end++)
            {
                var found = false;
                RangeEntry<StoredPage> last = default;
                foreach (var run in map.Overlapping(start, end))
                {
                    (found, last) = (true, run);
                }

                Assert.Equal(found, map.TryLast(start, end, out var actual));
                Assert.Equal(last, actual);
            }
        }
    }
}
