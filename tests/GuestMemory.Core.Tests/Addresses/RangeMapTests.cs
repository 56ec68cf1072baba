using Xunit;

namespace GuestMemory.Tests;

public sealed class RangeMapTests
{
    private static readonly Colour Red = new(1);
    private static readonly Colour Blue = new(2);

    [Fact]
    public void A_new_map_is_empty()
    {
        var map = new RangeMap<Colour>();

        Assert.Equal(0, map.Count);
        Assert.Equal(~0, map.FindRun(0));
        Assert.False(map.TryGet(0, out _));
        Assert.False(map.ContainsAny(0, ulong.MaxValue));
        Assert.Equal(0UL, map.TotalLength);
    }

    [Fact]
    public void Setting_inside_a_run_splits_it_in_three()
    {
        var map = MapWith([new(0, 10, Red)]);

        map.Set(4, 6, Blue);

        Assert.Equal([new(0, 4, Red), new(4, 6, Blue), new(6, 10, Red)], map.Runs.ToArray());
    }

    [Fact]
    public void Filling_the_hole_joins_the_neighbours()
    {
        var map = MapWith([new(0, 4, Red), new(4, 6, Blue), new(6, 10, Red)]);

        map.Set(4, 6, Red);

        Assert.Equal([new(0, 10, Red)], map.Runs.ToArray());
    }

    [Fact]
    public void Runs_with_frames_join_only_when_the_frames_go_on()
    {
        var map = new RangeMap<Mapped>();

        map.Set(0x10, 0x12, new(new Pfn(0x100), false));
        map.Set(0x12, 0x14, new(new Pfn(0x102), false));
        map.Set(0x14, 0x16, new(new Pfn(0x100), false));

        Assert.Equal(2, map.Count);
        Assert.True(map.TryGet(0x13, out var value));
        Assert.Equal(new Pfn(0x103), value.Frame);
    }

    [Fact]
    public void Removing_the_start_of_a_run_advances_what_is_left()
    {
        var map = new RangeMap<Mapped>();
        map.Set(0x10, 0x20, new(new Pfn(0x100), true));

        map.Remove(0x10, 0x18);

        Assert.Equal([new(0x18, 0x20, new Mapped(new Pfn(0x108), true))], map.Runs.ToArray());
    }

    [Fact]
    public void Empty_ranges_change_nothing_and_hold_nothing()
    {
        var map = MapWith([new(2, 4, Red)]);

        map.Set(3, 3, Blue);
        map.Remove(3, 3);

        Assert.Equal([new(2, 4, Red)], map.Runs.ToArray());
        Assert.False(map.ContainsAny(3, 3));
        Assert.True(map.ContainsAll(9, 9));
        Assert.True(map.IsUniform(9, 9, Red));
    }

    [Fact]
    public void A_reversed_range_is_refused()
    {
        var map = MapWith([new(2, 4, Red)]);

        Assert.Throws<ArgumentException>(() => map.Set(3, 2, Blue));
        Assert.Throws<ArgumentException>(() => map.Remove(3, 2));
        Assert.Throws<ArgumentException>(() => map.ContainsAny(3, 2));
        Assert.Throws<ArgumentException>(() => map.ContainsAll(3, 2));
        Assert.Throws<ArgumentException>(() => map.TryFirstGap(3, 2, out _, out _));
        Assert.Throws<ArgumentException>(() => map.IsUniform(3, 2, Red));
        Assert.Throws<ArgumentException>(() => { map.Overlapping(3, 2); });
    }

    [Fact]
    public void The_largest_key_can_end_a_run_but_not_be_in_one()
    {
        var map = MapWith([new(ulong.MaxValue - 1, ulong.MaxValue, Red), new(0, 1, Blue)]);

        Assert.True(map.TryGet(ulong.MaxValue - 1, out _));
        Assert.False(map.TryGet(ulong.MaxValue, out _));

        map.Set(0, ulong.MaxValue, Red);
        Assert.Equal(ulong.MaxValue, map.TotalLength);
        Assert.Equal(1, map.Count);
    }

    [Fact]
    public void A_change_that_cannot_be_represented_leaves_the_map_as_it_was()
    {
        var map = new RangeMap<Mapped>();
        map.Set(0, 4, new(new Pfn(ulong.MaxValue - 3), false));

        Assert.Throws<OverflowException>(() => map.Set(4, 5, new(new Pfn(0), false)));

        Assert.Equal(1, map.Count);
    }

    [Fact]
    public void An_index_outside_the_runs_is_refused()
    {
        var map = MapWith([new(0, 1, Red)]);

        Assert.Equal(new(0, 1, Red), map[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => map[1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => map[-1]);
    }

    [Fact]
    public void Changes_within_the_reserve_do_not_allocate()
    {
        // The first round is there so that compiling the methods is not counted.
        Assert.True(BytesForAlternatingRuns(reserve: 64) >= 0);
        Assert.Equal(0, BytesForAlternatingRuns(reserve: 64));
    }

    [Fact]
    public void Clearing_keeps_the_memory()
    {
        var map = MapWith([new(0, 1, Red), new(1, 2, Blue), new(2, 3, Red)]);
        map.Clear();
        Assert.Equal(0, map.Count);

        var before = GC.GetAllocatedBytesForCurrentThread();
        map.Set(0, 1, Red);
        map.Set(1, 2, Blue);
        map.Set(2, 3, Red);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(3, map.Count);
    }

    [Fact]
    public void A_negative_reserve_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RangeMap<Colour>().Reserve(-1));

    [Fact]
    public void Copying_onto_itself_changes_nothing()
    {
        var map = MapWith([new(0, 1, Red), new(1, 2, Blue)]);

        map.CopyFrom(map);

        Assert.Equal(2, map.Count);
        Assert.Throws<ArgumentNullException>(() => map.CopyFrom(null!));
    }

    [Fact]
    public void An_entry_has_a_length_and_reads_as_a_half_open_range()
    {
        var entry = new RangeEntry<Present>(0x10, 0x20, default);

        Assert.Equal(0x10UL, entry.Length);
        Assert.Equal("[0x10, 0x20) = present", entry.ToString());
    }

    private static long BytesForAlternatingRuns(int reserve)
    {
        var map = MapWith([new(0, 1000, Red)]);
        map.Reserve(reserve);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0UL; i < (ulong)reserve / 2; i++)
        {
            map.Set((10 * i) + 1, (10 * i) + 2, Blue);
        }

        foreach (var run in map.Overlapping(5, 500))
        {
            map.TryGet(run.Start, out _);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static RangeMap<Colour> MapWith(ReadOnlySpan<RangeEntry<Colour>> runs)
    {
        var map = new RangeMap<Colour>();
        foreach (var (start, end, value) in runs)
        {
            map.Set(start, end, value);
        }

        return map;
    }
}
