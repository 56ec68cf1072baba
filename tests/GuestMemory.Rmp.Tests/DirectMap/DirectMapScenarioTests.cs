using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.DirectMap;

/// <summary>The specification's scenarios of a kernel that writes beside a guest's pages, through the kernel's own mappings.</summary>
public sealed class DirectMapScenarioTests
{
    // sev-snp scenario 4: kernel data beside a VMSA; the table of 3.4 read through 2M, 1G and 4K.
    [Fact]
    public void Kernel_data_beside_a_save_area_faults_through_large_mappings_only()
    {
        var host = new DirectMapWorld(DirectMapPolicies.SplitOnFault);
        host.World.Give(H(5), G(5));
        host.World.Platform.RmpAdjust(CpuState.Guest(A), Walk(G(5), H(5)), isLarge: false, attributes: 0x1_0000 | 1);
        Assert.True(host.Table.Resolve(H(5)).Vmsa);

        foreach (var (size, faults) in new[] { (PageSize.Size2M, true), (PageSize.Size1G, true), (PageSize.Size4K, false) })
        {
            var verdict = host.World.HostWrite(H(9), size);
            Assert.Equal(faults, !verdict.IsAllowed);
            Assert.Equal(faults, verdict.Fault.Kind == RmpFaultKind.PageFault && verdict.Fault.Has(FaultBits.Rmp));
        }

        // The next block through the same 1G mapping: it is checked as 2M.
        Assert.Equal(PageSize.Size1G, host.Mapping(H(512)));
        Assert.Equal(HostWriteOutcome.Done, host.Write(H(512), HostDataKind.Stack));
        Assert.Equal(HostWriteOutcome.DoubleFault, host.Write(H(9), HostDataKind.Stack));
    }

    // sev-snp scenario 5: the same with the mapping adjusted at the 4K RMPUPDATE.
    [Fact]
    public void A_mapping_split_at_the_4K_update_lets_the_kernel_write_beside_it()
    {
        var host = new DirectMapWorld(DirectMapPolicies.SplitOnSmallUpdate);
        Assert.Equal(RmpStatus.Success, host.Assign(H(5), G(5)));

        Assert.Equal((PageSize.Size4K, PageSize.Size4K, PageSize.Size2M), (host.Mapping(H()), host.Mapping(H(511)), host.Mapping(H(512))));
        Assert.Equal(512UL, host.Map.Counters.SmallEntries);
        Assert.Equal(HostWriteOutcome.Done, host.Write(H(9)));
        Assert.Equal(HostWriteOutcome.Oops, host.Write(H(5)));
        Assert.True(host.Map.Write(H(5), HostDataKind.PlainData).Verdict.Fault.Has(FaultBits.Rmp));
    }

    // sev-snp scenario 6: a 2M RMPUPDATE under a 1G mapping.
    [Fact]
    public void A_2M_update_needs_no_split_even_of_a_1G_mapping()
    {
        var host = new DirectMapWorld(DirectMapPolicies.SplitOnSmallUpdate);
        Assert.Equal(RmpStatus.Success, host.AssignLarge(H(), G()));

        Assert.Equal(PageSize.Size1G, host.Mapping(H()));
        Assert.Equal(default, host.Map.Counters);
        Assert.Equal(HostWriteOutcome.Done, host.Write(Y()));
        for (var page = 0UL; page < 512; page++)
        {
            Assert.Equal(HostWriteOutcome.Oops, host.Write(H(page)));
        }
    }

    // sev-snp scenario 11: the GHCB in H[3] is shared, H[7] is Guest-Valid.
    [Theory]
    [InlineData("split on assign", HostWriteOutcome.Done)]
    [InlineData("split on 4K update", HostWriteOutcome.Done)]
    [InlineData("unmap on assign", HostWriteOutcome.Done)]
    [InlineData("in sync", HostWriteOutcome.Done)]
    [InlineData("split on fault", HostWriteOutcome.Repaired)]
    public void The_GHCB_beside_private_pages_is_written_under_every_policy(string policy, HostWriteOutcome expected)
    {
        var host = new DirectMapWorld(DirectMapPolicies.All.Single(value => value.Name == policy));
        host.AssignLarge(H(), G());
        Assert.True(host.Map.Psmash(H()).IsSuccess);
        Assert.Equal(RmpStatus.Success, host.Share(H(3)));

        Assert.False(host.World.HostWrite(H(3), PageSize.Size2M).IsAllowed);
        Assert.Equal(expected, host.Write(H(3), HostDataKind.Ghcb));
        Assert.Equal(HostWriteOutcome.Done, host.Write(H(3), HostDataKind.Ghcb));
        Assert.Equal(PageSize.Size4K, host.Mapping(H(3)));
    }

    // sev-snp scenario 12: the guest flips its GHCB to private while the host still writes there; conversion must unmap first.
    [Fact]
    public void A_page_made_private_under_the_hosts_mapping_faults_and_unmapped_first_it_is_not_there()
    {
        foreach (var policy in DirectMapPolicies.All)
        {
            var host = new DirectMapWorld(policy);
            host.Write(H(3), HostDataKind.Ghcb);
            Assert.Equal(RmpStatus.Success, host.Assign(H(3), G(3)));

            var expected = policy.PromisesNoExposedPage ? HostWriteOutcome.NotPresent : HostWriteOutcome.Oops;
            Assert.Equal(expected, host.Write(H(3), HostDataKind.Ghcb));
            Assert.Equal(policy.PromisesNoExposedPage ? (0UL, 1UL) : (1UL, 0UL), (host.Map.Counters.FatalFaults, host.Map.Counters.NotPresentFaults));
            Assert.Equal(policy.PromisesNoExposedPage ? null : H(3), DirectMapInvariants.FindExposedPage(host.Map, host.Table));
        }
    }
}
