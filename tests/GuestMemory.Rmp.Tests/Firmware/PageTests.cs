using Xunit;
using static GuestMemory.Rmp.Tests.Firmware.FirmwareWorld;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Firmware;

public sealed class PageTests
{
    // sev-snp scenario 31.
    [Fact]
    public void A_firmware_page_comes_back_by_PAGE_RECLAIM_and_then_RMPUPDATE()
    {
        var world = new FirmwareWorld();
        world.FirmwarePage(H(5));

        Assert.Equal(RmpStatus.FailPermission, world.Snp.Share(H(5)).Status);
        Assert.Equal(0u, world.Code(firmware => firmware.PageReclaim(Small(H(5)))));
        Assert.Equal(RmpPageState.Reclaim, world.Snp.StateOf(H(5)));
        Assert.Equal(RmpStatus.Success, world.Snp.Share(H(5)).Status);
        Assert.Equal(default, world.Snp.Table.Raw(H(5)));
    }

    // sev-snp scenario 25.
    [Fact]
    public void RMPUPDATE_refuses_every_state_the_firmware_holds()
    {
        var world = WithGuests();
        Ok(world.Firmware.PageSetState());
        world.PreGuest(H(1), G(1));
        world.PreSwap(H(2), G(2));
        Assert.All(Enumerable.Range(0, 512), page => world.FirmwarePage(Y((ulong)page)));
        Ok(world.Firmware.PageSetState(new FirmwareRange(Y().Address, 512)));
        var before = world.Snp.State();

        Assert.All([Spare, ContextA, MetadataA, H(1), H(2), Y(3)], frame => Assert.Equal(RmpStatus.FailPermission, world.Snp.Share(frame).Status));
        Assert.Equal(before, world.Snp.State());
    }

    // sev-snp scenarios 32 and 68.
    [Fact]
    public void PAGE_RECLAIM_passes_over_mutable_pages_and_refuses_contexts_and_wrong_sizes()
    {
        var world = WithGuests();
        world.Snp.Give(H(5), G(5));
        world.Snp.Give(Y(), G(6));
        var before = world.Snp.State();

        Assert.Equal(0x1au, world.Code(firmware => firmware.PageReclaim(Small(ContextA))));
        Assert.Equal(0x1au, world.Code(firmware => firmware.PageReclaim(new PageOperands(ContextA.Address, IsLarge: true))));
        Assert.Equal(0u, world.Code(firmware => firmware.PageReclaim(Small(H(5)))));
        Assert.Equal(0u, world.Code(firmware => firmware.PageReclaim(Large(Y()))));
        Assert.Equal(0x19u, world.Code(firmware => firmware.PageReclaim(new PageOperands(Spare.Address, IsLarge: true))));
        Assert.Equal(before, world.Snp.State());
    }

    // sev-snp 2.2: what PAGE_RECLAIM makes of each state it takes, small and large.
    [Fact]
    public void PAGE_RECLAIM_makes_each_immutable_state_its_mutable_one()
    {
        var world = WithGuests();
        world.PreGuest(H(1), G(1));
        world.PreSwap(H(2), G(2));
        Assert.True(world.Snp.AssignLarge(Y(), G(512), immutable: true).IsSuccess);
        Assert.True(world.Snp.ToFirmware(Y(512), PageSize.Size2M).IsSuccess);

        Assert.All([Small(H(1)), Small(H(2)), Small(MetadataA), Large(Y()), Large(Y(512))], page => Ok(world.Firmware.PageReclaim(page)));

        Assert.Equal(
            [RmpPageState.GuestInvalid, RmpPageState.GuestValid, RmpPageState.Reclaim, RmpPageState.GuestInvalid, RmpPageState.Reclaim],
            new[] { H(1), H(2), MetadataA, Y(7), Y(519) }.Select(world.Snp.StateOf));
        Assert.True(world.Snp.Table.IsInLargePage(Y(512)));
        Assert.Equal(RmpStatus.Success, world.Snp.Share(Y(512), PageSize.Size2M).Status);
    }

    // sev-snp scenario 33.
    [Fact]
    public void A_context_page_comes_back_by_DECOMMISSION_then_PAGE_RECLAIM_then_RMPUPDATE()
    {
        var world = WithGuests();

        Assert.Equal(0u, world.Code(firmware => firmware.Decommission(ContextA)));
        Assert.Equal(RmpPageState.Firmware, world.Snp.StateOf(ContextA));
        Assert.False(world.Firmware.TryGetGuest(ContextA, out _));
        Assert.Equal(0u, world.Code(firmware => firmware.PageReclaim(Small(ContextA))));
        Assert.Equal(RmpPageState.Reclaim, world.Snp.StateOf(ContextA));
        Assert.Equal(RmpStatus.Success, world.Snp.Share(ContextA).Status);
        Assert.Equal(RmpPageState.Hypervisor, world.Snp.StateOf(ContextA));
    }

