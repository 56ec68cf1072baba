using GuestMemory.Testing.Xunit;

namespace GuestMemory.Tdx.Tests.Host;

/// <summary>A TD's private tree as Linux keeps it: 4K only.</summary>
public sealed class TdxPrivateMmuContractTests : SecondaryMmuFacts
{
    protected override KindFilter Kinds => KindFilter.Private;

    protected override ISecondaryMmu CreateMmu(VirtualMachine vm) => RunningTd.PrivateTreeOf(vm);

    protected override IOwnershipTable CreateOwnershipTable(Machine machine) => new PamtOwnershipTable(machine);
}
