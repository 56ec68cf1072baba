using GuestMemory.Testing.Xunit;
using Xunit;

namespace GuestMemory.Rmp.Tests.Host;

/// <summary>The RMP as a machine's ownership table: a guest can use a page once it validated it.</summary>
public sealed class RmpOwnershipTableContractTests : OwnershipTableFacts
{
    protected override IOwnershipTable CreateTable(Machine machine) => new RmpOwnershipTable(machine, new() { ReclaimFailure = ReclaimFailure.Leak });

    // A VM is an SNP guest from its first page on: its ASID is its number.
    protected override ISecondaryMmu CreateMmu(VirtualMachine vm)
    {
        ArgumentNullException.ThrowIfNull(vm);
        var host = ((RmpOwnershipTable)vm.Machine.Ownership).Host;
        if (host.Find(vm.Id) is null)
        {
            host.Add(vm.Id, new(vm.Id.Value));
        }

        return base.CreateMmu(vm);
    }

    protected override void Give(VirtualMachine vm, OwnershipRequest request)
    {
        ArgumentNullException.ThrowIfNull(vm);
        base.Give(vm, request);
        var platform = ((RmpOwnershipTable)vm.Machine.Ownership).Host.Platform;
        for (var at = 0UL; request.Kind == PageKind.Private && at < request.Frames.Count;)
        {
            var frame = request.Frames.Start + at;
            var size = platform.Table.Resolve(frame).Size;
            var gpa = (request.Gfn + at).Address;
            var result = platform.Pvalidate(CpuState.Guest(new(vm.Id.Value)), new(gpa.Value, gpa, frame, size), size == PageSize.Size2M, validate: true);
            Assert.Equal((RmpStatus.Success, RmpFault.None), (result.Status, result.Fault));
            at += size.FrameCount();
        }
    }
}
