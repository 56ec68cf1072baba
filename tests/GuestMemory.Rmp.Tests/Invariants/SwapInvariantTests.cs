using Xunit;

namespace GuestMemory.Rmp.Tests.Invariants;

/// <summary>INV-SNP-10 at ACTIVATE, 18 over a swap, and 22. Source: sev-snp, section 8.</summary>
public sealed class SwapInvariantTests
{
    private static readonly Pfn s_context = SnpWorld.Y();
    private static readonly Pfn s_metadata = SnpWorld.Y(2);
    private static readonly Pfn s_buffer = SnpWorld.Y(4);

    // sev-snp scenario 35, in place: what the guest wrote is there again, and nothing is broken on the way.
    [Fact]
    public void A_page_swapped_out_and_in_is_what_it_was()
    {
        var world = Launched(new(options: RmpCheckerOptions.Strict));
        SwapOut(world);

        Assert.True(SwapIn(world).IsSuccess);
        Assert.True(world.Platform.Firmware.PageReclaim(new PhysicalPage(SnpWorld.H(5), PageSize.Size4K)).IsSuccess);

        Assert.True(world.World.GuestRead(SnpWorld.G(5), SnpWorld.H(5), out var value).IsAllowed);
        Assert.Equal(7UL, value);
        world.IsSound();
    }

    // sev-snp scenario 36: without the rule an old page comes back.
    [Fact]
    public void A_page_that_comes_back_twice_is_found()
    {
        var world = Launched(CheckedWorld.Without("SNP_PAGE_SWAP_IN/entry"));
        SwapOut(world);
        Assert.True(SwapIn(world).IsSuccess);
        world.IsSound();
        Assert.True(world.World.Share(SnpWorld.H(5)).Status == RmpStatus.FailPermission);
        world.Platform.Firmware.PageReclaim(new PhysicalPage(SnpWorld.H(5), PageSize.Size4K));
        Assert.True(world.World.Assign(SnpWorld.H(6), SnpWorld.G(6), immutable: true).IsSuccess);

        Assert.True(SwapIn(world, SnpWorld.H(6)).IsSuccess);

        Assert.Contains("INV-SNP-22", world.Broken);
    }

    [Fact]
    public void A_page_that_comes_back_elsewhere_is_found()
    {
        var world = Launched(new(options: RmpCheckerOptions.Record));
        SwapOut(world);
        var platform = world.Platform;
        SwapMetadata.Read(platform.Contents, s_metadata.Address).UsedUp().Write(platform.Contents, s_metadata.Address);
        world.Table.Write(SnpWorld.H(5), world.Table.Raw(SnpWorld.H(5)) with { Gpa = SnpWorld.G(6), Validated = true });

        platform.Emit(new(SnpOperationKind.Firmware, PfnRange.FromBounds(SnpWorld.H(5), SnpWorld.Y(5)), default, (ulong)SevCommand.SwapIn));

        Assert.Equal(["INV-SNP-22"], world.Broken);
    }

    // sev-snp scenario 51: an ASID that pages still carry is not bound.
    [Fact]
    public void Binding_an_ASID_that_pages_carry_is_found()
    {
        foreach (var rules in (RuleSwitches[])[RuleSwitches.AllOn, RuleSwitches.AllOn.Without("SNP_ACTIVATE/pages")])
        {
            var world = new CheckedWorld(rules: rules, options: RmpCheckerOptions.Record);
            world.World.ToFirmware(s_context);
            Assert.True(world.World.Assign(SnpWorld.H(5), SnpWorld.G(5)).IsSuccess);
            Assert.True(world.Platform.Firmware.GctxCreate(s_context).IsSuccess);
            Assert.True(world.Platform.Firmware.LaunchStart(s_context).IsSuccess);

            Assert.Equal(rules == RuleSwitches.AllOn ? SevStatus.InvalidConfig : SevStatus.Success, world.Platform.Firmware.Activate(s_context, SnpWorld.A).Status);
            Assert.Equal(rules == RuleSwitches.AllOn ? [] : ["INV-SNP-10"], world.Broken);
        }
    }

    private static CheckedWorld Launched(CheckedWorld world)
    {
        var firmware = world.Platform.Firmware;
        Assert.All((Pfn[])[s_context, s_metadata, s_buffer], page => Assert.True(world.World.ToFirmware(page).IsSuccess));
        FirmwareResult[] results =
            [firmware.GctxCreate(s_context), firmware.LaunchStart(s_context), firmware.Activate(s_context, SnpWorld.A), firmware.MetadataInit(s_context, s_metadata)];
        Assert.All(results, result => Assert.True(result.IsSuccess));
        world.World.Give(SnpWorld.H(5), SnpWorld.G(5));
        Assert.True(world.World.GuestWrite(SnpWorld.G(5), SnpWorld.H(5), 7).IsAllowed);
        return world;
    }

    private static void SwapOut(CheckedWorld world)
    {
        Assert.True(world.World.Assign(SnpWorld.H(5), SnpWorld.G(5), immutable: true).IsSuccess);
        var operands = new SwapOperands(s_context.Address, SnpWorld.H(5).Address, s_buffer.Address, s_metadata.Address, SwapPageType.Data);
        Assert.Equal(SevStatus.Success, world.Platform.Firmware.SwapOut(operands).Status);
        Assert.Equal(RmpPageState.PreGuest, world.World.StateOf(SnpWorld.H(5)));
    }

    private static FirmwareResult SwapIn(CheckedWorld world, Pfn? to = null) => world.Platform.Firmware.SwapIn(
        new(s_context.Address, s_buffer.Address, (to ?? SnpWorld.H(5)).Address, s_metadata.Address, SwapPageType.Data));
}
