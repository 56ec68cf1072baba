using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.DirectMap;

/// <summary>What the policies promise, after every step of any sequence.</summary>
public sealed class DirectMapInvariantTests
{
    // INV-SNP-13 and 14, and what follows: under a policy that keeps 13 the kernel never faults on a page of its own.
    [Fact]
    public void A_promise_holds_after_every_step()
    {
        foreach (var policy in DirectMapPolicies.All)
        {
            DirectMapStep.Check(60, steps =>
            {
                var host = new DirectMapWorld(policy);
                foreach (var step in steps)
                {
                    step.Apply(host);
                    Assert.True(!policy.PromisesNoMixedBlock || DirectMapInvariants.FindMixedBlock(host.Map, host.Table) is null, $"{policy}: {step}");
                    Assert.True(!policy.PromisesNoExposedPage || DirectMapInvariants.FindExposedPage(host.Map, host.Table) is null, $"{policy}: {step}");
                    Assert.True(!policy.PromisesNoExposedPage || host.Map.Counters.Faults == 0, $"{policy}: {step}");
                }
            });
        }
    }

    // No policy that splits in time lets a write fault on an unassigned page.
    [Fact]
    public void A_promise_of_no_mixed_block_means_no_fault_on_the_kernels_own_pages()
    {
        foreach (var policy in DirectMapPolicies.All.Where(policy => policy.PromisesNoMixedBlock))
        {
            DirectMapStep.Check(30, steps =>
            {
                var host = new DirectMapWorld(policy);
                foreach (var step in steps)
                {
                    step.Apply(host);
                    foreach (var page in DirectMapStep.Blocks.SelectMany(head => new[] { head, head + 3, head + 511 }).Where(page => !host.Table.Resolve(page).Assigned))
                    {
                        Assert.Equal(HostWriteOutcome.Done, host.Write(page, HostDataKind.Stack));
                    }
                }
            });
        }
    }

    // What is not promised is broken by one step: 13 by a 4K update that nobody splits for, 14 by any assignment that leaves the mapping.
    [Fact]
    public void What_a_policy_does_not_promise_it_breaks()
    {
        foreach (var policy in DirectMapPolicies.All)
        {
            var host = new DirectMapWorld(policy);
            host.Assign(H(5), G(5));

            Assert.Equal(policy.PromisesNoMixedBlock ? null : H(), DirectMapInvariants.FindMixedBlock(host.Map, host.Table));
            Assert.Equal(policy.PromisesNoExposedPage ? null : H(5), DirectMapInvariants.FindExposedPage(host.Map, host.Table));
        }

        Assert.Equal([DirectMapPolicies.SplitOnFault], DirectMapPolicies.All.Where(policy => !policy.PromisesNoMixedBlock));
        Assert.Equal([DirectMapPolicies.UnmapOnAssign], DirectMapPolicies.All.Where(policy => policy.PromisesNoExposedPage));
    }

    // Split on fault repairs the block it faults in; until then 13 is broken there.
    [Fact]
    public void Splitting_on_fault_restores_the_promise_block_by_block()
    {
        var host = new DirectMapWorld(DirectMapPolicies.SplitOnFault);
        host.Assign(H(5), G(5));
        host.Assign(Y(5), G(6));
        Assert.Equal(H(), DirectMapInvariants.FindMixedBlock(host.Map, host.Table));

        host.Write(H(9));
        Assert.Equal(Y(), DirectMapInvariants.FindMixedBlock(host.Map, host.Table));
        host.Write(Y(9));
        Assert.Null(DirectMapInvariants.FindMixedBlock(host.Map, host.Table));
    }

    // In sync: small exactly where the table is small, at every step.
    [Fact]
    public void In_sync_a_blocks_mapping_is_small_exactly_where_its_entries_are()
    {
        DirectMapStep.Check(100, steps =>
        {
            var host = new DirectMapWorld(DirectMapPolicies.InSync);
            foreach (var step in steps)
            {
                step.Apply(host);
                foreach (var head in DirectMapStep.Blocks)
                {
                    var isSmall = !host.Table.IsInLargePage(head) && host.Table.AssignedIn2M(head) > 0;
                    Assert.Equal(isSmall, host.Mapping(head) == PageSize.Size4K);
                }
            }
        });
    }

    // The counter of 4K entries is the number there are; only in sync and unmapping ever make them fewer.
    [Fact]
    public void The_4K_entries_counted_are_those_there_are()
    {
        foreach (var policy in DirectMapPolicies.All)
        {
            DirectMapStep.Check(30, steps =>
            {
                var host = new DirectMapWorld(policy);
                var last = 0UL;
                foreach (var step in steps)
                {
                    step.Apply(host);
                    var entries = (ulong)DirectMapStep.Blocks.Sum(head => Enumerable.Range(0, 512).Count(page => host.Mapping(head + (ulong)page) == PageSize.Size4K));
                    Assert.Equal(entries, host.Map.Counters.SmallEntries);
                    Assert.True(entries >= last || policy.FollowsTable || policy.UnmapsAssigned);
                    Assert.True(host.Map.Counters.PeakSmallEntries >= entries);
                    last = entries;
                }
            });
        }
    }

    // Equal maps, equal bytes; a restored map goes on alike.
    [Fact]
    public void A_restored_map_has_the_same_bytes_and_goes_on_alike()
    {
        foreach (var policy in DirectMapPolicies.All)
        {
            DirectMapStep.Check(30, steps =>
            {
                var (original, copy) = (new DirectMapWorld(policy), new DirectMapWorld(policy));
                Array.ForEach(steps[..20], step => step.Apply(original));
                Array.ForEach(steps[30..], step => step.Apply(copy));
                StateReader.ReadWhole(original.World.State()[..PlatformBytes(original)], copy.World.Platform);
                StateReader.ReadWhole(original.MapState(), copy.Map);
                Assert.Equal(original.MapState(), copy.MapState());
                Assert.Equal(original.Map.Counters.SmallEntries, copy.Map.Counters.SmallEntries);
                foreach (var step in steps[20..])
                {
                    step.Apply(original);
                    step.Apply(copy);
                    Assert.Equal(original.MapState(), copy.MapState());
                }
            });
        }
    }

    private static int PlatformBytes(DirectMapWorld host)
    {
        var writer = new StateWriter([]);
        host.World.Platform.WriteState(ref writer);
        return writer.Written.Length;
    }
}
