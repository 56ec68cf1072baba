using GuestMemory.Testing.Tests.Search;
using Xunit;

namespace GuestMemory.Testing.Tests.Ablation;

public sealed class RuleAblationTests
{
    private readonly RuleAblation _ablation = new([LendingSource.Instance], new() { Depth = 6 });

    [Fact]
    public void Without_a_rule_the_shortest_attack_is_found_and_where_it_starts()
    {
        var result = _ablation.Of(LendingSystem.TakeMapped);

        Assert.Equal(("lending", "free", "lent", 3), (result.Attack!.System, result.Attack.Scenario, result.Attack.Counterexample.Breaks, result.Attack.Counterexample.Steps.Count));
        Assert.Equal(["lending/free", "lending/single"], result.RefusesIn);
        Assert.Equal("", result.Reason);
    }

    [Fact]
    public void A_rule_that_refuses_nothing_has_no_attack_and_the_reason_is_said()
    {
        var result = _ablation.Of(LendingSource.Unused);

        Assert.Null(result.Attack);
        Assert.Equal("it refuses nothing within the bounds of any scenario", result.Reason);
    }

    [Fact]
    public void A_rule_whose_attack_lies_beyond_the_bound_has_none()
    {
        var result = new RuleAblation([LendingSource.Instance], new() { Depth = 2 }).Of(LendingSystem.TakeMapped);

        Assert.Null(result.Attack);
        Assert.StartsWith("it refuses", result.Reason, StringComparison.Ordinal);
    }
}
