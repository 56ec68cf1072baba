using Xunit;

namespace GuestMemory.Testing.Tests.Search;

public sealed class LassoTests
{
    [Fact]
    public void Attempts_in_a_circle_that_nobody_ends_are_a_lasso()
    {
        var report = new StateSearch(() => new SpinningSystem(hostComes: false), new() { FindsLassos = true }).Run();

        Assert.Equal(["fault", "fault again"], report.Lasso!.Circle.Select(step => step.Text));
        Assert.Empty(report.Lasso.Steps);
        Assert.Equal(" -> 1. guest: fault -> Retry: Status 0 (0x0)\n    2. guest: fault again -> Retry: Status 0 (0x0)", report.Lasso.ToString());
    }

    // Before the host begins nobody is midway, and the guest spins: there is a lasso at the first state. Once the host is midway there is none.
    [Fact]
    public void While_somebody_is_midway_attempts_are_no_livelock()
    {
        var spinning = new SpinningSystem(hostComes: true);
        spinning.Apply(2);
        var writer = new StateWriter([]);
        spinning.WriteState(ref writer);
        var bytes = writer.Written.ToArray();

        var report = new StateSearch(() => Restored(bytes), new() { FindsLassos = true }).Run();

        Assert.Null(report.Lasso);
        Assert.NotNull(new StateSearch(() => new SpinningSystem(hostComes: true), new() { FindsLassos = true }).Run().Lasso);
    }

    [Fact]
    public void None_is_looked_for_unless_asked() => Assert.Null(new StateSearch(() => new SpinningSystem(hostComes: false)).Run().Lasso);

    private static SpinningSystem Restored(byte[] bytes)
    {
        var system = new SpinningSystem(hostComes: true);
        StateReader.ReadWhole(bytes, system);
        return system;
    }
}
