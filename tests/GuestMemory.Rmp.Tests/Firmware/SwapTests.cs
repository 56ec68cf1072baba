using Xunit;
using static GuestMemory.Rmp.Tests.Firmware.FirmwareWorld;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Firmware;

public sealed class SwapTests
{
    // sev-snp scenario 35.
    [Fact]
    public void A_page_goes_out_and_comes_back_elsewhere_without_its_guest_noticing()
    {
        var world = WithGuests();
        world.PreSwap(H(5), G(5));
        world.Snp.Table.Change(H(5), world.Snp.Table.Resolve(H(5)).WithPermissions(new(1), VmplPermissions.Read));
        world.FirmwarePage(Y(9));
        var swap = Swap(H(5), Y(9)) with { SoftwareData = 0xabc };

        Assert.Equal(0u, world.Code(firmware => firmware.SwapOut(swap)));
        Assert.Equal(RmpPageState.PreGuest, world.Snp.StateOf(H(5)));
        var entry = world.EntryOf(MetadataA);
        Assert.Equal((true, true, G(5), 0xabcUL, 1UL), (entry.IsValid, entry.IsValidated, entry.Gpa, entry.SoftwareData, entry.Vector));
        Assert.NotEqual(7UL, world.Contents.Read(Y(9).Address, 8));
        Assert.Equal(0u, world.Code(firmware => firmware.PageReclaim(Small(H(5)))));
        Assert.Equal(RmpPageState.GuestInvalid, world.Snp.StateOf(H(5)));
        Assert.True(world.Snp.Share(H(5)).IsSuccess);

        world.PreGuest(Y(10), G(5));
        Assert.Equal(0u, world.Code(firmware => firmware.SwapIn(Back(swap, Y(10)))));
        Assert.Equal(RmpPageState.PreSwap, world.Snp.StateOf(Y(10)));
        Assert.False(world.EntryOf(MetadataA).IsValid);
        Assert.Equal(VmplPermissions.Read, world.Snp.Table.Resolve(Y(10)).PermissionsOf(new(1)));
        Assert.Equal(0u, world.Code(firmware => firmware.PageReclaim(Small(Y(10)))));
        Assert.True(world.Snp.GuestRead(G(5), Y(10), out var value).IsAllowed);
        Assert.Equal(7UL, value);
    }

    // sev-snp scenario 36.
    [Fact]
    public void A_metadata_entry_is_used_once()
    {
        var world = WithGuests();
        var swapped = world.SwappedOut();
        world.PreGuest(Y(10), G(5));
        Ok(world.Firmware.SwapIn(Back(swapped, Y(10))));
        world.PreGuest(Y(11), G(5));

        Assert.Equal(0x1bu, world.Code(firmware => firmware.SwapIn(Back(swapped, Y(11)))));
    }

    // sev-snp scenario 37.
    [Fact]
    public void A_page_comes_back_at_the_guest_address_it_left()
    {
        var world = WithGuests();
        var swapped = world.SwappedOut();
        world.PreGuest(Y(10), G(6));

        Assert.Equal(0u, world.Code(firmware => firmware.SwapIn(Back(swapped, Y(10)))));

        Ok(world.Firmware.PageReclaim(Small(Y(10))));
        Assert.Equal(G(5), world.Snp.Table.Resolve(Y(10)).Gpa);
        Assert.Equal(RmpFaultKind.NestedPageFault, world.Snp.GuestRead(G(6), Y(10), out _).Fault.Kind);
        Assert.True(world.Snp.GuestRead(G(5), Y(10), out var value).IsAllowed);
        Assert.Equal(7UL, value);
    }

    // sev-snp scenario 38.
    [Fact]
    public void One_flipped_bit_keeps_a_page_out()
    {
        var world = WithGuests();
        var swapped = world.SwappedOut();
        world.PreGuest(Y(10), G(6));
        world.Contents.Write(Y(9).Address + 0x777, 1, world.Contents.Read(Y(9).Address + 0x777, 1) ^ 4);

        Assert.Equal(0x0bu, world.Code(firmware => firmware.SwapIn(Back(swapped, Y(10)))));

        Assert.Equal((RmpPageState.PreGuest, G(6)), (world.Snp.StateOf(Y(10)), world.Snp.Table.Resolve(Y(10)).Gpa));
        Assert.True(world.EntryOf(MetadataA).IsValid);
    }

