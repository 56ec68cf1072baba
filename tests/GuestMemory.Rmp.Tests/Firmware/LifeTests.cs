using Xunit;
using static GuestMemory.Rmp.Tests.Firmware.FirmwareWorld;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Firmware;

public sealed class LifeTests
{
    // sev-snp scenario 51: an ASID is bound again only when no page carries it and caches were flushed.
    [Fact]
    public void An_ASID_is_bound_again_only_flushed_and_without_pages()
    {
        var world = WithGuests();
        world.Snp.Give(H(5), G(5));
        Ok(world.Firmware.Decommission(ContextA));

        Assert.Equal(0x0fu, world.Code(firmware => firmware.Activate(ContextIdle, A)));
        Assert.Equal(0x0eu, world.Code(firmware => firmware.DfFlush()));
        world.Firmware.Wbinvd();
        Assert.Equal(0u, world.Code(firmware => firmware.DfFlush()));
        Assert.Equal(0x03u, world.Code(firmware => firmware.Activate(ContextIdle, A)));
        Assert.True(world.Snp.Share(H(5)).IsSuccess);
        Assert.Equal(0u, world.Code(firmware => firmware.Activate(ContextIdle, A)));
        Assert.Equal(A, world.Guest(ContextIdle).Asid);
    }

    // sev-snp scenario 69.
    [Fact]
    public void ACTIVATE_checks_owner_then_activity_then_flush_then_pages()
    {
        var world = WithGuests();
        world.Snp.Assign(H(5), G(5), asid: B);
        world.Start(Y(1), new(7));
        Assert.True(world.Snp.Assign(H(6), G(6), asid: new(7)).IsSuccess);

        Assert.Equal(0x0cu, world.Code(firmware => firmware.Activate(ContextA, B)));
        Ok(world.Firmware.Decommission(Y(1)));
        Assert.Equal(0x12u, world.Code(firmware => firmware.Activate(ContextA, new(7))));
        Assert.Equal(0x0fu, world.Code(firmware => firmware.Activate(ContextIdle, new(7))));
    }

    // apm2 15.34.2; sev-snp INV-SNP-10: the next guest of an ASID has a key of its own.
    [Fact]
    public void The_next_guest_of_an_ASID_reads_the_last_ones_bytes_as_noise()
    {
        var world = WithGuests();
        world.Snp.Give(H(5), G(5));
        world.Snp.GuestWrite(G(5), H(5), 0x5ec2e7);
        Ok(world.Firmware.Decommission(ContextA));
        Assert.True(world.Snp.Share(H(5)).IsSuccess);
        world.Firmware.Wbinvd();
        Ok(world.Firmware.DfFlush());
        Ok(world.Firmware.Activate(ContextIdle, A));

        world.Snp.Give(H(5), G(5));

        Assert.True(world.Snp.GuestRead(G(5), H(5), out var value).IsAllowed);
        Assert.NotEqual(0x5ec2e7UL, value);
        Assert.NotEqual(0UL, value);
    }

    // sev-snp section 7: ciphertext carried to another frame, and old ciphertext back at its own.
    [Fact]
    public void Relocated_bytes_read_as_noise_and_replayed_ones_as_old()
    {
        var world = WithGuests();
        world.Snp.Give(H(5), G(5));
        world.Snp.GuestWrite(G(5), H(5), 0x11);
        var old = world.Contents.Read(H(5).Address, 8);
        var rest = world.Contents.Read(H(5).Address + 8, 8);

        world.Contents.Copy(H(5), Y(5));
        Assert.NotEqual(0x11UL, world.Contents.Read(Y(5).Address, 8, world.Platform.Keys[A]));
        world.Snp.GuestWrite(G(5), H(5), 0x22);
        world.Contents.Write(H(5).Address, 8, old);
        world.Contents.Write(H(5).Address + 8, 8, rest);
        world.Snp.GuestRead(G(5), H(5), out var value);
        Assert.Equal(0x11UL, value);
    }

