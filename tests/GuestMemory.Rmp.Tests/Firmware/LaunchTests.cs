using Xunit;
using static GuestMemory.Rmp.Tests.Firmware.FirmwareWorld;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Firmware;

public sealed class LaunchTests
{
    // sev-snp scenario 29.
    [Fact]
    public void A_launch_page_is_encrypted_measured_and_readable_without_PVALIDATE()
    {
        var world = WithGuests();
        world.Snp.HostWrite(H(8), value: 0x1234);
        world.PreGuest(H(8), G(8));
        var digest = world.Guest(ContextA).Digest;

        Assert.Equal(0u, world.Code(firmware => firmware.LaunchUpdate(ContextA, Small(H(8)), LaunchPageType.Normal, VmplPermissions.Read)));

        Assert.Equal(RmpPageState.GuestValid, world.Snp.StateOf(H(8)));
        Assert.Equal(VmplPermissions.Read, world.Snp.Table.Resolve(H(8)).PermissionsOf(new(1)));
        Assert.Equal(VmplPermissions.All, world.Snp.Table.Resolve(H(8)).PermissionsOf(default));
        Assert.NotEqual(digest, world.Guest(ContextA).Digest);
        Assert.True(world.Snp.GuestRead(G(8), H(8), out var value).IsAllowed);
        Assert.Equal(0x1234UL, value);
        world.Snp.HostRead(H(8), out var cipher);
        Assert.NotEqual(0x1234UL, cipher);
    }

    // sev-snp scenario 30.
    [Fact]
    public void LAUNCH_UPDATE_refuses_each_wrong_page_with_its_own_code()
    {
        var world = WithGuests();
        Assert.True(world.Snp.Assign(H(1), G(1)).IsSuccess);
        world.PreGuest(H(2), G(2), B);
        Assert.True(world.Snp.AssignLarge(Y(), G(512), immutable: true).IsSuccess);
        world.PreGuest(H(3), G(3));

        Assert.Equal(0x1au, world.Code(firmware => firmware.LaunchUpdate(ContextA, Small(H(1)), LaunchPageType.Normal)));
        Assert.Equal(0x1cu, world.Code(firmware => firmware.LaunchUpdate(ContextA, Small(H(2)), LaunchPageType.Normal)));
        Assert.Equal(0x19u, world.Code(firmware => firmware.LaunchUpdate(ContextA, Large(Y()), LaunchPageType.Vmsa)));
        Ok(world.Firmware.LaunchFinish(ContextA));
        Assert.Equal(0x02u, world.Code(firmware => firmware.LaunchUpdate(ContextA, Small(H(3)), LaunchPageType.Normal)));
    }

    // sev-snp scenario 67.
    [Fact]
    public void LAUNCH_UPDATE_checks_guest_state_then_page_state_then_activity_then_owner_then_size()
    {
        var world = WithGuests();
        Assert.True(world.Snp.Assign(H(1), G(1)).IsSuccess);
        world.PreGuest(H(2), G(2), B);

        Assert.Equal(0x1cu, world.Code(firmware => firmware.LaunchUpdate(new(ContextA.Address, H(2).Address, false, LaunchPageType.Normal))));
        Assert.True(world.Snp.Platform.RmpUpdate(RmpUpdateOperands.Assign(Large(Y()), B, G(512), immutable: true)).IsSuccess);
        Assert.Equal(0x1cu, world.Code(firmware => firmware.LaunchUpdate(ContextA, Small(Y()), LaunchPageType.Normal)));
        Assert.Equal(0x1au, world.Code(firmware => firmware.LaunchUpdate(ContextIdle, Small(H(1)), LaunchPageType.Normal)));
        Ok(world.Firmware.LaunchFinish(ContextA));
        Assert.Equal(0x02u, world.Code(firmware => firmware.LaunchUpdate(ContextA, Small(H(1)), LaunchPageType.Normal)));
    }

    // snp-abi 8.17: a refused CPUID page is corrected, stays plain and unmeasured, and its state stays.
    [Fact]
    public void A_refused_CPUID_page_is_corrected_in_place_and_taken_the_second_time()
    {
        var world = WithGuests();
        world.Snp.HostWrite(H(8), value: 0x0000_0005_0000_0100);
        world.PreGuest(H(8), G(8));
        var (entry, guest) = (world.Snp.Table.Resolve(H(8)), world.Guest(ContextA));

        var first = world.Firmware.LaunchUpdate(ContextA, Small(H(8)), LaunchPageType.Cpuid);

        Assert.Equal((0x16u, "SNP_LAUNCH_UPDATE/cpuid"), ((uint)first.Status, first.DecidedBy?.Id));
        Assert.Equal(64UL, world.Contents.Read(H(8).Address, 8));
        Assert.Equal((entry, guest), (world.Snp.Table.Resolve(H(8)), world.Guest(ContextA)));
        Assert.Equal(0u, world.Code(firmware => firmware.LaunchUpdate(ContextA, Small(H(8)), LaunchPageType.Cpuid)));
        Assert.Equal("SNP_LAUNCH_UPDATE", LaunchUpdate.CorrectedCpuid.Call);
    }

