using Xunit;

namespace GuestMemory.Rmp.Tests;

/// <summary>The scenarios' world with a checker on it: after every operation every invariant is asked for.</summary>
internal sealed class CheckedWorld
{
    public CheckedWorld(SnpSwitches? switches = null, RuleSwitches? rules = null, RmpCheckerOptions? options = null)
    {
        World = new(switches, rules);
        Checker = RmpChecker.Attach(World.Platform, options);
    }

    public SnpWorld World { get; }

    public RmpChecker Checker { get; }

    public SnpPlatform Platform => World.Platform;

    public ReverseMapTable Table => World.Table;

    /// <summary>A world with one rule off whose checker only records.</summary>
    public static CheckedWorld Without(string ruleId) => new(rules: RuleSwitches.AllOn.Without(ruleId), options: RmpCheckerOptions.Record);

    /// <summary>What was broken, each name once, in the order of the numbers.</summary>
    public IEnumerable<string> Broken => RmpInvariants.All.Select(invariant => invariant.Name).Where(Checker.WasBroken);

    /// <summary>Nothing is broken: neither by an operation so far nor in the state as it is.</summary>
    public void IsSound()
    {
        Assert.Empty(Checker.Breaches);
        Assert.Null(RmpInvariants.FindBreach(Platform));
    }
}
