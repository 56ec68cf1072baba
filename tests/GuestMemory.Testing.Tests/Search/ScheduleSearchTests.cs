using Xunit;

namespace GuestMemory.Testing.Tests.Search;

public sealed class ScheduleSearchTests
{
    [Fact]
    public void Without_a_preemption_no_update_is_lost()
    {
        var report = new StateSearch(() => new CounterSystem(2), new() { Preemptions = 0 }).Run();

        Assert.Equal(SearchEnd.Exhausted, report.End);
        Assert.Null(report.Counterexample);
    }

    [Fact]
    public void One_preemption_loses_an_update_and_prints_as_a_schedule()
    {
        var report = new StateSearch(() => new CounterSystem(2), new() { Preemptions = 1 }).Run();

        Assert.Equal(
            """
              1. left: read -> Done
              2. right: read -> Done
              3. right: write value=1 -> Done
              4. left: write value=1 -> breaks counted
              ! counted: Nobody is midway and every round was counted.
            """,
            report.Counterexample!.ToString());
    }

    [Fact]
    public void Without_a_bound_the_same_schedule_is_found()
    {
        Assert.Equal(4, new StateSearch(() => new CounterSystem(2)).Run().Counterexample!.Steps.Count);
    }

    [Fact]
    public void A_system_without_actors_has_no_preemptions_to_count()
    {
        Assert.Throws<ArgumentException>(() => new StateSearch(() => new LendingSystem(1, 1), new() { Preemptions = 1 }).Run());
    }
}
