using Xunit;

namespace GuestMemory.Tests;

public sealed class InvalidationSequenceTests
{
    private const int Moves = 6;

    private static readonly GfnRange[] Ranges = [new(new(0), 1), new(new(2), 1), new(new(1), 2)];

    // systems.md 1.3: a fault must retry if its frame is being invalidated or the number changed since its sample. Every
    // history of six begins and ends, every moment of the sample and every frame; safe: no invalidation that touched the
    // frame between sample and map goes unseen.
    [Fact]
    public void In_every_history_a_fault_sees_each_invalidation_that_overlaps_it()
    {
        var worlds = 0;
        var retries = 0;
        foreach (var history in Histories(Moves))
        {
            for (var sampled = 0; sampled <= history.Count; sampled++)
            {
                for (var gfn = 0UL; gfn < 4; gfn++)
                {
                    var answer = Replay(history, sampled, gfn, out var missed);
                    Assert.False(missed && !answer, $"missed in {string.Join(' ', history)} sampled at {sampled}");
                    worlds++;
                    retries += answer ? 1 : 0;
                }
            }
        }

        Assert.Equal((99964, 83404), (worlds, retries));
    }

    // Several at once are one range around them all, as in Linux; it is empty again only when the last one ends.
    [Fact]
    public void Several_at_once_count_as_one_range_around_them()
    {
        var sequence = new InvalidationSequence();
        sequence.Begin(new(new(10), 2));
        sequence.Begin(new(new(20), 2));
        Assert.Equal(GfnRange.FromBounds(new(10), new(22)), sequence.Range);

        sequence.End();
        Assert.Equal(GfnRange.FromBounds(new(10), new(22)), sequence.Range);
        Assert.True(sequence.MustRetry(sequence.Sample(), new(new(15), 1)));

        sequence.End();
        Assert.True(sequence.Range.IsEmpty);
        Assert.False(sequence.MustRetry(sequence.Sample(), new(new(15), 1)));
    }

    [Fact]
    public void An_end_without_its_begin_breaks_I4() =>
        Assert.Equal("I4", Assert.Throws<ModelInvariantException>(() => new InvalidationSequence().End()).Invariant);

    private static bool Replay(List<int> history, int sampled, ulong gfn, out bool missed)
    {
        var sequence = new InvalidationSequence();
        var open = new Stack<GfnRange>();
        var sample = sequence.Sample();
        missed = false;
        for (var at = 0; at < history.Count; at++)
        {
            if (at == sampled)
            {
                sample = sequence.Sample();
                missed = open.Any(range => range.Contains(new Gfn(gfn)));
            }

            if (history[at] < Ranges.Length)
            {
                sequence.Begin(Ranges[history[at]]);
                open.Push(Ranges[history[at]]);
                missed |= at >= sampled && Ranges[history[at]].Contains(new Gfn(gfn));
            }
            else
            {
                sequence.End();
                open.Pop();
            }
        }

        if (sampled == history.Count)
        {
            sample = sequence.Sample();
            missed = open.Any(range => range.Contains(new Gfn(gfn)));
        }

        return sequence.MustRetry(sample, new(new(gfn), 1));
    }

    private static IEnumerable<List<int>> Histories(int length, int open = 0)
    {
        yield return [];
        if (length == 0)
        {
            yield break;
        }

        for (var move = 0; move <= Ranges.Length; move++)
        {
            var opens = move < Ranges.Length;
            if (opens || open > 0)
            {
                foreach (var rest in Histories(length - 1, opens ? open + 1 : open - 1))
                {
                    rest.Insert(0, move);
                    yield return rest;
                }
            }
        }
    }
}
