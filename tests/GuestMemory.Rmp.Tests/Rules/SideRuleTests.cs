using GuestMemory.Rmp.Tests.Legacy;
using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Rules;

/// <summary>The rules that are not the RMP's: KVM's of a page state change, and those of SEV's firmware. None is of class security: no invariant of the RMP speaks of them.</summary>
public sealed class SideRuleTests
{
    private static readonly Gfn s_at = new(0x8_0000);

    private static readonly Dictionary<string, Func<RuleSwitches, RuleAnswer>> s_cases = new(StringComparer.Ordinal)
    {
        ["PSC/exit"] = rules => Request(rules, PscBuffer.Of(PscEntry.Of(PscOperation.Shared, s_at)), canExit: false),
        ["PSC/short"] = rules => Request(rules, new(new byte[8], length: 7)),
        ["PSC/limit"] = rules => Request(rules, new(new byte[8 + (254 * 8)]) { EndEntry = 253 }),
        ["PSC/buffer-size"] = rules => Request(rules, new(new byte[32], length: 16) { EndEntry = 1 }),
        ["PSC/current-page"] = rules => Request(rules, PscBuffer.Of(PscEntry.Of(PscOperation.Shared, s_at, currentPage: 2))),
        ["PSC/align"] = rules => Request(rules, PscBuffer.Of(PscEntry.Of(PscOperation.Shared, s_at + 1, isLarge: true))),
        ["SEV-ACTIVATE/guest"] = rules => Ask(rules, (firmware, _) => firmware.Activate(99, B)),
        ["SEV-ACTIVATE/asid"] = rules => Ask(rules, (firmware, _) => firmware.Activate(firmware.Launch(), new(510))),
        ["SEV-ACTIVATE/owned"] = rules => Ask(rules, (firmware, _) => firmware.Activate(firmware.Launch(), A)),
        ["SEV-ACTIVATE/active"] = rules => Ask(rules, (firmware, guest) => firmware.Activate(guest, B)),
        ["SEV-ACTIVATE/df-flush"] = rules => Ask(rules, (firmware, _) => firmware.Activate(firmware.Launch(), A), LoseAsid),
        ["SEV-DEACTIVATE/guest"] = rules => Ask(rules, (firmware, _) => firmware.Deactivate(99)),
        ["SEV-DECOMMISSION/guest"] = rules => Ask(rules, (firmware, _) => firmware.Decommission(99)),
        ["SEV-DECOMMISSION/active"] = rules => Ask(rules, (firmware, guest) => firmware.Decommission(guest)),
        ["SEV-DF-FLUSH/wbinvd"] = rules => Ask(rules, (firmware, _) => firmware.DfFlush(), LoseAsid),
        ["SEV-LIFE/guest"] = rules => Ask(rules, (firmware, _) => firmware.SendStart(99, 1)),
        ["SEV-LIFE/state"] = rules => Ask(rules, (firmware, guest) => firmware.ReceiveFinish(guest)),
        ["SEV-PAGES/guest"] = rules => Ask(rules, (firmware, _) => firmware.Copy(99, H(), Y())),
        ["SEV-PAGES/state"] = rules => Ask(rules, (firmware, guest) => firmware.SendUpdate(guest, H(), Y(), out _)),
        ["SEV-PAGES/active"] = rules => Ask(rules, (firmware, guest) => firmware.Copy(guest, H(), Y()), LoseAsid),
        ["SEV-PAGES/tag"] = rules => Ask(rules, (firmware, guest) => firmware.SwapIn(guest, H(), new(1, 0), Y())),
    };

    private static readonly Rule[] s_rules =
    [
        .. PscRules.Header.Checks, .. PscRules.Entry.Checks, .. LegacyRules.Activate.Checks, .. LegacyRules.Deactivate.Checks,
        .. LegacyRules.Decommission.Checks, .. LegacyRules.DfFlush.Checks, .. LegacyRules.Life.Checks, .. LegacyRules.Pages.Checks,
    ];

    public static TheoryData<string> Cases => [.. s_cases.Keys];

    [Fact]
    public void Every_rule_has_a_case_and_none_is_of_class_security()
    {
        Assert.Equal(s_rules.Select(rule => rule.Id).Order(StringComparer.Ordinal), s_cases.Keys.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(s_rules, rule => rule.Class == CheckClass.Security);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_rule_decides_its_case(string id) => Assert.Equal(id, s_cases[id](RuleSwitches.AllOn).DecidedBy);

    // Architecture, principle 10. A buffer too short for a header has room for no entry: KVM's later check refuses it as well.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Without_a_rule_its_case_is_answered_otherwise(string id)
    {
        var off = s_cases[id](RuleSwitches.AllOn.Without(id));

        Assert.NotEqual(id, off.DecidedBy);
        Assert.Equal(id == "PSC/short", off.Words == s_cases[id](RuleSwitches.AllOn).Words);
    }

    private static RuleAnswer Request(RuleSwitches rules, PscBuffer buffer, bool canExit = true)
    {
        var request = new PscRequest(buffer, rules, canExit);
        var runs = new List<PscRun>();
        while (request.TryNextRun(out var run))
        {
            runs.Add(run);
            request.Complete(0);
        }

        return new($"0x{request.ExitInfo2:x} after {string.Join(", ", runs)}", request.DecidedBy?.Id);
    }

    private static RuleAnswer Ask(RuleSwitches rules, Func<LegacyFirmware, uint, FirmwareResult> command, Action<LegacyFirmware, uint>? prepare = null)
    {
        var world = new LegacyWorld(rules: rules);
        prepare?.Invoke(world.Firmware, world.Handle);
        var result = command(world.Firmware, world.Handle);
        return new($"{result.Status}", result.DecidedBy?.Id);
    }

    private static void LoseAsid(LegacyFirmware firmware, uint guest) => Assert.Equal(default, firmware.Deactivate(guest));
}
