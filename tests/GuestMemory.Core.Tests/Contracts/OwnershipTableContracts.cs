using GuestMemory.Testing.Xunit;
using GuestMemory.Tests.Fakes;
using Xunit;

namespace GuestMemory.Tests.Contracts;

public sealed class SoftwareOwnershipTableContractTests : OwnershipTableFacts
{
    protected override IOwnershipTable CreateTable(Machine machine) => new SoftwareOwnershipTable();
}

/// <summary>Mapping is what gives a frame to its guest and unmapping what takes it back; the table's own calls only check.</summary>
public sealed class PkvmLikeTableContractTests : OwnershipTableFacts
{
    protected override bool MappingTransfers => true;

    protected override IOwnershipTable CreateTable(Machine machine) => new PkvmTable();

    protected override ISecondaryMmu CreateMmu(VirtualMachine vm) => PkvmLike.Instance.CreateMmu(vm);

    protected override void Give(VirtualMachine vm, OwnershipRequest request)
    {
        ArgumentNullException.ThrowIfNull(vm);
        base.Give(vm, request);
        var mapped = vm.Mmu.Map(new(
            request.Gfn, request.Frames.Start, PageSize.Size4K, request.Kind, Writable: true, vm.Sequence.Sample(), request.Frames.Count));
        Assert.True(mapped.IsDone, $"{request}: {mapped}");
    }

    protected override void TakeBack(VirtualMachine vm, OwnershipRequest request)
    {
        ArgumentNullException.ThrowIfNull(vm);
        PkvmLike.BeginTeardown(vm);
        Assert.True(vm.Zap(new(request.Gfn, request.Frames.Count), KindFilter.Both).IsDone);
    }
}

/// <summary>A parcel is its guest's for life: only the guest's end gives it back, whole.</summary>
public sealed class GunyahLikeTableContractTests : OwnershipTableFacts
{
    protected override IOwnershipTable CreateTable(Machine machine) => new ParcelTable();

    protected override ISecondaryMmu CreateMmu(VirtualMachine vm) => GunyahLike.Instance.CreateMmu(vm);

    protected override void TakeBack(VirtualMachine vm, OwnershipRequest request) => GunyahLike.End(vm);
}
