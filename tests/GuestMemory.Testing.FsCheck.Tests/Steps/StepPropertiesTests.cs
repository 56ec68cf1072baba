using GuestMemory.Testing.FsCheck.Tests.Fakes;
using Xunit;

namespace GuestMemory.Testing.FsCheck.Tests.Steps;

public sealed class StepPropertiesTests
{
    private static readonly SequenceOptions Few = new() { Sequences = 60, Length = 30 };

    [Fact]
    public void A_system_without_a_bug_breaks_nothing_and_says_what_was_seen()
    {
        var report = StepProperties.HoldsFor(() => new ToySystem(), Few);

        Assert.Equal(60, report.Sequences);
        Assert.Equal(["TOY/taken"], report.Rules.Select(rule => rule.Id));
        Assert.Equal(["toy-third"], report.NotShown);
        Assert.StartsWith("60 sequences, ", report.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("; not shown: toy-third", report.ToString(), StringComparison.Ordinal);
    }

    // Each page is free, or one of two guests', mapped or not: five conditions, three pages.
    [Fact]
    public void Preferring_what_is_new_meets_every_state() =>
        Assert.Equal(125, StepProperties.HoldsFor(() => new ToySystem(), new() { Sequences = 400 }).States);

    // Chosen blindly, one sequence in 4^24 would get there.
    [Fact]
    public void Going_on_from_what_is_new_reaches_what_lies_deep()
    {
        var broken = StepProperties.FirstBroken(() => new LadderSystem());

        Assert.Equal(Enumerable.Repeat("UP", LadderSystem.Top), broken!.Sequence.Descriptions);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_broken_invariant_is_shrunk_to_its_shortest_sequence(ulong seed)
    {
        var broken = StepProperties.FirstBroken(() => new ToySystem(ToyBug.ForgetsUnmap), Few with { Seed = seed });

        Assert.Equal("TOY-1", broken!.Breaks);
        Assert.Equal(["TAKE", "MAP", "RELEASE", "TAKE"], broken.Sequence.Descriptions.Select(step => step.Split(' ')[0]));
        Assert.Single(broken.Sequence.Descriptions.Select(step => step.Split(' ')[1]).Distinct());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_broken_property_of_the_system_is_shrunk_to_its_shortest_sequence(ulong seed)
    {
        var broken = StepProperties.FirstBroken(() => new ToySystem(ToyBug.MapsAll), new() { Seed = seed });

        Assert.Equal("toy-all-mapped", broken!.Breaks);
        Assert.Equal(6, broken.Sequence.Steps.Count);
    }

    [Fact]
    public void A_property_of_ones_own_is_checked_in_every_state()
    {
        var thrown = Assert.Throws<StepPropertyException>(
            () => StepProperties.HoldsFor(() => new ToySystem(), "guest 1 has no two pages", toy => toy.OwnedBy(1) < 2, Few));

        Assert.Equal("guest 1 has no two pages", thrown.Broken.Breaks);
        Assert.Equal(2, thrown.Broken.Sequence.Steps.Count);
        Assert.All(thrown.Broken.Sequence.Descriptions, step => Assert.EndsWith(" guest=1", step, StringComparison.Ordinal));
    }

    [Fact]
    public void A_property_that_does_not_hold_at_first_needs_no_step()
    {
        var thrown = Assert.Throws<StepPropertyException>(() => StepProperties.HoldsFor(() => new ToySystem(), "guest 1 has a page", toy => toy.OwnedBy(1) > 0, Few));

        Assert.Empty(thrown.Broken.Sequence.Steps);
    }

    [Fact]
    public void A_system_that_falls_over_is_a_failure_like_any_other()
    {
        var broken = StepProperties.FirstBroken(() => new ToySystem(ToyBug.ReleaseThrows), Few);

        Assert.Equal(nameof(InvalidOperationException), broken!.Breaks);
        Assert.Contains("the toy fell over", broken.Says, StringComparison.Ordinal);
        Assert.Equal(3, broken.Sequence.Steps.Count);
    }

    [Fact]
    public void The_text_has_numbered_steps_the_options_and_a_test()
    {
        var thrown = Assert.Throws<StepPropertyException>(() => StepProperties.HoldsFor(() => new ToySystem(ToyBug.ForgetsUnmap), Few));

        Assert.Equal(
            """
            TOY-1: page 2 is guest 1's and mapped by guest 2
            after 4 steps:
              1. TAKE page=2 guest=2
              2. MAP page=2 guest=2
              3. RELEASE page=2
              4. TAKE page=2 guest=1
            found with new() { Sequences = 60, Length = 30, Seed = 1 }; as a test:

            [Fact]
            public void Keeps_TOY_1() => StepProperties.Replay(() => new ToySystem(ToyBug.ForgetsUnmap),
                "TAKE page=2 guest=2",
                "MAP page=2 guest=2",
                "RELEASE page=2",
                "TAKE page=2 guest=1");

            """.ReplaceLineEndings("\n"),
            thrown.Message);
    }

    // The test that the text above shows, as it would be pasted.
    [Fact]
    public void The_test_in_the_text_fails_with_the_bug_and_passes_without()
    {
        string[] steps = ["TAKE page=0 guest=1", "MAP page=0 guest=1", "RELEASE page=0", "TAKE page=0 guest=2"];

        Assert.Equal("TOY-1", Assert.Throws<StepPropertyException>(() => StepProperties.Replay(() => new ToySystem(ToyBug.ForgetsUnmap), steps)).Broken.Breaks);
        StepProperties.Replay(() => new ToySystem(), steps);
    }

    [Fact]
    public void The_test_for_a_property_of_ones_own_carries_the_property()
    {
        var thrown = Assert.Throws<StepPropertyException>(() => StepProperties.HoldsFor(() => new ToySystem(), "no page of guest 2", toy => toy.OwnedBy(2) == 0, Few));

        Assert.Equal(
            "[Fact]\npublic void Keeps_no_page_of_guest_2() => StepProperties.Replay(() => new ToySystem(), \"no page of guest 2\", toy => toy.OwnedBy(2) == 0,\n    \"TAKE page=0 guest=2\");\n",
            thrown.Broken.Code);
        var again = Assert.Throws<StepPropertyException>(
            () => StepProperties.Replay(() => new ToySystem(), "no page of guest 2", toy => toy.OwnedBy(2) == 0, "TAKE page=0 guest=2"));
        Assert.Equal(thrown.Broken.Breaks, again.Broken.Breaks);
    }

    [Fact]
    public void A_step_that_is_not_offered_is_not_replayed() =>
        Assert.Contains("Step 2, \"MAP page=1 guest=1\"", Assert.Throws<ArgumentException>(
            () => StepProperties.Replay(() => new ToySystem(), "TAKE page=0 guest=1", "MAP page=1 guest=1")).Message, StringComparison.Ordinal);

    [Fact]
    public void The_same_options_give_the_same_run()
    {
        Assert.Equal(
            StepProperties.HoldsFor(() => new ToySystem(), Few).ToString(), StepProperties.HoldsFor(() => new ToySystem(), Few).ToString());
        Assert.NotEqual(
            StepProperties.HoldsFor(() => new ToySystem(), Few).Steps, StepProperties.HoldsFor(() => new ToySystem(), Few with { Seed = 9 }).Steps);
    }

    [Fact]
    public void Numbers_below_one_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => StepProperties.HoldsFor(() => new ToySystem(), new() { Sequences = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => StepProperties.HoldsFor(() => new ToySystem(), new() { Length = 0 }));
    }
}
