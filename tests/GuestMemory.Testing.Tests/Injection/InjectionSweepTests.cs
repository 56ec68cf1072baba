using Xunit;

namespace GuestMemory.Testing.Tests.Injection;

public sealed class InjectionSweepTests
{
    private static readonly PartialEffect s_before = new("take", "a coin fails", "the coins before it", "posix, coins");

    [Fact]
    public void A_careful_operation_is_tried_at_every_point_and_nothing_is_found()
    {
        var report = InjectionSweep.Run(Operation(Carelessness.None) with { Lengths = [1, int.MaxValue] });

        Assert.Equal((3, 6, 3), (report.Points.Count, report.Results.Count, report.CountOf(InjectionPoint.KernelAllocation)));
        Assert.Equal([1, 1, 2, 2, 3, 3], report.Results.Select(result => result.Strike.Number));
        Assert.Empty(report.Findings);
        Assert.DoesNotContain(report.Results, result => result.Strike.Changed || result.Strike.Outcome.IsSuccess);
        Assert.StartsWith("take: KernelAllocation 1: Status 21 (0x0) [CORE/out-of-memory]; nothing\ntake: KernelAllocation 1 and on: ", report.ToString(), StringComparison.Ordinal);
    }

    // The first coin's failure leaves nothing to be kept.
    [Theory]
    [InlineData(Carelessness.Keeps, 2, "was refused, and changed the state")]
    [InlineData(Carelessness.SaysNothing, 3, "succeeded, and left another state than without the failure")]
    [InlineData(Carelessness.Stuck, 3, "made again, it answers Status 21 (0x0) [CORE/out-of-memory] ")]
    [InlineData(Carelessness.Loses, 3, "taken back, it holds 1 instead of 0")]
    [InlineData(Carelessness.Breaks, 3, "broken invariant: ")]
    public void What_is_careless_is_found(Carelessness carelessness, int times, string finding)
    {
        var report = InjectionSweep.Run(Operation(carelessness));

        Assert.Equal(times, report.Findings.Count());
        Assert.All(report.Findings, found => Assert.Contains("; " + finding, found, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 2)]
    public void What_is_declared_must_be_left_exactly(int more, int findings)
    {
        var operation = Operation(Carelessness.Keeps) with
        {
            Leaves = strike => strike.Number > 1 ? new(s_before, till => till.Take(strike.Number - 1 + more)) : null,
        };

        var report = InjectionSweep.Run(operation);

        Assert.Equal(findings, report.Findings.Count(found => found.EndsWith("left something else than declared: the coins before it", StringComparison.Ordinal)));
        Assert.Equal(findings, report.Findings.Count());
        Assert.Equal([null, s_before, s_before], report.Results.Select(result => result.Left));
    }

    [Fact]
    public void A_breach_is_found_and_a_declared_loss_is_none()
    {
        var breached = InjectionSweep.Run(Operation(Carelessness.None) with { FindBreach = till => till.Coins == 0 ? "an empty till" : null });
        var lost = InjectionSweep.Run(Operation(Carelessness.Loses) with { Loses = _ => true });

        Assert.Equal(3, breached.Findings.Count(found => found.EndsWith("; an empty till", StringComparison.Ordinal)));
        Assert.Empty(lost.Findings);
    }

    [Fact]
    public void An_operation_that_fails_by_itself_is_not_swept() =>
        Assert.Throws<ArgumentException>(() => InjectionSweep.Run(Operation(Carelessness.None) with { Operate = _ => CoreRules.Denied.Refuse() }));

    [Fact]
    public void Planned_faults_strike_so_many_points_of_one_kind_and_rest_otherwise()
    {
        var faults = new PlannedFaults();
        InjectionPoint[] points = [InjectionPoint.Signal, InjectionPoint.FrameAllocation, InjectionPoint.Signal, InjectionPoint.FrameAllocation, InjectionPoint.FrameAllocation];
        Assert.DoesNotContain(points, faults.Strikes);
        Assert.Empty(faults.Passed);

        faults.Plan(1, 2);
        Assert.Equal([false, true, false, true, false], points.Select(faults.Strikes));
        Assert.Equal(points, faults.Passed);

        faults.Rest();
        Assert.DoesNotContain(points, faults.Strikes);
        Assert.Throws<ArgumentOutOfRangeException>(() => faults.Plan(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => faults.Plan(0, 0));
    }

    private static InjectedOperation<Till> Operation(Carelessness carelessness) => new("take", injector => new(injector, carelessness), till => till, till => till.Take(3))
    {
        Undo = till => till.GiveBack(), Holds = till => $"{till.Coins + till.Lost}",
    };
}
