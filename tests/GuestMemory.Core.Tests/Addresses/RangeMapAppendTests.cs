using Xunit;

namespace GuestMemory.Tests;

/// <summary>Appending is setting, quicker where the run comes after all others and continues none.</summary>
public sealed class RangeMapAppendTests
{
    private static readonly (ulong Start, ulong End)[] s_ranges = [(0, 2), (2, 4), (2, 2), (3, 6), (4, 6), (6, 8), (7, 9)];

    [Fact]
    public void Three_appended_runs_are_three_set_runs_in_any_order_and_colour()
    {
        foreach (var first in Runs())
        {
            foreach (var second in Runs())
            {
                foreach (var third in Runs())
                {
                    AssertSame([first, second, third]);
                }
            }
        }
    }

    [Fact]
    public void An_empty_run_is_not_appended_and_a_reversed_one_refused()
    {
        var map = new RangeMap<Colour>();
        map.Append(3, 3, new(1));
        Assert.Equal(0, map.Count);

        Assert.Throws<ArgumentException>(() => map.Append(4, 3, new(1)));
        Assert.Equal(0, map.Count);
    }

    // Frames end: what lies behind a gap is not asked what it would be there.
    [Fact]
    public void A_run_behind_a_gap_is_not_asked_to_continue()
    {
        var map = new RangeMap<Mapped>();
        map.Append(0, 4, new(new Pfn(ulong.MaxValue - 3), false));

        map.Append(5, 6, new(new Pfn(1), false));

        Assert.Equal(2, map.Count);
    }

    [Fact]
    public void A_run_whose_frames_are_the_last_there_are_is_removed_to_its_end()
    {
        var map = new RangeMap<Mapped>();
        map.Set(0, 3, new(new Pfn(ulong.MaxValue - 2), false));

        map.Remove(1, 3);

        Assert.Equal([new(0, 1, new Mapped(new Pfn(ulong.MaxValue - 2), false))], map.Runs.ToArray());
    }

    private static IEnumerable<RangeEntry<Mapped>> Runs() =>
        from range in s_ranges
        from shift in new ulong[] { 0x100, 0x101 }
        select new RangeEntry<Mapped>(range.Start, range.End, new(new Pfn(range.Start + shift), Writable: true));

    private static void AssertSame(RangeEntry<Mapped>[] runs)
    {
        var (appended, set) = (new RangeMap<Mapped>(), new RangeMap<Mapped>());
        foreach (var (start, end, value) in runs)
        {
            appended.Append(start, end, value);
            set.Set(start, end, value);
        }

        Assert.Equal(set.Runs.ToArray(), appended.Runs.ToArray());
    }
}
