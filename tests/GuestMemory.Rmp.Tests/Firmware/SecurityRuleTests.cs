using Xunit;

namespace GuestMemory.Rmp.Tests.Firmware;

/// <summary>Each of the firmware's rules of class security switched off, and the invariant that breaks then. Architecture, principle 10.</summary>
public sealed class SecurityRuleTests
{
    public static TheoryData<string> Rules => [.. Attacks.All.Keys];

    [Fact]
    public void Every_security_rule_of_the_firmware_has_an_attack() =>
        Assert.Equal(
            FirmwareRules.All.Where(rule => rule.Class == CheckClass.Security).Select(rule => rule.Id).Order(StringComparer.Ordinal),
            Attacks.All.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Rules))]
    public void An_attack_is_refused_by_its_rule_and_breaks_nothing(string id)
    {
        var (refused, broken) = Attacks.All[id].With(RuleSwitches.AllOn);

        Assert.Empty(broken);
        Assert.Equal(id, refused);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Without_its_rule_an_attack_breaks_its_invariant_and_no_other(string id)
    {
        var (refused, broken) = Attacks.All[id].With(RuleSwitches.AllOn.Without(id));

        Assert.Null(refused);
        Assert.Equal([Attacks.All[id].Invariant], broken);
    }
}
