using GuestMemory.Tdx.Tests.Rules;
using Xunit;

namespace GuestMemory.Tdx.Tests.Sequences;

/// <summary>Whatever a host and its guests do, in any order. Source: tdx.md, 13.</summary>
public sealed class SequenceTests
{
    private const int Operations = 5000;

    // 1.5.01 with and without memory that tells owners apart, a module whose DEMOTE looks for no interrupts, one without the quirks, and one with Dynamic PAMT.
    [Fact]
    public void No_sequence_breaks_an_invariant_and_every_rule_decides()
    {
        var decided = new SortedSet<string>(StringComparer.Ordinal);
        var done = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (platform, seed) in Platforms.Runs)
        {
            var log = Run(new(seed, platform, options: TdxCheckerOptions.Strict with { ComparesBytes = seed % 2 == 0 }, caches: seed % 3 != 0), Operations).Log;
            decided.UnionWith(log.Decided);
            done.UnionWith(log.Done);
        }

        var all = RuleCatalogue.Module.Select(rule => rule.Id).ToHashSet();
        Assert.All(all.Except(decided), id => Assert.True(Undecided.Allows(id), id));
        Assert.Empty(Undecided.ByReason.Values.SelectMany(ids => ids).Except(all));
        Assert.Empty(HostFunctionTable.All.Select(function => function.Function.ToString()).Except(done).Except(Undecided.Undone));
    }

    // Architecture, principle 10: without a rule something is answered otherwise; and no rule that is off lets what follows crash.
    [Fact]
    public void Without_a_rule_that_decided_something_is_answered_otherwise()
    {
        var probe = new SwitchingProbe();
        foreach (var (platform, seed) in Platforms.Runs)
        {
            new TdxSequence(seed, platform, options: TdxCheckerOptions.Record) { Probe = probe }.Run(Operations / 2);
        }

        Assert.Empty(probe.Crashed);
        var missing = probe.Decided.Except(probe.Missed);
        Assert.All(missing, id => Assert.True(Platforms.IsNotRepeated(id) || Platforms.IsCovered(id), id));
    }

    [Fact]
    public void Looking_at_everything_finds_no_more_than_looking_at_what_was_touched() =>
        Run(new(3, options: TdxCheckerOptions.Strict with { Scope = CheckScope.Everything }), Operations / 2);

    [Fact]
    public void A_state_read_back_is_the_same_and_answers_the_same()
    {
        var sequence = new TdxSequence(5, Platforms.Tagged);
        for (var round = 0; round < 15; round++)
        {
            sequence.Run(100);
            var copy = sequence.Copy();
            sequence.Log = new();
            sequence.Run(40);
            copy.Run(40);
            Assert.Equal(sequence.Log.Tail, copy.Log.Tail);
            Assert.Equal(TdxSequence.StateOf(sequence.Module), TdxSequence.StateOf(copy.Module));
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_answers_and_bytes()
    {
        var (first, second) = (Run(new(9), Operations), Run(new(9), Operations));
        Assert.Equal(first.Log.Digest, second.Log.Digest);
        Assert.Equal(TdxSequence.StateOf(first.Module), TdxSequence.StateOf(second.Module));
    }

    private static TdxSequence Run(TdxSequence sequence, int operations)
    {
        try
        {
            return sequence.Run(operations);
        }
        catch (Exception failed)
        {
            throw new InvalidOperationException($"{sequence.Log.Operations}: {failed.Message}\n{sequence.Log.Tail}", failed);
        }
    }
}
