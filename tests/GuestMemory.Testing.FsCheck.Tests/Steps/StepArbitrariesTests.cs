using FsCheck;
using FsCheck.Fluent;
using GuestMemory.Testing.FsCheck.Tests.Fakes;
using Xunit;

namespace GuestMemory.Testing.FsCheck.Tests.Steps;

public sealed class StepArbitrariesTests
{
    [Fact]
    public void Every_sequence_is_offered_from_beginning_to_end() =>
        Prop.ForAll(StepArbitraries.StepsOf(new ToySystem()), sequence => Assert.True(IsOffered(sequence))).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_simpler_sequence_is_offered_too_and_is_simpler()
    {
        var sequences = StepArbitraries.StepsOf(new ToySystem());
        Prop.ForAll(sequences, sequence =>
        {
            foreach (var simpler in sequences.Shrinker(sequence).Take(50))
            {
                Assert.True(IsOffered(simpler));
                Assert.True(
                    simpler.Steps.Count < sequence.Steps.Count
                    || (simpler.Steps.Count == sequence.Steps.Count && simpler.Steps.ToArray().AsSpan().SequenceCompareTo(sequence.Steps.ToArray()) < 0));
            }
        }).QuickCheckThrowOnFailure();
    }

    // ASK is outside the model: nothing is known of what follows it.
    [Fact]
    public void What_lies_outside_the_model_is_left_out()
    {
        var sequences = StepArbitraries.StepsOf(new ToySystem()).Generator.Sample(100, 30);

        Assert.DoesNotContain(sequences, sequence => sequence.Descriptions.Any(step => step.StartsWith("ASK", StringComparison.Ordinal)));
        Assert.Contains(sequences, sequence => sequence.Steps.Count > 15);
    }

    [Fact]
    public void Circles_are_left_out_first()
    {
        var toy = new ToySystem();
        var sequence = new StepSequence(toy, Numbers(
            toy, "TAKE page=1 guest=1", "TAKE page=0 guest=1", "RELEASE page=0", "TAKE page=1 guest=2", "MAP page=1 guest=1", "MAP page=1 guest=1"));

        var first = StepArbitraries.StepsOf(new ToySystem()).Shrinker(sequence).First();

        Assert.Equal(["TAKE page=1 guest=1", "MAP page=1 guest=1"], first.Descriptions);
    }

    // A failure found by a property of one's own shrinks within FsCheck as the helpers' do.
    [Fact]
    public void A_failing_property_over_sequences_is_shrunk()
    {
        StepSequence? last = null;
        Prop.ForAll(StepArbitraries.StepsOf(new ToySystem()), sequence =>
        {
            var holds = Run(sequence).MappedBy(2) < 2;
            last = holds ? last : sequence;
            return holds;
        }).Check(Config.Quick.WithRunner(new QuietRunner()));

        Assert.Equal(["MAP", "MAP", "TAKE", "TAKE"], last!.Descriptions.Select(step => step.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    private static ToySystem Run(StepSequence sequence)
    {
        var toy = new ToySystem();
        foreach (var step in sequence.Steps)
        {
            toy.Apply(step);
        }

        return toy;
    }

    private static bool IsOffered(StepSequence sequence)
    {
        var toy = new ToySystem();
        foreach (var step in sequence.Steps)
        {
            var offered = new List<uint>();
            toy.FindSteps(offered);
            if (!offered.Contains(step))
            {
                return false;
            }

            toy.Apply(step);
        }

        return true;
    }

    private static uint[] Numbers(ToySystem toy, params string[] words) =>
        [.. words.Select(word => Enumerable.Range(0, 64).Select(number => (uint)number).First(step => toy.Describe(step) == word))];
}