    // sev-snp scenario 34; a page inside a large one answers as its head (choice v).
    [Fact]
    public void GCTX_CREATE_needs_a_small_firmware_page()
    {
        var world = new FirmwareWorld();
        Assert.True(world.Snp.ToFirmware(H(), PageSize.Size2M).IsSuccess);

        Assert.Equal(0x19u, world.Code(firmware => firmware.GctxCreate(H())));
        Assert.Equal(0x19u, world.Code(firmware => firmware.GctxCreate(H(3))));
        Assert.Equal(0x1au, world.Code(firmware => firmware.GctxCreate(Y())));
    }

    // sev-snp scenario 40.
    [Fact]
    public void A_validated_page_moves_with_its_bytes_and_leaves_an_unvalidated_one()
    {
        var world = WithGuests();
        world.PreSwap(H(5), G(5), 0x77);
        world.PreGuest(Y(5), G(6));

        Assert.Equal(0u, world.Code(firmware => firmware.PageMove(ContextA, Small(H(5)), Small(Y(5)))));

        Assert.Equal((RmpPageState.GuestValid, G(5)), (world.Snp.StateOf(Y(5)), world.Snp.Table.Resolve(Y(5)).Gpa));
        Assert.Equal(RmpPageState.GuestInvalid, world.Snp.StateOf(H(5)));
        Assert.True(world.Snp.GuestRead(G(5), Y(5), out var value).IsAllowed);
        Assert.Equal(0x77UL, value);
        Assert.NotEqual(world.Contents.Read(H(5).Address, 8), world.Contents.Read(Y(5).Address, 8));
    }

    // snp-abi 8.20: an unvalidated page moves as such; a metadata page moves to a firmware page, which takes its place.
    [Fact]
    public void Unvalidated_and_metadata_pages_move_too()
    {
        var world = WithGuests();
        var swapped = world.SwappedOut();
        world.PreGuest(H(6), G(6));
        world.PreGuest(Y(6), G(7));

        Ok(world.Firmware.PageMove(ContextA, Small(H(6)), Small(Y(6))));
        Ok(world.Firmware.PageMove(ContextA, Small(MetadataA), Small(Spare)));

        Assert.Equal((RmpPageState.GuestInvalid, RmpPageState.GuestInvalid), (world.Snp.StateOf(H(6)), world.Snp.StateOf(Y(6))));
        Assert.Equal((RmpPageState.Firmware, RmpPageState.Metadata), (world.Snp.StateOf(MetadataA), world.Snp.StateOf(Spare)));
        world.PreGuest(Y(10), G(5));
        Ok(world.Firmware.SwapIn(Back(swapped, Y(10)) with { Metadata = Entry(Spare) }));
    }

    // sev-snp scenario 41.
    [Fact]
    public void Five_hundred_and_twelve_validated_pages_become_one()
    {
        var world = PreSwapBlock();

        Assert.Equal(0u, world.Code(firmware => firmware.PageUnsmash(H())));

        Assert.True(world.Snp.Table.IsInLargePage(H()));
        Assert.True(world.Snp.Table.Raw(H()).Immutable);
        Assert.Equal(new RmpEntry { Assigned = true }, world.Snp.Table.Raw(H(9)));
        Assert.Equal(0u, world.Code(firmware => firmware.PageReclaim(Large(H()))));
        Assert.Equal(RmpPageState.GuestValid, world.Snp.StateOf(H(9)));
        Assert.True(world.Snp.GuestRead(G(9), H(9), out _, PageSize.Size2M).IsAllowed);
    }

    // sev-snp scenario 42.
    [Theory]
    [InlineData("mask")]
    [InlineData("mutable")]
    [InlineData("gap")]
    [InlineData("vmsa")]
    [InlineData("unassigned")]
    [InlineData("unvalidated")]
    public void UNSMASH_refuses_one_page_that_differs(string difference)
    {
        var world = PreSwapBlock();
        var entry = world.Snp.Table.Raw(H(200));
        world.Snp.Table.Write(H(200), difference switch
        {
            "mask" => entry.WithPermissions(new(1), VmplPermissions.Read),
            "mutable" => entry with { Immutable = false },
            "gap" => entry with { Gpa = G(300) },
            "vmsa" => entry with { Vmsa = true },
            "unvalidated" => entry with { Validated = false },
            _ => default,
        });

        Assert.Equal(0x1au, world.Code(firmware => firmware.PageUnsmash(H())));
    }

    // sev-snp scenario 71.
    [Fact]
    public void UNSMASH_refuses_a_start_inside_a_block()
    {
        var world = WithGuests();
        for (var page = 0UL; page < 512; page++)
        {
            world.PreGuest(H(page + 1), G(page));
        }

        var result = world.Firmware.PageUnsmash(H(1));

        Assert.Equal((0x1au, "SNP_PAGE_UNSMASH/alignment"), ((uint)result.Status, result.DecidedBy?.Id));
    }