    // sev-snp section 7: the bytes of one page do not come back through another's entry.
    [Fact]
    public void Bytes_of_another_page_or_another_time_keep_a_page_out()
    {
        var world = WithGuests();
        var first = world.SwappedOut();
        world.PreSwap(H(6), G(6));
        var second = Swap(H(6), Y(12), index: 1);
        world.FirmwarePage(Y(12));
        Ok(world.Firmware.SwapOut(second));
        world.PreGuest(Y(10), G(5));

        Assert.Equal(0x0bu, world.Code(firmware => firmware.SwapIn(Back(first, Y(10)) with { Source = second.Destination })));
        Assert.NotEqual(world.Contents.Read(Y(9).Address, 8), world.Contents.Read(Y(12).Address, 8));
    }

    // sev-snp scenario 39.
    [Fact]
    public void A_page_the_guest_still_uses_is_not_wrapped()
    {
        var world = WithGuests();
        world.Snp.Give(H(5), G(5));

        Assert.Equal(0x1au, world.Code(firmware => firmware.SwapOut(Swap(H(5), Spare))));
    }

    // sev-snp scenario 70.
    [Fact]
    public void SWAP_OUT_looks_at_the_entrys_place_and_the_size_before_the_metadata_page_and_SWAP_IN_the_other_way_round()
    {
        var world = WithGuests();
        world.PreSwap(H(5), G(5));
        var swap = Swap(H(5), Spare);
        var wrong = swap with { Metadata = H(9).Address };

        Assert.Equal(0x09u, world.Code(firmware => firmware.SwapOut(swap with { Metadata = MetadataA.Address + 8 })));
        Assert.Equal(0x09u, world.Code(firmware => firmware.SwapOut(swap with { Metadata = H(5).Address + 64 })));
        world.Snp.GiveLarge(Y(), G(512));
        Assert.Equal(0x19u, world.Code(firmware => firmware.SwapOut(wrong with { Source = Y().Address })));
        Assert.Equal(0x1au, world.Code(firmware => firmware.SwapIn(wrong with { Source = Spare.Address, Destination = Y().Address })));
    }

    // sev-snp scenario 72.
    [Fact]
    public void A_metadata_page_outlives_its_guest_and_serves_no_other()
    {
        var world = WithGuests();
        world.PreGuest(H(5), G(5), B);
        Ok(world.Firmware.Decommission(ContextA));
        Assert.Equal(RmpPageState.Metadata, world.Snp.StateOf(MetadataA));

        Assert.Equal(0x1cu, world.Code(firmware => firmware.SwapOut(Swap(H(5), Spare) with { Context = ContextB.Address })));
        Assert.Equal(0u, world.Code(firmware => firmware.PageReclaim(Small(MetadataA))));
        Assert.Equal(RmpPageState.Reclaim, world.Snp.StateOf(MetadataA));
    }

    // snp-abi 4.11: metadata pages go out too, up to the root entry in the context; each comes back once.
    [Fact]
    public void A_metadata_page_goes_out_under_the_root_entry_and_comes_back_elsewhere()
    {
        var world = WithGuests();
        var swapped = world.SwappedOut();
        world.FirmwarePage(Y(12));
        var root = Swap(MetadataA, Y(12), SwapPageType.Metadata) with { IsRoot = true };

        Ok(world.Firmware.SwapOut(root));
        Assert.Equal(RmpPageState.Firmware, world.Snp.StateOf(MetadataA));
        Assert.Equal(0x1au, world.Code(firmware => firmware.SwapIn(Back(swapped, Spare))));
        Ok(world.Firmware.SwapIn(Back(root, Spare)));

        Assert.Equal(RmpPageState.Metadata, world.Snp.StateOf(Spare));
        Assert.Equal(0x1bu, world.Code(firmware => firmware.SwapIn(Back(root, MetadataA))));
        world.PreGuest(Y(10), G(5));
        Ok(world.Firmware.SwapIn(Back(swapped, Y(10)) with { Metadata = Entry(Spare) }));
        Assert.Equal(7UL, world.Contents.Read(Y(10).Address, 8, world.Platform.Keys[A]));
    }

