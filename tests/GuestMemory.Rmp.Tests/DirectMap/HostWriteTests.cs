using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.DirectMap;

/// <summary>Which faults a kernel survives. Source: physmap-split.</summary>
public sealed class HostWriteTests
{
    // A handler that splits: it needs the stack, the descriptor tables and the page tables itself, and cannot run in an NMI.
    [Theory]
    [InlineData(HostDataKind.PlainData, HostWriteOutcome.Repaired)]
    [InlineData(HostDataKind.Ghcb, HostWriteOutcome.Repaired)]
    [InlineData(HostDataKind.Stack, HostWriteOutcome.DoubleFault)]
    [InlineData(HostDataKind.DescriptorTable, HostWriteOutcome.TripleFault)]
    [InlineData(HostDataKind.PageTable, HostWriteOutcome.TripleFault)]
    [InlineData(HostDataKind.NmiData, HostWriteOutcome.Oops)]
    public void Splitting_on_fault_saves_only_what_its_handler_does_not_need(HostDataKind kind, HostWriteOutcome expected)
    {
        var host = new DirectMapWorld(DirectMapPolicies.SplitOnFault);
        host.Assign(H(5), G(5));

        var result = host.Map.Write(H(9), kind);

        Assert.Equal(expected, result.Outcome);
        Assert.Equal(expected == HostWriteOutcome.Repaired, result.IsDone);
        Assert.Equal(result.IsDone, !result.IsFatal);
        Assert.Equal("ACCESS/host/hypervisor-owned", result.Verdict.DecidedBy?.Id);
        Assert.Equal((1UL, result.IsFatal ? 1UL : 0UL), (host.Map.Counters.Faults, host.Map.Counters.FatalFaults));
        Assert.Equal(result.IsFatal ? PageSize.Size1G : PageSize.Size4K, host.Mapping(H(9)));
    }

    // A mapping left large by a kernel that never splits later: the fault is reported and that is the end.
    [Theory]
    [InlineData(HostDataKind.PlainData, HostWriteOutcome.Oops)]
    [InlineData(HostDataKind.Ghcb, HostWriteOutcome.Oops)]
    [InlineData(HostDataKind.PageTable, HostWriteOutcome.Oops)]
    [InlineData(HostDataKind.NmiData, HostWriteOutcome.Oops)]
    [InlineData(HostDataKind.Stack, HostWriteOutcome.DoubleFault)]
    [InlineData(HostDataKind.DescriptorTable, HostWriteOutcome.TripleFault)]
    public void Under_the_other_policies_an_RMP_fault_of_the_kernel_is_the_end(HostDataKind kind, HostWriteOutcome expected)
    {
        foreach (var policy in DirectMapPolicies.All.Where(policy => !policy.RepairsFaults))
        {
            var host = new DirectMapWorld(policy);
            host.World.Assign(H(5), G(5));

            Assert.Equal(expected, host.Write(H(9), kind));
            Assert.Equal((1UL, 1UL, 0UL), (host.Map.Counters.Faults, host.Map.Counters.FatalFaults, host.Map.Counters.Splits));
        }
    }

    // No split lets the host write a guest's own page.
    [Fact]
    public void A_write_to_an_assigned_page_cannot_be_repaired()
    {
        var host = new DirectMapWorld(DirectMapPolicies.SplitOnFault);
        host.Assign(H(5), G(5));

        Assert.Equal(HostWriteOutcome.Oops, host.Write(H(5)));
        Assert.Equal(HostWriteOutcome.Oops, host.Write(H(5), HostDataKind.PageTable));
        Assert.Equal((0UL, PageSize.Size1G), (host.Map.Counters.Splits, host.Mapping(H(5))));
    }

    // apm2, 15.36.10: beside a change of the entry the fault passes by itself.
    [Fact]
    public void A_fault_beside_a_change_of_the_entry_is_no_end()
    {
        var host = new DirectMapWorld(DirectMapPolicies.SplitOnSmallUpdate);
        host.World.Platform.Holds.BeginChange(H(5));
        Assert.Equal(HostWriteOutcome.Retry, host.Write(H(5), HostDataKind.Stack));
        host.World.Platform.Holds.EndChange(H(5));

        Assert.Equal(HostWriteOutcome.Done, host.Write(H(5), HostDataKind.Stack));
        Assert.Equal((1UL, 0UL), (host.Map.Counters.Faults, host.Map.Counters.FatalFaults));
    }

    // Beyond the end of the machine nothing is mapped; a fault there is not the RMP's.
    [Fact]
    public void A_write_beyond_the_machine_is_an_ordinary_fault()
    {
        var host = new DirectMapWorld(DirectMapPolicies.SplitOnFault);

        Assert.Equal(HostWriteOutcome.NotPresent, host.Write(new(Frames)));
        Assert.Equal(new DirectMapCounters() with { NotPresentFaults = 1 }, host.Map.Counters);
    }
}
