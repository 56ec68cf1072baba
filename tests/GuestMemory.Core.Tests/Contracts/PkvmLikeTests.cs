using GuestMemory.Tests.Fakes;
using Xunit;

namespace GuestMemory.Tests.Contracts;

/// <summary>The guest's own call on a technology where mapping transfers ownership: no member of the interfaces, seen through them.</summary>
public sealed class PkvmLikeTests
{
    [Fact]
    public void A_page_shared_back_is_the_guest_s_and_the_host_borrows_it()
    {
        var machine = new MachineFactory(new() { OwnershipTable = _ => new PkvmTable() }, [PkvmLike.Instance]).Create();
        var vm = machine.CreateVm(PkvmLike.Instance);
        Assert.True(machine.Frames.TryTake(new(0, 1, FramePurpose.Guest), out var frames));
        Assert.True(vm.Mmu.Map(new(new(7), frames.Start, PageSize.Size4K, PageKind.Private, Writable: true, vm.Sequence.Sample())).IsDone);
        var byHost = new FrameAccess(FrameOwner.Host, AccessKind.Write, frames.Start, PageSize.Size4K, Encrypted: false);
        Assert.False(machine.Ownership.Check(byHost).IsSuccess);

        Assert.True(PkvmLike.ShareWithHost(vm, new(7)).IsSuccess);

        Assert.True(machine.Ownership.Check(byHost).IsSuccess);
        Assert.Equal(
            new OwnershipEntry(FrameOwner.Of(vm.Id), new(7), Borrowers: 1, GuestId.None, PageSize.Size4K, PageSize.Size1G), machine.Ownership.LookUp(frames.Start));
    }
}
