using Xunit;

namespace GuestMemory.Rmp.Tests.Firmware;

public sealed class LargeFirmwarePageTests
{
    // snp-abi 5.3 table 11: a firmware page has guest address 0; a page inside a large one has the head's state.
    [Fact]
    public void Every_page_of_a_large_firmware_page_is_the_firmwares()
    {
        var world = new SnpWorld();

        Assert.True(world.ToFirmware(SnpWorld.H(), PageSize.Size2M).IsSuccess);

        Assert.Equal(RmpPageState.Firmware, world.StateOf(SnpWorld.H()));
        Assert.Equal(RmpPageState.Firmware, world.StateOf(SnpWorld.H(3)));
        Assert.All(world.Table.Runs(), run => Assert.Equal(world.Table.Resolve(new(run.Frames.End.Value - 1)), run[new(run.Frames.End.Value - 1)]));
    }

    // apm3 PSMASH; sev-snp INV-SNP-24: only a guest's pages have guest addresses to go on with.
    [Fact]
    public void Smashing_a_large_reclaimed_page_gives_no_page_a_guest_address()
    {
        var world = new SnpWorld();
        Assert.True(world.ToFirmware(SnpWorld.H(), PageSize.Size2M).IsSuccess);
        Assert.True(world.Platform.Firmware.PageReclaim(new(SnpWorld.H(), PageSize.Size2M)).IsSuccess);

        Assert.True(world.Platform.Psmash(SnpWorld.H().Address).IsSuccess);

        Assert.Equal(new RmpEntry { Assigned = true }, world.Table.Raw(SnpWorld.H(3)) with { Permissions = 0 });
        Assert.Equal(RmpPageState.Reclaim, world.StateOf(SnpWorld.H(3)));
    }
}
