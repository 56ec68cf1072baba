using Xunit;
using static GuestMemory.Rmp.Tests.Firmware.FirmwareWorld;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Firmware;

public sealed class RuleTests
{
    // A table that begins at a multiple of 8 KiB but not of 1 MiB: the case is tested by itself, for it needs another machine.
    private static readonly string[] s_elsewhere = ["SNP_INIT_EX/bounds", "SNP_RMP_CREATE/bounds"];

    // architecture, principle 10; exemplars, 12: every rule decides a case.
    [Fact]
    public void Every_rule_of_every_command_decides_a_case()
    {
        var decided = RuleCases.All.Select(one => one.Rule).Concat(s_elsewhere).Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(FirmwareRules.All.Select(rule => rule.Id).Order(StringComparer.Ordinal), decided);
    }

    // Principle 3: the rule named decides, with its number, and nothing changes but what a partial effect declares.
    [Fact]
    public void Each_case_is_decided_by_its_rule_and_changes_nothing()
    {
        foreach (var one in RuleCases.All)
        {
            var world = one.World(RuleSwitches.AllOn);
            var before = world.Snp.State();

            var result = one.Command(world);

            Assert.Equal((one.Rule, one.Status), (result.DecidedBy?.Id, result.Status));
            Assert.Same(FirmwareRules.All.Single(rule => rule.Id == one.Rule), result.DecidedBy);
            Assert.True(one.Rule == "SNP_LAUNCH_UPDATE/cpuid" || before.AsSpan().SequenceEqual(world.Snp.State()), one.Rule);
        }
    }

    // Principle 10: no rule is idle: with it off, one of its cases answers otherwise or changes something.
    [Fact]
    public void With_its_rule_off_a_case_ends_otherwise()
    {
        var idle = RuleCases.All.GroupBy(one => one.Rule).Where(cases => cases.All(IsIdle)).Select(cases => cases.Key);

        // A second shutdown finds nothing left to do: only its answer's rule shows that it was one.
        Assert.Equal(["SNP_SHUTDOWN_EX/already"], idle);
    }

    // snp-abi 8.8: the table's bounds are multiples of 1 MiB.
    [Fact]
    public void A_table_that_is_not_aligned_to_1M_is_not_built()
    {
        var platform = new SnpPlatform(RmpCoverage.Flat(new(0x10_2000), new(0x1f_ffff)));
        Ok(platform.Firmware.ShutdownEx());

        var (init, create) = (platform.Firmware.InitEx(new(true)), platform.Firmware.RmpCreate(new(true)));

        Assert.Equal((SevStatus.InvalidAddress, "SNP_INIT_EX/bounds"), (init.Status, init.DecidedBy?.Id));
        Assert.Equal((SevStatus.InvalidAddress, "SNP_RMP_CREATE/bounds"), (create.Status, create.DecidedBy?.Id));
        Assert.Equal(SnpPlatformState.Uninit, platform.Firmware.State);
    }

    // snp-abi 8.8: a table covers itself.
    [Fact]
    public void A_table_that_does_not_cover_itself_is_not_built()
    {
        var platform = new SnpPlatform(RmpCoverage.Flat(new(0x4000_0000), new(0x4000_0000 + 0xf_ffff)));
        Ok(platform.Firmware.ShutdownEx());

        Assert.Equal(SevStatus.InvalidAddress, platform.Firmware.InitEx(new(true)).Status);
    }

    // sev-api table 14, snp-abi table 14: the numbers.
    [Fact]
    public void Statuses_have_the_manuals_numbers()
    {
        Assert.Equal(
            [0, 1, 2, 3, 4, 7, 8, 9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf, 0x10, 0x11, 0x12, 0x13, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x20, 0x24, 0x26, 0x27, 0x28],
            Enum.GetValues<SevStatus>().Select(status => (int)status));
        Assert.Equal(20, Enum.GetValues<SevCommand>().Length);
        Assert.Equal((0x84u, 0xc8u), ((uint)SevCommand.DfFlush, (uint)SevCommand.PageUnsmash));
    }

    // Every value says what it is.
    [Fact]
    public void Operands_and_results_say_what_they_are()
    {
        Assert.Equal("InvalidPageState (0x1a) [SNP_GCTX_CREATE/page-state]", new FirmwareWorld().Firmware.GctxCreate(H()).ToString());
        Assert.Equal("context spa 0x30001000, asid 5", new ActivateOperands(ContextA.Address, A).ToString());
        Assert.Equal("valid Data at gpa 0x5000, vector 3", new SwapMetadata(0, 3, 0, 0x5001, 0).ToString());
        Assert.Equal("Launch, asid 5, policy 0x0", WithGuests().Guest(ContextA).ToString());
        Assert.Equal("512 pages from spa 0x40000000", new FirmwareRange(H().Address, 512).ToString());
    }

    private static bool IsIdle(RuleCase one)
    {
        var world = one.World(RuleSwitches.AllOn.Without(one.Rule));
        var before = world.Snp.State();
        try
        {
            var result = one.Command(world);
            return result.DecidedBy?.Id == one.Rule || (result.Status == one.Status && before.AsSpan().SequenceEqual(world.Snp.State()));
        }
        catch (Exception impossible) when (impossible is OverflowException or ArgumentException or ModelInvariantException)
        {
            // Only the rule kept the command from what cannot be.
            return false;
        }
    }
}
