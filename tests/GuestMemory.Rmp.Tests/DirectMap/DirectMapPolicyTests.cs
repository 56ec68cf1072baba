using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.DirectMap;

/// <summary>What each policy costs, split by split.</summary>
public sealed class DirectMapPolicyTests
{
    // physmap-split, the patch of 2021: whatever the update's size, 4K mappings are left behind for ever.
    [Fact]
    public void Splitting_on_assign_leaves_4K_entries_behind_a_2M_page_that_came_and_went()
    {
        var host = ComeAndGoLarge(DirectMapPolicies.SplitOnAssign);

        Assert.Equal(PageSize.Size4K, host.Mapping(H()));
        Assert.Equal(new DirectMapCounters() with { Splits = 2, SmallEntries = 512, PeakSmallEntries = 512, TlbFlushes = 2 }, host.Map.Counters);
    }

    // linux-sev-host: nothing for 2M; the first 4K update splits; nothing is merged.
    [Fact]
    public void Splitting_on_4K_updates_costs_nothing_for_2M_pages_and_is_never_undone()
    {
        var host = ComeAndGoLarge(DirectMapPolicies.SplitOnSmallUpdate);
        Assert.Equal((default(DirectMapCounters), PageSize.Size1G), (host.Map.Counters, host.Mapping(H())));

        ComeAndGoSmall(host);
        ComeAndGoSmall(host);
        Assert.Equal(new DirectMapCounters() with { Splits = 2, SmallEntries = 512, PeakSmallEntries = 512, TlbFlushes = 2 }, host.Map.Counters);
    }

    // physmap-split: private pages leave the direct map. A 2M page takes a 2M entry away, no 4K ones.
    [Fact]
    public void Unmapping_takes_whole_2M_entries_out_and_puts_them_back()
    {
        var host = new DirectMapWorld(DirectMapPolicies.UnmapOnAssign);
        host.AssignLarge(H(), G());
        Assert.Equal((null, null, PageSize.Size2M), (host.Mapping(H()), host.Mapping(H(511)), host.Mapping(H(512))));

        host.Share(H(), PageSize.Size2M);
        Assert.Equal(PageSize.Size2M, host.Mapping(H()));
        Assert.Equal(new DirectMapCounters() with { Splits = 1, Unmaps = 1, Remaps = 1, TlbFlushes = 2 }, host.Map.Counters);
    }

    // One page shared out of a private 2M page: a table with that one entry present, made where nothing was in use: no flush.
    [Fact]
    public void Unmapping_shows_a_shared_page_of_a_private_2M_page_alone()
    {
        var host = new DirectMapWorld(DirectMapPolicies.UnmapOnAssign);
        host.AssignLarge(H(), G());
        var before = host.Map.Counters;
        host.Map.Psmash(H());
        host.Share(H(3));

        Assert.Equal((null, PageSize.Size4K, null), (host.Mapping(H(2)), host.Mapping(H(3)), host.Mapping(H(4))));
        Assert.Equal(before with { Splits = before.Splits + 1, SmallEntries = 1, PeakSmallEntries = 1, Remaps = 1 }, host.Map.Counters);

        host.Assign(H(3), G(3));
        Assert.Null(host.Mapping(H(3)));
        Assert.Equal((0UL, before.TlbFlushes + 1), (host.Map.Counters.SmallEntries, host.Map.Counters.TlbFlushes));
    }

    // Nothing leaves that is not assigned.
    [Fact]
    public void Unmapping_does_nothing_for_a_page_that_is_shared_already()
    {
        var host = new DirectMapWorld(DirectMapPolicies.UnmapOnAssign);

        Assert.Equal(RmpStatus.Success, host.Share(H(5)));
        Assert.Equal((default(DirectMapCounters), PageSize.Size1G), (host.Map.Counters, host.Mapping(H(5))));
    }

    // A refused update leaves the same pages mapped as before it.
    [Fact]
    public void Unmapping_for_an_update_that_is_refused_is_undone()
    {
        var host = new DirectMapWorld(DirectMapPolicies.UnmapOnAssign);
        host.World.Platform.Holds.BeginChange(H(5));

        Assert.Equal(RmpStatus.FailInUse, host.Assign(H(5), G(5)));
        Assert.Equal(PageSize.Size4K, host.Mapping(H(5)));
        Assert.Equal((1UL, 1UL), (host.Map.Counters.Unmaps, host.Map.Counters.Remaps));
    }

