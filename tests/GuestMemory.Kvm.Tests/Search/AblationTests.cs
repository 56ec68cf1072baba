using Xunit;
using Xunit.Abstractions;

namespace GuestMemory.Kvm.Tests.Search;

/// <summary>Every rule of class security switched off: some scenario then breaks, and none does while every rule is on.</summary>
public sealed class AblationTests(ITestOutputHelper output)
{
    private const int MostStates = 20_000;

    // A software-protected guest's bytes survive unmapping, so that there is nothing to lose; TDX has such guests.
    private static readonly string[] s_withoutAttack = [CoreRules.BoundToFrame.Id];

    public static TheoryData<string> Scenarios => [.. SoftwareSystems.Software.Scenarios];

    public static TheoryData<string> SecurityRules =>
        [.. CoreRules.All.Concat(SoftwareSystems.Software.Rules).Where(rule => rule.Class == CheckClass.Security).Select(rule => rule.Id).Except(s_withoutAttack)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Nothing_breaks_while_every_rule_is_on(string scenario)
    {
        var found = SmallSearch.Run(Create(scenario, RuleSwitches.AllOn), MostStates);

        Assert.True(found.Broken is null, found.ToString());
    }

    [Theory]
    [MemberData(nameof(SecurityRules))]
    public void A_security_rule_that_is_off_lets_an_attack_through(string id)
    {
        var attacks = SoftwareSystems.Software.Scenarios.Select(scenario => (scenario, Found: SmallSearch.Run(Create(scenario, RuleSwitches.AllOn.Without(id)), MostStates)));
        var (scenario, found) = attacks.FirstOrDefault(attack => attack.Found.Broken is not null);

        Assert.True(scenario is not null, $"nothing breaks without {id}");
        output.WriteLine($"{id}: {scenario}: {found}");
    }

    private static IStepSystem Create(string scenario, RuleSwitches rules) =>
        SoftwareSystems.Software.Create(new() { Guests = 1, Pages = 1, Vcpus = 1, Scenario = scenario, Rules = rules });
}
