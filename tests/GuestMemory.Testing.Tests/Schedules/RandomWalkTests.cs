using GuestMemory.Testing.Tests.Search;
using Xunit;

namespace GuestMemory.Testing.Tests.Schedules;

public sealed class RandomWalkTests
{
    [Fact]
    public void What_breaks_is_cut_down_to_the_steps_it_needs()
    {
        var report = new RandomWalks(() => new LendingSystem(3, 6, checksMapped: false)).Run();

        Assert.Equal("lent", report.Counterexample!.Breaks);
        Assert.Equal(["lend", "go-on", "take"], report.Counterexample.Steps.Select(step => step.Text.Split(' ')[0]));
    }

    [Fact]
    public void The_same_seed_makes_the_same_walks_and_another_makes_others()
    {
        Assert.Equal(Run(7).ToString(), Run(7).ToString());
        Assert.NotEqual(Run(7).Refused, Run(8).Refused);

        static RandomWalkReport Run(ulong seed) => new RandomWalks(() => new LendingSystem(2, 3), new() { Seed = seed, Walks = 50 }).Run();
    }

    [Fact]
    public void Every_step_is_counted()
    {
        var report = new RandomWalks(() => new LendingSystem(2, 3), new() { Walks = 20, Length = 30 }).Run();

        Assert.Equal((20, 20 * 30), (report.Walks, report.Steps + report.Refused));
        Assert.True(report.Refused > 0);
        Assert.Null(report.Counterexample);
    }

    [Fact]
    public void A_seeded_schedule_loses_the_update()
    {
        var report = new RandomWalks(() => new CounterSystem(3)).Run();

        Assert.Equal("counted", report.Counterexample!.Breaks);
        Assert.Equal(4, report.Counterexample.Steps.Count);
    }
}
