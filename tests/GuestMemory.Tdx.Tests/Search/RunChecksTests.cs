using Xunit;

namespace GuestMemory.Tdx.Tests.Search;

/// <summary>The checks of running TDs, made on what a step touched, find what the checker of everything finds first.</summary>
public sealed class RunChecksTests
{
    private const int Steps = 4000;

    // Every rule that decides a step here, switched off.
    public static TheoryData<string> Off =>
    [
        "", "TDH.MEM.PAGE.AUG/state", "TDH.MEM.PAGE.AUG/page-free", "TDH.MEM.RANGE.BLOCK/state", "TDH.MEM.RANGE.BLOCK/already", "TDH.MEM.RANGE.UNBLOCK/state",
        "TDH.MEM.RANGE.UNBLOCK/tracked", "TDH.MEM.PAGE.REMOVE/state", "TDH.MEM.PAGE.REMOVE/blocked", "TDH.MEM.PAGE.REMOVE/tracked", "TDH.MEM.TRACK/previous",
        "TDG.MEM.PAGE.ACCEPT/state", "TDG.MEM.PAGE.ACCEPT/accepted", "TD.ACCESS/private/pending", "TD.ACCESS/private/present", "TD.ACCESS/private/rights",
        "TD.ACCESS/private/line", "TDH.MEM.PAGE.AUG/fatal", "TDH.MEM.TRACK/fatal",
    ];

    [Theory]
    [MemberData(nameof(Off))]
    public void They_name_the_invariant_that_the_checker_names_first(string off)
    {
        var broken = 0;
        for (var seed = 1UL; seed <= 3; seed++)
        {
            broken += Walk(off.Length == 0 ? RuleSwitches.AllOn : RuleSwitches.AllOn.Without(off), seed);
        }

        Assert.True(off.Length > 0 || broken == 0);
    }

    // Two rules off at once: more goes wrong, and in other ways.
    [Fact]
    public void They_agree_where_two_rules_are_off()
    {
        var broken = 0;
        for (var seed = 1UL; seed <= 6; seed++)
        {
            broken += Walk(RuleSwitches.AllOn.Without("TDH.MEM.PAGE.REMOVE/blocked").Without("TD.ACCESS/private/pending"), seed);
            broken += Walk(RuleSwitches.AllOn.Without("TDH.MEM.PAGE.AUG/state").Without("TDH.MEM.PAGE.AUG/page-free"), seed);
        }

        Assert.NotEqual(0, broken);
    }

    private static int Walk(RuleSwitches rules, ulong seed)
    {
        var system = new RunSystem(new() { Rules = rules });
        var (walk, broken) = (new RunWalk(system, seed), 0);
        var before = RunWalk.StateOf(system);
        for (var count = 0; count < Steps; count++)
        {
            var step = walk.Next();
            var checker = new TdxChecker(system.Module, TdxCheckerOptions.Record);
            system.Module.Observer = checker;
            var found = Find(system, step);
            var first = checker.Breaches.Count == 0 ? null : checker.Breaches[0].Invariant.Id;
            Assert.True(first == (found is GuestPromises.OwnBytes or GuestPromises.HostBlind ? null : found), $"{system.Describe(step)}: {found}, and the checker {first}");
            if (found is null)
            {
                before = RunWalk.StateOf(system);
                continue;
            }

            broken++;
            StateReader.ReadWhole(before, system);
        }

        return broken;
    }

    private static string? Find(RunSystem system, uint step)
    {
        try
        {
            system.Apply(step);
            return null;
        }
        catch (ModelInvariantException broken)
        {
            return broken.Invariant;
        }
    }
}
