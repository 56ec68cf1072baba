using Xunit;

namespace GuestMemory.Tdx.Tests.Lifecycle;

public sealed class RefusalTests
{
    private static IReadOnlyList<LifecycleCase> Cases { get; } = [.. SharedCases.All(), .. OwnCases.All()];

    // tdx.md, 7: the table of functions, each check in its order.
    [Fact]
    public void Every_check_decides_a_case_with_its_status()
    {
        foreach (var one in Cases)
        {
            var world = one.World();
            var result = one.Call(world);

            Assert.Equal(one.Rule, result.DecidedBy?.Id);
            Assert.True(one.Status == result.Status.Value, $"{one.Rule}: 0x{one.Status:x16} expected, 0x{result.Status.Value:x16} answered");
        }
    }

    // tdx.md, 13: INV-TDX-13. What stays of a refusal is declared by it.
    [Fact]
    public void A_refused_call_changes_nothing()
    {
        foreach (var one in Cases)
        {
            var world = one.World();
            new TdParameters().WriteTo(world.Module.Memory.Contents, new(TdxWorld.Parameters));
            var (before, contents) = (world.State(), world.Module.Memory.Contents.Revision);
            var rule = (Check<HostCall, TdxAnswer>)one.Call(world).DecidedBy!;
            if (rule.Answer.Residue == AnswerResidue.None)
            {
                Assert.True(before.AsSpan().SequenceEqual(world.State()), one.Rule);
                Assert.True(contents == world.Module.Memory.Contents.Revision || one.Rule.StartsWith("TDH.MNG.INIT/", StringComparison.Ordinal), one.Rule);
            }
        }
    }

    // Architecture: every rule decides at least one case.
    [Fact]
    public void No_check_is_without_a_case()
    {
        var covered = Cases.Select(one => one.Rule).ToHashSet();
        var checks = LifecycleFunctions.All.SelectMany(function => function.Checks.Checks).Select(check => check.Id);

        Assert.DoesNotContain(checks, id => !covered.Contains(id));
    }

    // Architecture: a rule that is off leaves a module that still answers, or an invariant that is named.
    [Fact]
    public void Without_a_check_the_call_still_ends()
    {
        foreach (var one in Cases)
        {
            var world = one.World();
            var bare = new TdxWorld(world.Module.Platform, RuleSwitches.AllOn.Without(one.Rule));
            var reader = new StateReader(world.State());
            bare.Module.ReadState(ref reader);

            TdxResult? result = null;
            var thrown = Record.Exception(() => result = one.Call(bare));

            Assert.True(thrown is null or ModelInvariantException, $"{one.Rule}: {thrown}");
            Assert.NotEqual(one.Rule, result?.DecidedBy?.Id);
        }
    }
}
