using Xunit;

namespace GuestMemory.Tdx.Tests.Rules;

/// <summary>Architecture, principle 10: each rule of class security switched off, and the invariant that breaks then.</summary>
public sealed class SecurityTests
{
    public static TheoryData<string> Rules => [.. RuleCatalogue.Module.Where(rule => rule.Class == CheckClass.Security).Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_stops_its_attack_and_without_it_an_invariant_breaks(string id)
    {
        var attack = Attacks.Of(id);
        var (broken, refused) = attack.With(RuleSwitches.AllOn);
        Assert.Empty(broken);
        Assert.Contains(id, refused);

        Assert.Contains(attack.Invariant, attack.With(RuleSwitches.AllOn.Without(id)).Broken);
    }
}