    // snp-abi 8.25; sev-snp INV-SNP-24.
    [Fact]
    public void UNSMASH_after_PSMASH_gives_the_table_back()
    {
        var world = WithGuests();
        world.Snp.GiveLarge(H(), G());
        var before = world.Snp.State();
        Assert.True(world.Platform.Psmash(H().Address).IsSuccess);
        for (var page = 0UL; page < 512; page++)
        {
            world.PreGuest(H(page), G(page));
        }

        Ok(world.Firmware.PageUnsmash(H()));
        Ok(world.Firmware.PageReclaim(Large(H())));

        Assert.Equal(before, world.Snp.State());
    }

    // sev-snp scenario 59.
    [Fact]
    public void The_hypervisor_cannot_forge_a_metadata_page()
    {
        var world = WithGuests();
        world.PreSwap(H(4), G(4));
        Assert.True(world.Platform.RmpUpdate(new(H(5).Address, true, default, ContextA.Address.Value, Immutable: true)).IsSuccess);

        Assert.Equal((default(Gpa), false), (world.Snp.Table.Raw(H(5)).Gpa, world.Snp.Table.Raw(H(5)).Vmsa));
        Assert.Equal(RmpPageState.Firmware, world.Snp.StateOf(H(5)));
        Assert.Equal(0x1au, world.Code(firmware => firmware.SwapOut(Swap(H(4), Spare, metadata: H(5)))));
    }

    // sev-snp scenario 74.
    [Fact]
    public void PAGE_SET_STATE_takes_all_ranges_or_none()
    {
        var world = new FirmwareWorld();
        Assert.All([H(), H(512), Y()], head => Assert.All(Enumerable.Range(0, 512), page => world.FirmwarePage(head + (ulong)page)));
        Ok(world.Firmware.PageReclaim(Small(Y(77))));
        Assert.True(world.Snp.Share(Y(77)).IsSuccess);
        FirmwareRange[] ranges = [new(H().Address, 512), new(H(512).Address, 512), new(Y().Address, 512)];

        Assert.Equal(0x1au, world.Code(firmware => firmware.PageSetState(ranges)));
        Assert.Equal(0x16u, world.Code(firmware => firmware.PageSetState(new FirmwareRange(H(1).Address, 512))));
        Assert.Equal(0u, world.Code(firmware => firmware.PageSetState(ranges[0], new(default, 0), ranges[1], new(new(Frames << 12), 512))));
        Assert.Equal(RmpPageState.HvFixed, world.Snp.StateOf(H(600)));
        Assert.Equal(RmpStatus.FailPermission, world.Snp.Share(H(600)).Status);
        Assert.Equal(0x1au, world.Code(firmware => firmware.PageReclaim(Small(H(600)))));
    }

    // snp-abi 5.3.9: older commands write only firmware pages and pages without an entry.
    [Fact]
    public void Older_commands_write_only_firmware_and_default_pages_while_SNP_is_on()
    {
        var world = WithGuests();

        Assert.Equal(0u, world.Code(firmware => firmware.CheckLegacyTarget(Spare)));
        Assert.Equal(0u, world.Code(firmware => firmware.CheckLegacyTarget(new(Frames))));
        Assert.Equal(0x1au, world.Code(firmware => firmware.CheckLegacyTarget(H())));
        Assert.Equal(0x1au, world.Code(firmware => firmware.CheckLegacyTarget(ContextA)));
        Assert.Equal(0x09u, world.Code(firmware => firmware.CheckLegacyTarget(world.Snp.Table.Coverage.OwnPages[0].Start)));

        var off = new FirmwareWorld();
        Ok(off.Firmware.ShutdownEx());
        Assert.Equal(0u, off.Code(firmware => firmware.CheckLegacyTarget(H())));
    }

    // snp-abi 8.27 and 8.28: debugging is the policy's to allow, and reaches a page inside a large one.
    [Fact]
    public void Debugging_reads_and_writes_a_guest_that_allows_it()
    {
        var world = WithGuests(policy: 1UL << 19);
        world.Snp.GiveLarge(H(), G());
        world.Snp.GuestWrite(G(5), H(5), 0x99, PageSize.Size2M);
        world.PreGuest(Y(1), G(600));
        world.Contents.Write(Y(2).Address, 8, 0x66);

        Ok(world.Firmware.DebugDecrypt(new(ContextA.Address, H(5).Address, Spare.Address)));
        Ok(world.Firmware.DebugEncrypt(new(ContextA.Address, Y(2).Address, Y(1).Address)));

        Assert.Equal(0x99UL, world.Contents.Read(Spare.Address, 8));
        Assert.Equal(0x66UL, world.Contents.Read(Y(1).Address, 8, world.Platform.Keys[A]));
    }

    private static FirmwareWorld PreSwapBlock()
    {
        var world = WithGuests();
        world.Snp.GiveLarge(H(), G());
        Assert.True(world.Platform.Psmash(H().Address).IsSuccess);
        for (var page = 0UL; page < 512; page++)
        {
            world.PreGuest(H(page), G(page));
        }

        return world;
    }
}
