using Xunit;

namespace GuestMemory.Rmp.Tests.Invariants;

/// <summary>Stories with every invariant asked for after every operation. Source: sev-snp, section 9.</summary>
public sealed class ScenarioTests
{
    private static readonly Pfn s_h = SnpWorld.H(5);
    private static readonly Gpa s_g = SnpWorld.G(5);
    private readonly CheckedWorld _world = new(options: RmpCheckerOptions.Strict);

    private SnpWorld World => _world.World;

    // Scenario 12: what is made private while the host still maps it faults at the host's next write; 13 and 14 name the mapping.
    [Fact]
    public void A_GHCB_made_private_while_the_host_maps_it_faults_at_the_hosts_write()
    {
        var views = new RmpViews { Host = new OneMapping(new(new(SnpWorld.H(), 512), PageSize.Size2M, IsWritable: true)) };
        var world = new CheckedWorld(options: RmpCheckerOptions.Default with { Views = views });
        Assert.True(world.World.HostWrite(SnpWorld.H(3), PageSize.Size2M).IsAllowed);
        Assert.Empty(world.Broken);

        Assert.True(world.World.Assign(SnpWorld.H(3), SnpWorld.G(3)).IsSuccess);

        AssertHostFault(world.World.HostWrite(SnpWorld.H(3), PageSize.Size2M));
        AssertHostFault(world.World.HostWrite(SnpWorld.H(3)));
        Assert.Equal(["INV-SNP-13", "INV-SNP-14"], world.Broken);
    }

    // Scenario 16: old ciphertext does not go back.
    [Fact]
    public void Old_ciphertext_cannot_be_written_back()
    {
        World.Give(s_h, s_g);
        Assert.True(World.GuestWrite(s_g, s_h, 7).IsAllowed);
        Assert.True(World.HostRead(s_h, out var ciphertext).IsAllowed);
        Assert.NotEqual(7UL, ciphertext);
        Assert.True(World.GuestWrite(s_g, s_h, 8).IsAllowed);

        AssertHostFault(World.HostWrite(s_h, value: ciphertext));

        Assert.True(World.GuestRead(s_g, s_h, out var value).IsAllowed);
        Assert.Equal(8UL, value);
        _world.IsSound();
    }

    // Scenario 17: taken, written and given back, the page is not validated, and the guest is told.
    [Fact]
    public void Old_ciphertext_in_a_page_given_back_is_never_read()
    {
        World.Give(s_h, s_g);
        World.GuestWrite(s_g, s_h, 7);
        World.HostRead(s_h, out var ciphertext);

        Assert.True(World.Share(s_h).IsSuccess);
        Assert.True(World.HostWrite(s_h, value: ciphertext).IsAllowed);
        Assert.True(World.Assign(s_h, s_g).IsSuccess);

        Assert.False(_world.Table.Resolve(s_h).Validated);
        var read = World.GuestRead(s_g, s_h, out _);
        Assert.Equal((RmpFaultKind.VmmCommunication, FaultBits.NotValidated), (read.Fault.Kind, read.Fault.Code));
        _world.IsSound();
    }

    // Scenario 18: one page at two guest addresses.
    [Fact]
    public void A_second_guest_address_of_a_page_faults()
    {
        World.Give(s_h, s_g);

        Assert.True(World.GuestRead(s_g, s_h, out _).IsAllowed);
        AssertNestedFault(World.GuestRead(SnpWorld.G(6), s_h, out _), "ACCESS/private/reverse-map");
        _world.IsSound();
    }

    // Scenario 19: another guest's nested table leads to the page.
    [Fact]
    public void Another_guests_page_faults()
    {
        World.Give(s_h, s_g);

        AssertNestedFault(_world.Platform.Read(RmpAccess.Private(SnpWorld.B, AccessKind.Read, s_g, s_h), 0, 8, out _), "ACCESS/private/guest-owned");
        _world.IsSound();
    }

    // Scenario 22: the second of two faults finds the page split already: nothing to do but resume.
    [Fact]
    public void The_second_fault_on_a_split_page_is_spurious()
    {
        World.GiveLarge(SnpWorld.H(), SnpWorld.G());
        AssertNestedFault(World.GuestRead(SnpWorld.G(2), SnpWorld.H(2), out _), "ACCESS/private/page-size");
        AssertNestedFault(World.GuestRead(SnpWorld.G(2), SnpWorld.H(2), out _), "ACCESS/private/page-size");

        Assert.Equal(PageSize.Size2M, _world.Table.Resolve(SnpWorld.H(2)).Size);
        Assert.True(_world.Platform.Psmash(SnpWorld.H(2).Address).IsSuccess);

        Assert.Equal(PageSize.Size4K, _world.Table.Resolve(SnpWorld.H(2)).Size);
        Assert.True(World.GuestRead(SnpWorld.G(2), SnpWorld.H(2), out _).IsAllowed);
        Assert.Equal(RmpStatus.FailBadAddress, _world.Platform.Psmash(SnpWorld.H(2).Address).Status);
        _world.IsSound();
    }

    // Scenario 57: the table survives a kexec; only a shutdown and a new table free the old kernel's guests' pages.
    [Fact]
    public void A_new_kernel_faults_on_the_old_ones_guest_pages_until_the_table_is_built_anew()
    {
        World.Give(s_h, s_g);
        AssertHostFault(World.HostWrite(s_h));
        var firmware = _world.Platform.Firmware;

        Assert.True(firmware.ShutdownEx(iommu: true).IsSuccess);
        AssertHostFault(World.HostWrite(s_h));
        Assert.True(firmware.InitEx(new(BuildsTable: true)).IsSuccess);

        Assert.True(World.HostWrite(s_h).IsAllowed);
        Assert.Equal(RmpPageState.Hypervisor, World.StateOf(s_h));
        _world.IsSound();
    }

    private static void AssertHostFault(AccessVerdict verdict)
    {
        Assert.Equal(RmpFaultKind.PageFault, verdict.Fault.Kind);
        Assert.True(verdict.Fault.Has(FaultBits.Rmp));
    }

    private static void AssertNestedFault(AccessVerdict verdict, string rule)
    {
        Assert.Equal((RmpFaultKind.NestedPageFault, rule), (verdict.Fault.Kind, verdict.DecidedBy?.Id));
        Assert.True(verdict.Fault.Has(FaultBits.Rmp) && verdict.Fault.Has(FaultBits.Encrypted));
    }

    private sealed class OneMapping(HostMapping mapping) : IHostMappingView
    {
        public IEnumerable<HostMapping> Mappings => [mapping];
    }
}
