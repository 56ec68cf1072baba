using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace GuestMemory.Tests;

/// <summary>A map of runs has at all times the content of a dictionary given the same changes.</summary>
public abstract class RangeMapContract<TValue>
    where TValue : struct, IRangeValue<TValue>, IEquatable<TValue>
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(2000);

    /// <summary>The value at <paramref name="start"/> of a run; choices must sometimes continue each other.</summary>
    protected abstract TValue ValueFor(int choice, ulong start);

    [Fact]
    public void Every_key_has_the_value_last_set() => Holds((map, model) =>
    {
        for (var key = 0UL; key <= RangeMapChange.Window; key++)
        {
            var mapped = model.TryGetValue(key, out var expected);
            Assert.Equal(mapped, map.TryGet(key, out var value));
            Assert.Equal(expected, value);
        }
    });

    [Fact]
    public void Finding_a_run_gives_it_or_the_place_of_the_next() => Holds((map, model) =>
    {
        for (var key = 0UL; key <= RangeMapChange.Window; key++)
        {
            var index = map.FindRun(key);
            Assert.Equal(model.ContainsKey(key), index >= 0);
            Assert.Equal(index >= 0, map.TryGetRun(key, out var run));
            Assert.Equal(index >= 0 ? map[index] : default, run);
            Assert.True(index < 0 || (run.Start <= key && key < run.End));
            Assert.Equal(map.Runs.ToArray().Count(r => r.End <= key), index >= 0 ? index : ~index);
        }
    });

    [Fact]
    public void The_form_is_canonical() => Holds((map, model) =>
    {
        for (var i = 0; i < map.Count; i++)
        {
            Assert.True(map[i].Start < map[i].End);
            if (i > 0)
            {
                var left = map[i - 1];
                var touches = left.End == map[i].Start;
                Assert.True(left.End <= map[i].Start);
                Assert.False(touches && left.Value.Advance(left.Length).Equals(map[i].Value));
            }
        }

        Assert.Equal((ulong)model.Count, map.TotalLength);
    });

    [Fact]
    public void Any_and_all_and_the_first_gap_agree_with_the_keys() => Holds((map, model) =>
        ForEachWindow((start, end) =>
        {
            var gap = Keys(start, end).Where(k => !model.ContainsKey(k)).Take(1).ToArray();
            var afterGap = gap.SelectMany(g => Keys(g, end)).Where(model.ContainsKey).Append(end).First();

            Assert.Equal(Keys(start, end).Any(model.ContainsKey), map.ContainsAny(start, end));
            Assert.Equal(gap.Length == 0, map.ContainsAll(start, end));
            Assert.Equal(gap.Length == 1, map.TryFirstGap(start, end, out var gapStart, out var gapEnd));
            Assert.Equal(gap.Length == 1 ? (gap[0], afterGap) : (0, 0), (gapStart, gapEnd));
        }));

    [Fact]
    public void Overlapping_runs_are_clipped_and_cover_the_mapped_keys() => Holds((map, model) =>
        ForEachWindow((start, end) =>
        {
            var seen = new List<KeyValuePair<ulong, TValue>>();
            var pieces = 0;
            foreach (var run in map.Overlapping(start, end))
            {
                pieces++;
                seen.AddRange(
                    Keys(run.Start, run.End).Select(k => KeyValuePair.Create(k, run.Value.Advance(k - run.Start))));
            }

            Assert.Equal(model.Where(p => start <= p.Key && p.Key < end).OrderBy(p => p.Key), seen);
            Assert.Equal(start == end ? 0 : map.Runs.ToArray().Count(r => r.Start < end && start < r.End), pieces);
        }));

    [Fact]
    public void Uniform_is_what_setting_would_not_change() => Holds((map, model) =>
        ForEachWindow((start, end) =>
        {
            for (var choice = 0; choice < RangeMapChange.Choices; choice++)
            {
                var value = ValueFor(choice, start);
                var uniform = Keys(start, end).All(k =>
                    model.TryGetValue(k, out var held) && held.Equals(value.Advance(k - start)));

                Assert.Equal(uniform, map.IsUniform(start, end, value));
            }
        }));

    [Fact]
    public void A_copy_is_equal_and_independent() => Holds((map, _) =>
    {
        var copy = new RangeMap<TValue>();
        copy.Set(3, 5, ValueFor(0, 3));
        copy.CopyFrom(map);
        Assert.Equal(map.Runs.ToArray(), copy.Runs.ToArray());

        var before = map.Runs.ToArray();
        copy.Remove(0, RangeMapChange.Window);
        copy.Set(1, 2, ValueFor(1, 1));
        Assert.Equal(before, map.Runs.ToArray());
    });

    [Fact]
    public void The_same_content_has_the_same_runs_whatever_the_way_there() => Holds((map, model) =>
    {
        var keyByKey = new RangeMap<TValue>();
        foreach (var (key, value) in model.OrderByDescending(p => p.Key % 7).ThenBy(p => p.Key))
        {
            keyByKey.Set(key, key + 1, value);
        }

        Assert.Equal(keyByKey.Runs.ToArray(), map.Runs.ToArray());
    });

    private void Holds(Action<RangeMap<TValue>, Dictionary<ulong, TValue>> fact) =>
        Prop.ForAll(RangeMapChange.Sequences, changes =>
        {
            var map = new RangeMap<TValue>();
            var model = new Dictionary<ulong, TValue>();
            foreach (var change in changes)
            {
                Apply(change, map, model);
            }

            fact(map, model);
        }).Check(Many);

    private void Apply(RangeMapChange change, RangeMap<TValue> map, Dictionary<ulong, TValue> model)
    {
        var (start, end, choice) = change;
        if (choice is not { } chosen)
        {
            map.Remove(start, end);
            Keys(start, end).ToList().ForEach(k => model.Remove(k));
            return;
        }

        var value = ValueFor(chosen, start);
        map.Set(start, end, value);
        Keys(start, end).ToList().ForEach(k => model[k] = value.Advance(k - start));
    }

    private static void ForEachWindow(Action<ulong, ulong> check)
    {
        // All 65 x 66 / 2 windows for each sequence would take minutes; these meet every alignment.
        for (var start = 0UL; start <= RangeMapChange.Window; start += 5)
        {
            for (var end = start; end <= RangeMapChange.Window; end += 3)
            {
                check(start, end);
            }
        }
    }

    private static IEnumerable<ulong> Keys(ulong start, ulong end)
    {
        for (var key = start; key < end; key++)
        {
            yield return key;
        }
    }
}
