using GuestMemory.Testing.Xunit;
using GuestMemory.Tests.Fakes;

namespace GuestMemory.Tests.Contracts;

public sealed class NestedPageTableContractTests : SecondaryMmuFacts
{
    protected override PageSize LargestLeaf => PageSize.Size1G;

    protected override ISecondaryMmu CreateMmu(VirtualMachine vm)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return vm.CreateNestedPageTable();
    }
}

/// <summary>A process's page table: shared entries of 4 KiB only, to the frames its store gives; unmapping one ends its use.</summary>
public sealed class HostPageTableContractTests : SecondaryMmuFacts
{
    protected override KindFilter Kinds => KindFilter.Shared;

    protected override bool UnmapEndsUse => true;

    protected override ISecondaryMmu CreateMmu(VirtualMachine vm) => new HostPageTable(vm);

    protected override PfnRange TakeFrames(VirtualMachine vm, Gfn gfn, ulong count, PageSize alignment)
    {
        ArgumentNullException.ThrowIfNull(vm);
        return ((HostPageTable)vm.Mmu).FramesBehind(gfn, count);
    }
}

public sealed class PkvmLikeMmuContractTests : SecondaryMmuFacts
{
    protected override PageSize LargestLeaf => PageSize.Size1G;

    protected override IOwnershipTable CreateOwnershipTable(Machine machine) => new PkvmTable();

    protected override ISecondaryMmu CreateMmu(VirtualMachine vm) => PkvmLike.Instance.CreateMmu(vm);

    protected override void AllowUnmap(VirtualMachine vm) => PkvmLike.BeginTeardown(vm);
}

public sealed class GunyahLikeMmuContractTests : SecondaryMmuFacts
{
    protected override PageSize LargestLeaf => PageSize.Size1G;

    protected override IOwnershipTable CreateOwnershipTable(Machine machine) => new ParcelTable();

    protected override ISecondaryMmu CreateMmu(VirtualMachine vm) => GunyahLike.Instance.CreateMmu(vm);

    protected override void AllowUnmap(VirtualMachine vm) => GunyahLike.End(vm);
}
