using GuestMemory.Rmp.Tests.Guests;
using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Legacy;

public sealed class LegacyFirmwareTests
{
    // sev-snp 7: raw ciphertext decrypts to noise elsewhere, COPY moves the page.
    [Fact]
    public void A_page_moves_by_the_firmware_and_not_by_its_bytes()
    {
        var world = new LegacyWorld();
        Assert.Equal(default, world.Guest.Write(G(5), 7));
        world.Platform.Contents.Copy(H(5), Y(5));
        world.Map(G(5), Y(5));
        Assert.NotEqual(GuestAnswer.Done(7), world.Guest.Read(G(5)));

        Assert.Equal(default, world.Firmware.Copy(world.Handle, H(5), Y(5)));
        Assert.Equal(GuestAnswer.Done(7), world.Guest.Read(G(5)));
    }

    [Fact]
    public void A_swapped_page_comes_back_anywhere_and_a_changed_one_not_at_all()
    {
        var world = new LegacyWorld();
        Assert.Equal(default, world.Guest.Write(G(5), 7));
        Assert.Equal(default, world.Firmware.SwapOut(world.Handle, H(5), Y(1), out var packet));
        Assert.NotEqual(7UL, world.HostRead(Y(1)));

        Assert.Equal(default, world.Firmware.SwapIn(world.Handle, Y(1), packet, Y(5)));
        world.Map(G(5), Y(5));
        Assert.Equal(GuestAnswer.Done(7), world.Guest.Read(G(5)));

        world.HostWrite(Y(1), world.HostRead(Y(1)) ^ 1);
        AssertRefused(SevStatus.BadMeasurement, 0x0b, "SEV-PAGES/tag", world.Firmware.SwapIn(world.Handle, Y(1), packet, Y(5)));
        Assert.Equal(GuestAnswer.Done(7), world.Guest.Read(G(5)));
    }

    [Fact]
    public void A_page_is_sent_and_received_under_the_transport_key_only()
    {
        var world = new LegacyWorld();
        Assert.Equal(default, world.Guest.Write(G(5), 7));
        AssertRefused(SevStatus.InvalidGuestState, 0x02, "SEV-PAGES/state", world.Firmware.SendUpdate(world.Handle, H(5), Y(1), out _));
        Assert.Equal(default, world.Firmware.SendStart(world.Handle, transportKey: 9));
        Assert.Equal(default, world.Firmware.SendUpdate(world.Handle, H(5), Y(1), out var packet));

        var (right, wrong) = (world.Firmware.ReceiveStart(transportKey: 9), world.Firmware.ReceiveStart(transportKey: 8));
        AssertRefused(SevStatus.Inactive, 0x08, "SEV-PAGES/active", world.Firmware.ReceiveUpdate(right, Y(1), packet, Y(5)));
        Assert.Equal(default, world.Firmware.Activate(right, new(7)));
        Assert.Equal(default, world.Firmware.Activate(wrong, new(8)));
        AssertRefused(SevStatus.BadMeasurement, 0x0b, "SEV-PAGES/tag", world.Firmware.ReceiveUpdate(wrong, Y(1), packet, Y(5)));
        Assert.Equal(default, world.Firmware.ReceiveUpdate(right, Y(1), packet, Y(5)));
        Assert.Equal(default, world.Firmware.ReceiveFinish(right));

        world.Map(G(5), Y(5));
        var arrived = new NaiveGuest(world.Platform, new(7), world.Nested, new() { Profile = SevProfile.Sev });
        Assert.Equal(GuestAnswer.Done(7), arrived.Read(G(5)));
    }

    // sev-api: WBINVD, then DF_FLUSH, then the ASID is another guest's; its key is another, too.
    [Fact]
    public void An_ASID_is_used_again_after_WBINVD_and_DF_FLUSH()
    {
        var world = new LegacyWorld();
        Assert.Equal(default, world.Guest.Write(G(5), 7));
        var next = world.Firmware.Launch();
        AssertRefused(SevStatus.AsidOwned, 0x0c, "SEV-ACTIVATE/owned", world.Firmware.Activate(next, A));
        AssertRefused(SevStatus.Active, 0x12, "SEV-ACTIVATE/active", world.Firmware.Activate(world.Handle, B));
        AssertRefused(SevStatus.Active, 0x12, "SEV-DECOMMISSION/active", world.Firmware.Decommission(world.Handle));
        AssertRefused(SevStatus.InvalidAsid, 0x0d, "SEV-ACTIVATE/asid", world.Firmware.Activate(next, new(510)));

        Assert.Equal(default, world.Firmware.Deactivate(world.Handle));
        Assert.Equal(default, world.Firmware.Decommission(world.Handle));
        AssertRefused(SevStatus.InvalidGuest, 0x10, "SEV-DEACTIVATE/guest", world.Firmware.Deactivate(world.Handle));
        AssertRefused(SevStatus.DfFlushRequired, 0x0f, "SEV-ACTIVATE/df-flush", world.Firmware.Activate(next, A));
        AssertRefused(SevStatus.WbinvdRequired, 0x0e, "SEV-DF-FLUSH/wbinvd", world.Firmware.DfFlush());
        world.Firmware.Wbinvd();
        Assert.Equal(default, world.Firmware.DfFlush());
        Assert.Equal(default, world.Firmware.Activate(next, A));
        Assert.NotEqual(GuestAnswer.Done(7), world.Guest.Read(G(5)));
    }

    [Fact]
    public void Commands_for_no_guest_and_out_of_order_change_nothing()
    {
        var world = new LegacyWorld();
        var firmware = world.Firmware;
        byte[] before = [.. GuestWorld.StateOf(firmware), .. GuestWorld.StateOf(world.Platform.Contents)];
        (string Rule, FirmwareResult Result)[] refused =
        [
            ("SEV-ACTIVATE/guest", firmware.Activate(99, B)), ("SEV-DECOMMISSION/guest", firmware.Decommission(99)),
            ("SEV-LIFE/guest", firmware.SendStart(99, 1)), ("SEV-PAGES/guest", firmware.Copy(99, H(), Y())),
            ("SEV-PAGES/guest", firmware.SwapOut(99, H(), Y(), out _)),
        ];
        Assert.All(refused, one => AssertRefused(SevStatus.InvalidGuest, 0x10, one.Rule, one.Result));
        AssertRefused(SevStatus.InvalidGuestState, 0x02, "SEV-LIFE/state", firmware.ReceiveFinish(world.Handle));
        byte[] after = [.. GuestWorld.StateOf(firmware), .. GuestWorld.StateOf(world.Platform.Contents)];
        Assert.Equal(before, after);
    }

    [Fact]
    public void Its_state_comes_back()
    {
        var world = new LegacyWorld();
        _ = world.Firmware.ReceiveStart(3);
        Assert.Equal(default, world.Firmware.Deactivate(world.Handle));
        var back = new LegacyFirmware(world.Platform);
        StateReader.ReadWhole(GuestWorld.StateOf(world.Firmware), back);
        Assert.Equal(GuestWorld.StateOf(world.Firmware), GuestWorld.StateOf(back));
        AssertRefused(SevStatus.DfFlushRequired, 0x0f, "SEV-ACTIVATE/df-flush", back.Activate(world.Handle, A));
    }

    private static void AssertRefused(SevStatus status, uint number, string rule, FirmwareResult result)
    {
        Assert.Equal((status, rule), (result.Status, result.DecidedBy?.Id));
        Assert.Equal(number, (uint)result.Status);
    }
}
