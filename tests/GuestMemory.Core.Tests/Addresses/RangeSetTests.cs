using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace GuestMemory.Tests;

public sealed class RangeSetTests
{
    [Fact]
    public void Touching_ranges_become_one_run()
    {
        var set = SetWith([new(0, 2, default), new(4, 6, default), new(2, 4, default)]);

        Assert.Equal([new(0, 6, default)], set.Runs.ToArray());
        Assert.Equal(6UL, set.TotalLength);
        Assert.Equal(new(0, 6, default), set[0]);
    }

    [Fact]
    public void Removing_the_middle_leaves_both_sides()
    {
        var set = SetWith([new(0, 6, default)]);

        set.Remove(2, 4);

        Assert.Equal([new(0, 2, default), new(4, 6, default)], set.Runs.ToArray());
        Assert.True(set.TryFirstGap(0, 6, out var start, out var end));
        Assert.Equal((2UL, 4UL), (start, end));
    }

    [Fact]
    public void A_set_has_the_keys_of_a_hash_set_given_the_same_changes() =>
        Prop.ForAll(RangeMapChange.Sequences, changes =>
        {
            var set = new RangeSet();
            var model = new HashSet<ulong>();
            foreach (var change in changes)
            {
                Apply(change, set, model);
            }

            for (var key = 0UL; key <= RangeMapChange.Window; key++)
            {
                Assert.Equal(model.Contains(key), set.Contains(key));
                Assert.Equal(model.Contains(key), set.ContainsAll(key, key + 1));
                Assert.Equal(model.Contains(key), set.ContainsAny(key, key + 1));
                Assert.Equal(model.Contains(key), set.FindRun(key) >= 0);
                Assert.Equal(model.Contains(key), set.TryGetRun(key, out _));
            }

            Assert.Equal((ulong)model.Count, set.TotalLength);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Overlapping_runs_are_clipped()
    {
        var clipped = new List<(ulong, ulong)>();
        foreach (var run in SetWith([new(0, 4, default), new(6, 9, default)]).Overlapping(3, 7))
        {
            clipped.Add((run.Start, run.End));
        }

        Assert.Equal([(3, 4), (6, 7)], clipped);
    }

    [Fact]
    public void A_copy_is_equal_and_independent()
    {
        var set = SetWith([new(0, 4, default), new(6, 9, default)]);
        var copy = new RangeSet();
        copy.CopyFrom(set);
        Assert.Equal(set.Runs.ToArray(), copy.Runs.ToArray());

        copy.Clear();

        Assert.Equal(0, copy.Count);
        Assert.Equal(2, set.Count);
        Assert.Throws<ArgumentNullException>(() => copy.CopyFrom(null!));
    }

    [Fact]
    public void Changes_within_the_reserve_do_not_allocate()
    {
        var set = SetWith([new(0, 1, default)]);
        set.Reserve(10);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 1UL; i <= 10; i++)
        {
            set.Add(10 * i, (10 * i) + 1);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(11, set.Count);
    }

    private static void Apply(RangeMapChange change, RangeSet set, HashSet<ulong> model)
    {
        var keys = Enumerable.Range((int)change.Start, (int)(change.End - change.Start)).Select(k => (ulong)k);
        if (change.Choice is null)
        {
            set.Remove(change.Start, change.End);
            model.ExceptWith(keys);
        }
        else
        {
            set.Add(change.Start, change.End);
            model.UnionWith(keys);
        }
    }

    private static RangeSet SetWith(ReadOnlySpan<RangeEntry<Present>> ranges)
    {
        var set = new RangeSet();
        foreach (var (start, end, _) in ranges)
        {
            set.Add(start, end);
        }

        return set;
    }
}
