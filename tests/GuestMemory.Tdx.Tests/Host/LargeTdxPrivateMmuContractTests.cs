using GuestMemory.Testing.Xunit;

namespace GuestMemory.Tdx.Tests.Host;

/// <summary>The same on a host that gives 2M pages, splits and merges them.</summary>
public sealed class LargeTdxPrivateMmuContractTests : SecondaryMmuFacts
{
    protected override KindFilter Kinds => KindFilter.Private;

    protected override PageSize LargestLeaf => PageSize.Size2M;

    protected override bool UnmapSplitsLeaves => true;

    protected override ISecondaryMmu CreateMmu(VirtualMachine vm) => RunningTd.PrivateTreeOf(vm);

    protected override IOwnershipTable CreateOwnershipTable(Machine machine) =>
        new PamtOwnershipTable(machine, new() { Hypothetical = new() { MapsLargePages = true, Promotes = true, Relocates = true } });
}
