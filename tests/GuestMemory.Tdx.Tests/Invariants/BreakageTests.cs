using Xunit;

namespace GuestMemory.Tdx.Tests.Invariants;

/// <summary>tdx.md, 13: what breaks an invariant is reported under its id.</summary>
public sealed class BreakageTests
{
    public static TheoryData<string> Names => [.. Breakages.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_breach_is_found_by_looking_at_what_was_touched(string name) => Assert.Contains(Breakages.IdOf(name), Broken(name, CheckScope.Touched));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_breach_is_found_by_looking_at_everything(string name) => Assert.Contains(Breakages.IdOf(name), Broken(name, CheckScope.Everything));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_strict_checker_throws(string name)
    {
        var breakage = Breakages.All[name];
        var world = new HandMade(breakage.OpState);
        breakage.Prepare?.Invoke(world);
        var checker = new TdxChecker(world.Module);
        Assert.Throws<ModelInvariantException>(() => checker.OnOperation(world.Module, breakage.Break(world)));
    }

    // Both ways of looking find the same, so the cheap one will do.
    [Theory]
    [MemberData(nameof(Names))]
    public void Both_ways_of_looking_agree(string name) => Assert.Equal(Broken(name, CheckScope.Everything), Broken(name, CheckScope.Touched));

    [Fact]
    public void Every_invariant_is_broken_by_hand() =>
        Assert.Equal(TdxInvariants.All.Select(invariant => invariant.Id), Breakages.All.Keys.Select(Breakages.IdOf).Distinct());

    // A breach of a state is seen without having watched the operation.
    [Fact]
    public void States_are_swept_without_an_observer()
    {
        foreach (var (name, breakage) in Breakages.All)
        {
            var world = new HandMade(breakage.OpState);
            breakage.Prepare?.Invoke(world);
            Assert.Empty(TdxInvariants.Check(world.Module));
            breakage.Break(world);
            var found = TdxInvariants.Check(world.Module).Select(breach => breach.Invariant);
            Assert.All(found, invariant => Assert.Equal(TdxInvariantKind.State, invariant.Kind));
            Assert.True(found.Any() || !s_stateBreaches.Contains(name), name);
        }
    }

    private static readonly HashSet<string> s_stateBreaches =
    [
        "INV-TDX-1 two entries", "INV-TDX-1 over a small one", "INV-TDX-2 a large table", "INV-TDX-3 no leaf", "INV-TDX-3 no page", "INV-TDX-3 two leaves",
        "INV-TDX-4 no table entry", "INV-TDX-4 root", "INV-TDX-5 another TD's page", "INV-TDX-5 another TD's control page", "INV-TDX-6 count", "INV-TDX-6 gone",
        "INV-TDX-7 free with a page", "INV-TDX-7 free with a page alone in its table", "INV-TDX-7 table of 4K", "INV-TDX-9 two behind", "INV-TDX-10 rights of a pending page", "INV-TDX-14 in use",
        "INV-TDX-16 used", "INV-TDX-16 made", "INV-TDX-17 writable",
    ];

    private static string[] Broken(string name, CheckScope scope)
    {
        var breakage = Breakages.All[name];
        var world = new HandMade(breakage.OpState);
        breakage.Prepare?.Invoke(world);
        Assert.Empty(TdxInvariants.Check(world.Module));
        var checker = new TdxChecker(world.Module, TdxCheckerOptions.Record with { Scope = scope });
        checker.OnOperation(world.Module, breakage.Break(world));
        return [.. checker.Breaches.Select(breach => breach.Invariant.Id).Distinct().Order(StringComparer.Ordinal)];
    }
}
