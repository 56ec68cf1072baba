using Xunit;

namespace GuestMemory.Tdx.Tests.Search;

public sealed class ScenarioStateTests
{
    public static TheoryData<string> Scenarios => [.. TdxSystems.Tdx.Scenarios];

    // Another instance, from the written bytes: equal steps, equal answers, equal bytes.
    [Theory]
    [MemberData(nameof(Scenarios))]
    public void A_restored_state_goes_on_alike(string scenario)
    {
        var (system, other) = (TdxSystems.Tdx.Create(new() { Scenario = scenario }), TdxSystems.Tdx.Create(new() { Scenario = scenario }));
        var walk = new RunWalk(system, seed: 11);
        for (var count = 0; count < 60; count++)
        {
            StateReader.ReadWhole(RunWalk.StateOf(system), other);
            var (mine, others) = (new List<uint>(), new List<uint>());
            system.FindSteps(mine);
            other.FindSteps(others);
            Assert.Equal(mine, others);
            var step = walk.Next();

            Assert.Equal(system.Apply(step), other.Apply(step));
            Assert.Equal(RunWalk.StateOf(system), RunWalk.StateOf(other));
        }
    }
}