    // snp-abi 8.17: what enters the measurement: bytes of normal pages and save areas, place, type and rights of all.
    [Fact]
    public void The_measurement_depends_on_bytes_place_type_and_masks()
    {
        UInt128 Measured(ulong value, Gpa gpa, LaunchPageType type, VmplPermissions mask = default)
        {
            var world = WithGuests();
            world.Snp.HostWrite(H(8), value: value);
            world.PreGuest(H(8), gpa);
            Ok(world.Firmware.LaunchUpdate(ContextA, Small(H(8)), type, mask));
            return world.Guest(ContextA).Digest;
        }

        var one = Measured(1, G(8), LaunchPageType.Normal);
        Assert.Equal(one, Measured(1, G(8), LaunchPageType.Normal));
        Assert.NotEqual(one, Measured(2, G(8), LaunchPageType.Normal));
        Assert.NotEqual(one, Measured(1, G(9), LaunchPageType.Normal));
        Assert.NotEqual(one, Measured(1, G(8), LaunchPageType.Vmsa));
        Assert.NotEqual(one, Measured(1, G(8), LaunchPageType.Normal, VmplPermissions.Read));
        Assert.Equal(Measured(1, G(8), LaunchPageType.Unmeasured), Measured(2, G(8), LaunchPageType.Unmeasured));
    }

    // snp-abi 8.17: page types.
    [Theory]
    [InlineData(LaunchPageType.Normal, 0x55UL, 0UL)]
    [InlineData(LaunchPageType.Unmeasured, 0x55UL, 0UL)]
    [InlineData(LaunchPageType.Vmsa, 0x55UL, 0UL)]
    [InlineData(LaunchPageType.Zero, 0UL, 0UL)]
    [InlineData(LaunchPageType.Secrets, 0UL, 1UL)]
    public void Each_type_of_launch_page_reads_as_the_guest_expects(LaunchPageType type, ulong first, ulong keys)
    {
        var world = WithGuests();
        world.Snp.HostWrite(H(8), value: 0x55);
        world.PreGuest(H(8), G(8));

        Ok(world.Firmware.LaunchUpdate(ContextA, Small(H(8)), type));

        Assert.Equal(type == LaunchPageType.Vmsa, world.Snp.Table.Resolve(H(8)).Vmsa);
        world.Snp.GuestRead(G(8), H(8), out var value);
        Assert.Equal(first, value);
        Assert.Equal(keys, Math.Min(world.Contents.Read(H(8).Address + 0x20, 8, world.Platform.Keys[A]), 1));
    }

    // snp-abi 8.17: a 2M page is measured page by page and becomes one Guest-Valid entry.
    [Fact]
    public void A_large_launch_page_stays_large_and_keeps_its_bytes()
    {
        var world = WithGuests();
        world.Contents.Write(H(300).Address, 8, 0x300);
        Assert.True(world.Snp.AssignLarge(H(), G(), immutable: true).IsSuccess);

        Ok(world.Firmware.LaunchUpdate(ContextA, Large(H()), LaunchPageType.Normal));

        Assert.True(world.Snp.Table.IsInLargePage(H()));
        Assert.True(world.Snp.GuestRead(G(300), H(300), out var value, PageSize.Size2M).IsAllowed);
        Assert.Equal(0x300UL, value);
    }

    // snp-abi 8.18: the ID block's checks in order.
    [Fact]
    public void LAUNCH_FINISH_compares_digest_then_policy_then_signature()
    {
        var world = WithGuests();
        var digest = world.Guest(ContextA).Digest;
        uint Finish(LaunchIdBlock block) => world.Code(firmware => firmware.LaunchFinish(new LaunchFinishOperands(ContextA.Address, block)));

        Assert.Equal(0x0bu, Finish(new(default, digest + 1, 1, IsSigned: false)));
        Assert.Equal(0x07u, Finish(new(default, digest, 1, IsSigned: false)));
        Assert.Equal(0x0au, Finish(new(default, digest, 0, IsSigned: false)));
        Assert.Equal(0u, Finish(new(default, digest, 0)));
        Assert.Equal(SnpGuestState.Running, world.Guest(ContextA).State);
        Assert.Equal(0x02u, Finish(new(default, digest, 0)));
    }

    // snp-abi 8.26; ghcb 4.1.7: the answer goes into a firmware page, which stays one.
    [Fact]
    public void An_answer_to_a_guest_is_written_to_a_firmware_page_and_differs_by_guest()
    {
        var world = WithGuests();
        Ok(world.Firmware.LaunchFinish(ContextA));
        Ok(world.Firmware.LaunchFinish(ContextB));

        Ok(world.Firmware.GuestRequest(new(ContextA.Address, H(1).Address, Spare.Address)));
        var first = world.Contents.Read(Spare.Address, 8);
        Ok(world.Firmware.GuestRequest(new(ContextB.Address, H(1).Address, Spare.Address)));

        Assert.Equal(RmpPageState.Firmware, world.Snp.StateOf(Spare));
        Assert.NotEqual(0UL, first);
        Assert.NotEqual(first, world.Contents.Read(Spare.Address, 8));
    }
}
