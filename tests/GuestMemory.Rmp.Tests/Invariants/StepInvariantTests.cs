using Xunit;

namespace GuestMemory.Rmp.Tests.Invariants;

/// <summary>The invariants of operations: each is broken by switching off the rule that keeps it, and kept by the rule. Source: sev-snp, section 8.</summary>
public sealed class StepInvariantTests
{
    private static readonly Vmpl s_one = new(1);
    private static readonly Vmpl s_two = new(2);

    public static TheoryData<string, string> Rules => new()
    {
        { "RMPUPDATE/immutable", "INV-SNP-11" },
        { "RMPUPDATE/over-small", "INV-SNP-11" },
        { "PVALIDATE/immutable", "INV-SNP-11" },
        { "ACCESS/host/hypervisor-owned", "INV-SNP-12" },
        { "ACCESS/guest/hypervisor-owned", "INV-SNP-12" },
        { "ACCESS/shared/hypervisor-owned", "INV-SNP-12" },
        { "ACCESS/device/hypervisor-owned", "INV-SNP-12" },
        { "ACCESS/private/page-size", "INV-SNP-15" },
        { "ACCESS/private/guest-owned", "INV-SNP-16" },
        { "ACCESS/private/reverse-map", "INV-SNP-16" },
        { "ACCESS/private/mutable", "INV-SNP-16" },
        { "ACCESS/private/validated", "INV-SNP-16" },
        { "PVALIDATE/asid", "INV-SNP-16" },
        { "RMPADJUST/asid", "INV-SNP-16" },
        { "ACCESS/private/vmpl", "INV-SNP-19" },
        { "RMPADJUST/target", "INV-SNP-19" },
        { "RMPADJUST/rights", "INV-SNP-19" },
        { "RMPUPDATE/in-use", "INV-SNP-20" },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_switched_off_breaks_the_invariant_it_keeps(string rule, string broken)
    {
        var world = CheckedWorld.Without(rule);

        Attack(rule, world);

        Assert.Equal(broken, world.Broken.First());
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void The_same_steps_break_nothing_while_the_rule_is_on(string rule, string kept)
    {
        var world = new CheckedWorld(options: RmpCheckerOptions.Strict);

        Attack(rule, world);

        Assert.DoesNotContain(kept, world.Broken);
        world.IsSound();
    }

    // sev-snp INV-SNP-21: the firmware makes a metadata page only of a guest with a context page.
    [Fact]
    public void A_metadata_page_whose_context_is_none_is_found()
    {
        var world = new CheckedWorld(options: RmpCheckerOptions.Record);
        world.Table.Write(SnpWorld.H(9), new() { Assigned = true, Immutable = true, Vmsa = true });
        world.Checker.Restart(world.Platform);

        Firmware(world, SnpWorld.H(5), new() { Assigned = true, Immutable = true, Gpa = new(SnpWorld.H(9).Address.Value) });
        world.IsSound();

        Firmware(world, SnpWorld.H(6), new() { Assigned = true, Immutable = true, Gpa = new(SnpWorld.H(10).Address.Value) });
        Assert.Equal(["INV-SNP-21"], world.Broken);
    }

    // sev-snp INV-SNP-21: a context page with metadata stays one until DECOMMISSION.
    [Fact]
    public void A_context_page_that_ends_otherwise_than_by_DECOMMISSION_is_found()
    {
        var world = new CheckedWorld(options: RmpCheckerOptions.Record);
        world.Table.Write(SnpWorld.H(9), new() { Assigned = true, Immutable = true, Vmsa = true });
        world.Checker.Restart(world.Platform);

        Firmware(world, SnpWorld.H(9), new() { Assigned = true, Immutable = true }, command: 0xc3);

        Assert.Equal(["INV-SNP-21"], world.Broken);
    }

    // sev-snp INV-SNP-24: a PSMASH that loses one page's Validated bit.
    [Fact]
    public void A_split_that_changes_more_than_sizes_is_found()
    {
        var world = new CheckedWorld(options: RmpCheckerOptions.Record);
        world.World.GiveLarge(SnpWorld.H(), SnpWorld.G());
        world.Table.Smash(SnpWorld.H());
        world.Table.Write(SnpWorld.H(7), world.Table.Raw(SnpWorld.H(7)) with { Validated = false });

        world.Platform.Emit(new(SnpOperationKind.Psmash, new(SnpWorld.H(), 512), default));

        Assert.Equal(["INV-SNP-24"], world.Broken);
    }

    // sev-snp INV-SNP-24, contents: no byte changes either.
    [Fact]
    public void A_split_that_changes_bytes_is_found()
    {
        var world = new CheckedWorld(options: RmpCheckerOptions.Record);
        world.World.GiveLarge(SnpWorld.H(), SnpWorld.G());
        world.Platform.Contents.Write(SnpWorld.H(3).Address, 8, 7);

        Assert.True(world.Platform.Psmash(SnpWorld.H().Address).IsSuccess);

        Assert.Equal(["INV-SNP-12", "INV-SNP-24"], world.Broken);
    }

    // sev-snp INV-SNP-25: status, carry flag and fault each say that nothing changed, and a read changes nothing.
    [Fact]
    public void A_refused_operation_that_changed_an_entry_is_found()
    {
        var rule = RmpUpdate.Checks.Checks[0];
        Outcome[] refusals = [new(Lane.Status, 2, 0, rule), new(Lane.Fault, (ulong)RmpFaultKind.GeneralProtection, 0, rule)];
        Assert.All(refusals, refusal => Assert.Equal(["INV-SNP-25"], AfterWriting(SnpOperationKind.RmpUpdate, refusal)));
        Assert.Equal(["INV-SNP-25"], AfterWriting(SnpOperationKind.Pvalidate, new(Lane.Status, 0, 1, rule)));
        Assert.Equal(["INV-SNP-25"], AfterWriting(SnpOperationKind.RmpQuery, default));
        Assert.Equal(["INV-SNP-25"], AfterWriting(SnpOperationKind.Firmware, refusals[0]));
        Assert.Empty(AfterWriting(SnpOperationKind.RmpUpdate, default));
    }

    // What is not named by an operation is seen by the checker that looks at everything.
    [Fact]
    public void A_change_elsewhere_is_found_by_looking_at_everything()
    {
        var world = new CheckedWorld(options: RmpCheckerOptions.Record with { Scope = CheckScope.Everything });
        world.Table.Write(SnpWorld.Y(5), new() { Assigned = true });

        world.Platform.RmpRead(CpuState.Host, SnpWorld.H().Address);

        Assert.Equal(["INV-SNP-25"], world.Broken);
    }

    private static IEnumerable<string> AfterWriting(SnpOperationKind kind, Outcome outcome)
    {
        var world = new CheckedWorld(options: RmpCheckerOptions.Record);
        world.Table.Write(SnpWorld.H(5), new() { Assigned = true });
        world.Platform.Emit(new(kind, new(SnpWorld.H(5), 1), outcome));
        return world.Broken;
    }

    private static void Firmware(CheckedWorld world, Pfn frame, RmpEntry entry, ulong command = 0xc3)
    {
        world.Table.Write(frame, entry);
        world.Platform.Emit(new(SnpOperationKind.Firmware, new(frame, 1), default, command));
    }

    private static void Attack(string rule, CheckedWorld checkedWorld)
    {
        var (world, platform) = (checkedWorld.World, checkedWorld.Platform);
        var (h, g) = (SnpWorld.H(5), SnpWorld.G(5));
        switch (rule)
        {
            case "RMPUPDATE/immutable":
                world.ToFirmware(h);
                world.Share(h);
                break;
            case "RMPUPDATE/over-small":
                world.ToFirmware(h);
                world.AssignLarge(SnpWorld.H(), SnpWorld.G());
                break;
            case "PVALIDATE/immutable":
                world.Assign(h, g, immutable: true);
                world.Validate(g, h);
                break;
            case "RMPUPDATE/in-use":
                var run = new VmrunOperands(SnpWorld.Y(1), SnpWorld.A, IsSnpActive: false);
                Assert.True(platform.RunVcpu(run).IsSuccess);
                world.Assign(SnpWorld.Y(1), g);
                platform.Vmexit(run);
                break;
            default:
                AttackGiven(rule, checkedWorld);
                break;
        }
    }

    // On a validated page of guest A's, on which level 1 may read.
    private static void AttackGiven(string rule, CheckedWorld checkedWorld)
    {
        var (world, platform) = (checkedWorld.World, checkedWorld.Platform);
        var (h, g) = (SnpWorld.H(5), SnpWorld.G(5));
        world.Give(h, g);
        Assert.True(platform.RmpAdjust(CpuState.Guest(SnpWorld.A), SnpWorld.Walk(g, h), isLarge: false, 0x101).IsSuccess);
        switch (rule)
        {
            case "ACCESS/host/hypervisor-owned": world.HostWrite(h); break;
            case "ACCESS/guest/hypervisor-owned": Write(platform, new(RmpAccessor.Guest, AccessKind.Write, h, Asid: SnpWorld.B)); break;
            case "ACCESS/shared/hypervisor-owned": Write(platform, new(RmpAccessor.SnpGuest, AccessKind.Write, h, Asid: SnpWorld.A, Gpa: g)); break;
            case "ACCESS/device/hypervisor-owned": Write(platform, new(RmpAccessor.Device, AccessKind.Write, h)); break;
            case "ACCESS/private/page-size": world.GuestWrite(g, h, 1, PageSize.Size2M); break;
            case "ACCESS/private/guest-owned": Write(platform, RmpAccess.Private(SnpWorld.B, AccessKind.Write, g, h)); break;
            case "ACCESS/private/reverse-map": world.GuestWrite(SnpWorld.G(6), h, 1); break;
            case "ACCESS/private/mutable": world.Assign(h, g, immutable: true); world.GuestWrite(g, h, 1); break;
            case "ACCESS/private/validated": world.Validate(g, h, validate: false); world.GuestWrite(g, h, 1); break;
            case "PVALIDATE/asid": world.Validate(g, h, validate: false, cpu: CpuState.Guest(SnpWorld.B)); break;
            case "RMPADJUST/asid": platform.RmpAdjust(CpuState.Guest(SnpWorld.B), SnpWorld.Walk(g, h), isLarge: false, 0x301); break;
            case "ACCESS/private/vmpl": Write(platform, RmpAccess.Private(SnpWorld.A, AccessKind.Write, g, h) with { Vmpl = s_one }); break;
            case "RMPADJUST/target": platform.RmpAdjust(CpuState.Guest(SnpWorld.A, s_one), SnpWorld.Walk(g, h), isLarge: false, 0x001); break;
            default: platform.RmpAdjust(CpuState.Guest(SnpWorld.A, s_one), SnpWorld.Walk(g, h), isLarge: false, 0x300 | (ulong)s_two.Value); break;
        }
    }

    private static void Write(SnpPlatform platform, RmpAccess access) => platform.Write(access, 0, 8, 1);
}