    // snp-abi 5.4: entry of a metadata page: address all ones, no masks, not validated.
    [Fact]
    public void The_entry_of_a_metadata_page_names_no_guest_address()
    {
        var world = WithGuests();
        world.Metadata(ContextA, Y(20));
        world.FirmwarePage(Y(12));

        Ok(world.Firmware.SwapOut(Swap(Y(20), Y(12), SwapPageType.Metadata, index: 3)));

        var entry = world.EntryOf(MetadataA, 3);
        Assert.Equal((SwapPageType.Metadata, new Gpa(0xffff_ffff_ffff_f000), 0u, false), (entry.Type, entry.Gpa, entry.Permissions, entry.IsValidated));
        Assert.Equal(0UL, world.Contents.Read(Entry(MetadataA, 3) + 0x2c, 8));
    }

    // snp-abi 5.4: the host reads metadata pages and cannot write them.
    [Fact]
    public void The_host_reads_an_entry_and_cannot_write_it()
    {
        var world = WithGuests();
        world.SwappedOut();

        world.Platform.Read(RmpAccess.Host(AccessKind.Read, MetadataA), 0x20, 8, out var flags);

        Assert.Equal(world.EntryOf(MetadataA).Flags, flags);
        Assert.False(world.Snp.HostWrite(MetadataA).IsAllowed);
    }

    // snp-abi 8.23: in place, the wrapped bytes lie in the destination itself.
    [Fact]
    public void A_page_comes_back_in_place()
    {
        var world = WithGuests();
        var swapped = world.SwappedOut();
        world.Contents.Copy(Y(9), Y(10));
        world.PreGuest(Y(10), G(5));

        Ok(world.Firmware.SwapIn(Back(swapped, Y(10)) with { Source = Y(10).Address, IsInPlace = true }));

        Assert.Equal(7UL, world.Contents.Read(Y(10).Address, 8, world.Platform.Keys[A]));
    }

    // sev-snp scenario 35, for a save area and for a page the guest had not accepted.
    [Fact]
    public void Save_areas_and_unaccepted_pages_come_back_as_such()
    {
        var world = WithGuests();
        world.PreSwap(H(5), G(5));
        world.Snp.Table.Change(H(5), world.Snp.Table.Resolve(H(5)) with { Vmsa = true });
        world.PreGuest(H(6), G(6));
        var (vmsa, data) = (Swap(H(5), new(Frames + 1), SwapPageType.Vmsa), Swap(H(6), new(Frames + 2), index: 1));
        Ok(world.Firmware.SwapOut(vmsa));
        Ok(world.Firmware.SwapOut(data));
        world.PreGuest(Y(5), G(50));
        world.PreGuest(Y(6), G(60));

        Assert.Equal(0x1bu, world.Code(firmware => firmware.SwapIn(Back(vmsa, Y(5)) with { Type = SwapPageType.Data })));
        Ok(world.Firmware.SwapIn(Back(vmsa, Y(5))));
        Ok(world.Firmware.SwapIn(Back(data, Y(6))));

        Assert.Equal((RmpPageState.PreSwap, true), (world.Snp.StateOf(Y(5)), world.Snp.Table.Resolve(Y(5)).Vmsa));
        Assert.Equal((RmpPageState.PreGuest, false), (world.Snp.StateOf(Y(6)), world.Snp.Table.Resolve(Y(6)).Vmsa));
    }

    // snp-abi 8.22 and 8.23: a 2M page is one swap.
    [Fact]
    public void A_large_page_goes_out_and_comes_back_large()
    {
        var world = WithGuests();
        world.Snp.GiveLarge(H(), G());
        world.Snp.GuestWrite(G(400), H(400), 0x400, PageSize.Size2M);
        Assert.True(world.Snp.AssignLarge(H(), G(), immutable: true).IsSuccess);
        Assert.True(world.Snp.ToFirmware(Y(), PageSize.Size2M).IsSuccess);
        Assert.True(world.Snp.AssignLarge(Y(512), G(1024), immutable: true).IsSuccess);
        var swap = Swap(H(), Y()) with { IsLarge = true };

        Ok(world.Firmware.SwapOut(swap));
        Ok(world.Firmware.SwapIn(Back(swap, Y(512))));
        Ok(world.Firmware.PageReclaim(Large(Y(512))));

        Assert.True(world.Snp.GuestRead(G(400), Y(912), out var value, PageSize.Size2M).IsAllowed);
        Assert.Equal(0x400UL, value);
    }
}