    // physmap-split, "in step with the table": PSMASH splits, and the last page shared merges up to 1G again.
    [Fact]
    public void In_sync_the_mapping_has_the_tables_sizes_at_every_step()
    {
        var host = new DirectMapWorld(DirectMapPolicies.InSync);
        var begin = host.MapState();
        host.AssignLarge(H(), G());
        Assert.Equal(PageSize.Size1G, host.Mapping(H()));
        host.Map.Psmash(H(77));
        Assert.Equal((PageSize.Size4K, PageSize.Size2M), (host.Mapping(H()), host.Mapping(Y())));

        for (var page = 0UL; page < 512; page++)
        {
            Assert.Equal(PageSize.Size4K, host.Mapping(H(page)));
            Assert.Equal(RmpStatus.Success, host.Share(H(page)));
        }

        Assert.Equal(PageSize.Size1G, host.Mapping(H()));
        Assert.Equal(begin, host.MapState());
        Assert.Equal(new DirectMapCounters() with { Splits = 2, Merges = 2, PeakSmallEntries = 512, TlbFlushes = 4 }, host.Map.Counters);
    }

    // As after PAGE_UNSMASH, which only the firmware runs: the block is one 2M page again.
    [Fact]
    public void In_sync_a_block_that_became_one_2M_page_again_is_merged()
    {
        var host = new DirectMapWorld(DirectMapPolicies.InSync);
        host.AssignLarge(H(), G());
        host.World.Platform.Psmash(H().Address);
        host.Map.AfterPsmash(H());
        Assert.Equal(PageSize.Size4K, host.Mapping(H()));

        host.Table.WriteLarge(H(), host.Table.Resolve(H()));
        host.Map.AfterUnsmash(H());
        Assert.Equal(PageSize.Size1G, host.Mapping(H()));
    }

    // Two blocks of one gigabyte: it is merged to 1G only when both are whole.
    [Fact]
    public void In_sync_a_gigabyte_is_merged_with_its_last_block()
    {
        var host = new DirectMapWorld(DirectMapPolicies.InSync);
        host.Assign(H(1), G(1));
        host.Assign(Y(1), G(2));
        host.Share(H(1));
        Assert.Equal((PageSize.Size2M, PageSize.Size4K), (host.Mapping(H()), host.Mapping(Y())));

        host.Share(Y(1));
        Assert.Equal((PageSize.Size1G, 3UL, 3UL), (host.Mapping(H()), host.Map.Counters.Splits, host.Map.Counters.Merges));
    }

    // Splitting on fault does nothing before a write needs it.
    [Fact]
    public void Splitting_on_fault_costs_a_fault_and_then_what_the_others_cost()
    {
        var host = new DirectMapWorld(DirectMapPolicies.SplitOnFault);
        host.Assign(H(5), G(5));
        Assert.Equal(default, host.Map.Counters);

        Assert.Equal(HostWriteOutcome.Repaired, host.Write(H(9)));
        Assert.Equal(HostWriteOutcome.Done, host.Write(H(10), HostDataKind.Stack));
        Assert.Equal(
            new DirectMapCounters() with { Splits = 2, SmallEntries = 512, PeakSmallEntries = 512, Faults = 1, Repairs = 1, TlbFlushes = 2 }, host.Map.Counters);
    }

    [Fact]
    public void The_policies_have_names_and_sources_of_their_own()
    {
        Assert.Equal(5, DirectMapPolicies.All.Count);
        Assert.Equal(5, DirectMapPolicies.All.Select(policy => policy.ToString()).Distinct().Count());
        Assert.All(DirectMapPolicies.All, policy => Assert.Contains(policy.Source.Split(',')[0], new[] { "physmap-split", "linux-sev-host" }));
    }

    private static DirectMapWorld ComeAndGoLarge(DirectMapPolicy policy)
    {
        var host = new DirectMapWorld(policy);
        Assert.Equal(RmpStatus.Success, host.AssignLarge(H(), G()));
        Assert.Equal(RmpStatus.Success, host.Share(H(), PageSize.Size2M));
        return host;
    }

    private static void ComeAndGoSmall(DirectMapWorld host)
    {
        Assert.Equal(RmpStatus.Success, host.Assign(H(5), G(5)));
        Assert.Equal(RmpStatus.Success, host.Share(H(5)));
    }
}
