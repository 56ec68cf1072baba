using GuestMemory.Testing.Xunit;
using Xunit;

namespace GuestMemory.Tdx.Tests.Host;

/// <summary>The PAMT as a machine's ownership table: the mirror's map gives, and a guest can use a page once it accepted it.</summary>
public sealed class PamtOwnershipTableContractTests : OwnershipTableFacts
{
    protected override bool MappingTransfers => true;

    // Nothing stops a host's write: it breaks what it writes, and the TD notices.
    protected override bool StopsForeignWrites => false;

    protected override IOwnershipTable CreateTable(Machine machine) => new PamtOwnershipTable(machine);

    protected override ISecondaryMmu CreateMmu(VirtualMachine vm) => RunningTd.TreesOf(vm);

    protected override void Give(VirtualMachine vm, OwnershipRequest request)
    {
        ArgumentNullException.ThrowIfNull(vm);
        base.Give(vm, request);
        if (request.Kind == PageKind.Shared)
        {
            return;
        }

        var mapped = vm.Mmu.Map(new(request.Gfn, request.Frames.Start, PageSize.Size4K, PageKind.Private, true, vm.Sequence.Sample(), request.Frames.Count));
        Assert.True(mapped.IsDone, mapped.ToString());
        RunningTd.Accept(vm, new(request.Gfn, request.Frames.Count));
    }

    protected override void TakeBack(VirtualMachine vm, OwnershipRequest request)
    {
        ArgumentNullException.ThrowIfNull(vm);
        if (request.Kind == PageKind.Private)
        {
            Assert.True(vm.Zap(new(request.Gfn, request.Frames.Count), KindFilter.Private).IsDone);
        }
    }
}
