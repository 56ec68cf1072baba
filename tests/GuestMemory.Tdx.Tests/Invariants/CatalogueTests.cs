using Xunit;

namespace GuestMemory.Tdx.Tests.Invariants;

public sealed class CatalogueTests
{
    // tdx.md, 13
    [Fact]
    public void The_invariants_are_numbered_1_to_17()
    {
        Assert.Equal(Enumerable.Range(1, 17).Select(number => $"INV-TDX-{number}"), TdxInvariants.All.Select(invariant => invariant.Id));
        Assert.Same(TdxInvariants.All[7], TdxInvariants.Get("INV-TDX-8"));
        Assert.Throws<ArgumentException>(() => TdxInvariants.Get("INV-TDX-18"));
    }

    [Fact]
    public void Each_says_what_holds_and_who_says_so()
    {
        Assert.All(TdxInvariants.All, invariant => Assert.StartsWith("tdx-module, ", invariant.Source, StringComparison.Ordinal));
        Assert.All(TdxInvariants.All, invariant => Assert.EndsWith(".", invariant.Sentence, StringComparison.Ordinal));
        Assert.All(TdxInvariants.All, invariant => Assert.Equal($"{invariant.Id}: {invariant.Sentence}", invariant.ToString()));
    }

    [Fact]
    public void Some_speak_of_steps_alone() => Assert.Equal(
        ["INV-TDX-8", "INV-TDX-11", "INV-TDX-12", "INV-TDX-13", "INV-TDX-15"],
        TdxInvariants.All.Where(invariant => invariant.Kind == TdxInvariantKind.Step).Select(invariant => invariant.Id));

    [Fact]
    public void A_breach_says_what_and_where()
    {
        var world = new HandMade();
        world.Td.ChildCount++;
        var breach = Assert.Single(TdxInvariants.Check(world.Module));
        Assert.Equal("INV-TDX-6", breach.Invariant.Id);
        Assert.Equal(world.Td.ToString(), breach.Where);
        Assert.StartsWith("INV-TDX-6: TD ", breach.ToString(), StringComparison.Ordinal);
    }
}