    // sev-snp scenario 73.
    [Fact]
    public void SHUTDOWN_EX_that_fails_has_already_given_the_IOMMU_buffers_back()
    {
        var world = new FirmwareWorld();
        Ok(world.Firmware.ShutdownEx());
        Ok(world.Firmware.InitEx(new(true, IommuBuffers: [new(H(40).Address, 4)])));
        Assert.Equal(RmpPageState.IommuBuffer, world.Snp.StateOf(H(43)));
        Assert.False(world.Snp.HostWrite(H(43)).IsAllowed);
        Assert.Equal(0x1au, world.Code(firmware => firmware.PageReclaim(Small(H(43)))));
        world.Start(ContextA, A);
        var guest = world.Guest(ContextA);

        var result = world.Firmware.ShutdownEx(iommu: true);

        Assert.Equal((0x0fu, "SNP_SHUTDOWN_EX/asids"), ((uint)result.Status, result.DecidedBy?.Id));
        Assert.Equal(RmpPageState.Reclaim, world.Snp.StateOf(H(43)));
        Assert.Equal((false, false, SnpPlatformState.Init), (world.Firmware.IsTableBuilt, world.Firmware.ChecksDevices, world.Firmware.State));
        Assert.Equal((guest, RmpPageState.Context), (world.Guest(ContextA), world.Snp.StateOf(ContextA)));
        Assert.Contains(ShutdownEx.LostIommuBuffers, FirmwareRules.PartialEffects);
    }

    // snp-abi 8.8 and 8.15: after a shutdown that undid the table it is built anew, once SNP is on again.
    [Fact]
    public void The_platform_ends_and_begins_again_with_a_new_table()
    {
        var world = new FirmwareWorld();
        world.FirmwarePage(H(1));
        world.Context(H(2));
        Assert.True(world.Snp.Assign(H(3), G(3)).IsSuccess);

        Assert.Equal(0u, world.Code(firmware => firmware.ShutdownEx(iommu: true, x86: true)));
        Assert.False(world.Platform.IsOn);
        Assert.Equal(0u, world.Code(firmware => firmware.ShutdownEx()));
        Assert.Equal((RmpPageState.Firmware, RmpPageState.Context), (world.Snp.StateOf(H(1)), world.Snp.StateOf(H(2))));
        Assert.Equal(0x20u, world.Code(firmware => firmware.InitEx(new(false))));
        Assert.Equal(0x03u, world.Code(firmware => firmware.InitEx(new(true))));
        world.Platform.IsOn = true;
        Assert.Equal(0u, world.Code(firmware => firmware.InitEx(new(true, [FirmwareRange.Of(new(H(8), 3))]))));

        Assert.All([H(1), H(2), H(3)], frame => Assert.Equal(RmpPageState.Hypervisor, world.Snp.StateOf(frame)));
        Assert.Equal([RmpPageState.HvFixed, RmpPageState.Hypervisor], new[] { H(10), H(11) }.Select(world.Snp.StateOf));
        Assert.False(world.Firmware.TryGetGuest(H(2), out _));
        Assert.Equal(0UL, world.Snp.Table.PagesOf(A));
    }

    // snp-abi 8.15: without the flags the table stays; the keys are gone, and with them the contexts.
    [Fact]
    public void A_plain_shutdown_keeps_the_table_and_forgets_the_guests()
    {
        var world = new FirmwareWorld();
        world.Context(H(2));
        Ok(world.Firmware.ShutdownEx());

        Ok(world.Firmware.InitEx(new(false)));

        Assert.Equal(RmpPageState.Context, world.Snp.StateOf(H(2)));
        Assert.Equal(0x10u, world.Code(firmware => firmware.LaunchStart(H(2))));
    }

    // snp-abi 8.33: the table built in a step of its own before SNP_INIT_EX.
    [Fact]
    public void RMP_CREATE_before_INIT_EX_ends_where_INIT_EX_alone_does()
    {
        var (alone, staged) = (new FirmwareWorld(), new FirmwareWorld());
        FirmwareRange[] ranges = [new(Y().Address, 700)];
        Assert.All([alone, staged], world => Ok(world.Firmware.ShutdownEx(iommu: true)));

        Ok(alone.Firmware.InitEx(new(true, ranges)));
        Ok(staged.Firmware.RmpCreate(new(false, ranges)));
        Assert.Equal(SnpPlatformState.Uninit, staged.Firmware.State);
        Ok(staged.Firmware.InitEx(new(false)));

        Assert.Equal(alone.Snp.State(), staged.Snp.State());
    }

    // snp-abi 8.8: building the table ends every translation of what it covers.
    [Fact]
    public void Building_the_table_flushes_translations()
    {
        var world = new FirmwareWorld();
        var flushed = new List<PfnRange>();
        world.Platform.TranslationsInvalidated = flushed.Add;
        Ok(world.Firmware.ShutdownEx());

        Ok(world.Firmware.InitEx(new(true)));

        Assert.Equal([new(default, Frames)], flushed);
    }

    // An observer hears of each command once, with its number, its frames and its answer.
    [Fact]
    public void An_observer_hears_of_every_command()
    {
        var world = WithGuests();
        var heard = new Recorder();
        world.Platform.Observer = heard;
        world.PreGuest(H(8), G(8));
        heard.Operations.Clear();

        var done = world.Firmware.LaunchUpdate(ContextA, Small(H(8)), LaunchPageType.Normal);
        var refused = world.Firmware.PageMove(ContextA, Small(H(3)), Small(H(9)));

        Assert.Equal(
            [
                new(SnpOperationKind.Firmware, new(H(8), 1), done.ToOutcome(), 0xa1),
                new(SnpOperationKind.Firmware, new(H(3), 7), refused.ToOutcome(), 0xc2),
            ],
            heard.Operations);
        Assert.Equal(0x1aUL, refused.ToOutcome().Code);
        var failed = world.Firmware.ShutdownEx();
        Assert.Equal(new(SnpOperationKind.Firmware, new(default, Frames), failed.ToOutcome(), 0x86), heard.Operations[^1]);
    }

    // architecture, principle 5: written, read back, written again.
    [Fact]
    public void The_state_written_and_read_back_is_equal()
    {
        var world = WithGuests();
        world.SwappedOut();
        world.FirmwarePage(Y(12));
        Ok(world.Firmware.SwapOut(Swap(MetadataA, Y(12), SwapPageType.Metadata) with { IsRoot = true }));
        Ok(world.Firmware.Decommission(ContextB));
        world.Firmware.IsLegacyInitialised = true;
        var writer = new StateWriter([]);
        world.Platform.WriteState(ref writer);
        var written = writer.Written.ToArray();

        var other = new FirmwareWorld();
        StateReader.ReadWhole(written, other.Platform);

        var again = new StateWriter([]);
        other.Platform.WriteState(ref again);
        Assert.Equal(written, again.Written.ToArray());
        Assert.Equal(world.Guest(ContextA), other.Guest(ContextA));
        Assert.True(other.Firmware.OwesWbinvd && other.Firmware.OwesFlush(B) && other.Firmware.IsLegacyInitialised);
    }

    // A contract of C#: sizes the RMP does not have, and two sizes where the command has one.
    [Fact]
    public void Pages_of_1G_and_moves_between_sizes_are_argument_errors()
    {
        var world = WithGuests();
        var huge = new PhysicalPage(default, PageSize.Size1G);

        Assert.Throws<ArgumentException>(() => world.Firmware.PageReclaim(huge));
        Assert.Throws<ArgumentException>(() => world.Firmware.LaunchUpdate(ContextA, huge, LaunchPageType.Normal));
        Assert.Throws<ArgumentException>(() => world.Firmware.PageMove(ContextA, Small(H()), Large(Y())));
        Assert.Throws<ArgumentNullException>(() => world.Firmware.PageSetState(default(SetStateOperands)));
    }

    // snp-abi 8.15: a shutdown that names the IOMMUs ends their checks; the firmware has no guests then (INV-SNP-12).
    [Fact]
    public void After_a_shutdown_a_device_writes_anywhere_and_nothing_is_broken()
    {
        var world = new FirmwareWorld();
        var checker = RmpChecker.Attach(world.Platform, RmpCheckerOptions.Strict);
        Assert.True(world.Snp.Assign(H(5), G(5)).IsSuccess);
        Assert.False(DeviceWrites().IsAllowed);

        Ok(world.Firmware.ShutdownEx(iommu: true));

        Assert.True(DeviceWrites().IsAllowed);
        Assert.False(world.Snp.HostWrite(H(5)).IsAllowed);
        Assert.Empty(checker.Breaches);

        AccessVerdict DeviceWrites() => world.Platform.Write(new(RmpAccessor.Device, AccessKind.Write, H(5)), 0, 8, 1);
    }

    private sealed class Recorder : ISnpObserver
    {
        public List<SnpOperation> Operations { get; } = [];

        public void OnOperation(SnpPlatform platform, in SnpOperation operation) => Operations.Add(operation);
    }
}
