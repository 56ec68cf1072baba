using GuestMemory.Kvm;
using Xunit;

namespace GuestMemory.Rmp.Tests.Host;

/// <summary>Pages the table does not give back or does not give away, through the kernel's calls.</summary>
public sealed class HostPageTests
{
    private const ulong At = KvmSnp.At;
    private const ulong Page = KvmSnp.Page;
    private const ulong Large = KvmSnp.Large;

    // sev-snp 6.1: a part of a 2M page goes back after PSMASH. Where that fails, for the head's sake, the part stays assigned: INV-SNP-23.
    [Theory]
    [InlineData(0UL)]
    [InlineData(5UL)]
    public void A_part_of_a_large_page_that_cannot_be_smashed_is_leaked(ulong changing)
    {
        var world = new KvmSnp(new() { ReclaimFailure = ReclaimFailure.Leak }, largestOrder: 9, size: 4 * Large);
        world.Launch();
        world.Accept(At + Large, isLarge: true);
        var head = world.FrameOf(At + Large);
        world.Host.Platform.Holds.BeginChange(head + changing);

        world.Punch(Large + (256 * Page), 2 * Page);

        Assert.Equal(0UL, world.Host.Warnings);
        Assert.Null(SnpHostInvariants.FindAssignedFree(world.Host, world.Machine));
        Assert.Equal(changing == 0 ? FrameState.Leaked : FrameState.Free, world.Machine.Frames[head + 256]);
    }

    // apm3, RMPUPDATE: the first page of a block does not change while an entry of the block is being changed.
    [Fact]
    public void The_first_page_of_a_block_is_leaked_while_a_neighbour_s_entry_changes()
    {
        var world = new KvmSnp(new() { ReclaimFailure = ReclaimFailure.Leak }, largestOrder: 9, size: 4 * Large);
        world.Launch();
        world.Accept(At + Large, isLarge: true);
        var head = world.FrameOf(At + Large);
        world.Host.Smash(head);
        world.Host.Platform.Holds.BeginChange(head + 5);

        world.Punch(Large, 2 * Page);

        Assert.Equal((0UL, FrameState.Leaked, FrameState.Free), (world.Host.Warnings, world.Machine.Frames[head], world.Machine.Frames[head + 1]));
        Assert.Null(SnpHostInvariants.FindAssignedFree(world.Host, world.Machine));
    }

    // linux-kvm-sev, preparation: neither owner nor address is compared, so a page keeps the guest address it was given for, and the table stops the guest.
    [Fact]
    public void A_page_bound_at_another_address_is_the_table_s_to_refuse()
    {
        var world = new KvmSnp();
        world.Launch();
        world.Accept(At + Page);
        world.Store(At + Page, 5);
        KvmSnp.Done(world.Kvm.SetUserMemoryRegion2(world.Vm, new(0, 0, 0, 0, 0)));
        KvmSnp.Done(world.Kvm.SetUserMemoryRegion2(world.Vm, new(0, MemoryRegion.HasGuestMemfd, At + (16 * Large), world.Size, world.Memory, 0, world.File)));
        KvmSnp.Done(world.Kvm.SetMemoryAttributes(world.Vm, At + (16 * Large), world.Size, (ulong)MemoryAttributes.Private));

        var exit = world.Load(At + (16 * Large) + Page);
        Assert.Equal((ExitReason.Unknown, Errno.EFAULT, "ACCESS/private/reverse-map"), (exit.Reason, exit.Errno, exit.DecidedBy?.Id));
    }

    // A refused page of the launch that is still the firmware's stays its slot's: a guest that comes to it is stopped.
    [Fact]
    public void A_launch_page_that_the_firmware_kept_stops_the_guest()
    {
        var world = new KvmSnp(observer: new InvariantChecker());
        KvmSnp.Done(world.Start());
        KvmSnp.Done(world.Kvm.CopyTo(world.Memory, 65));
        world.Host.Platform.Observer = new Holder();
        Assert.Equal(Errno.EIO, world.Update(At, world.Memory, Page, LaunchPageType.Cpuid).Errno);
        world.Host.Platform.Observer = null;
        world.Host.Platform.Holds.EndChange(world.FrameOf(At));
        KvmSnp.Done(world.Finish());

        Assert.NotEqual(ExitReason.Hlt, world.Load(At).Reason);
    }

    private sealed class Holder : ISnpObserver
    {
        public void OnOperation(SnpPlatform platform, in SnpOperation operation)
        {
            if (operation.Kind == SnpOperationKind.Firmware && (SevCommand)operation.Value == SevCommand.LaunchUpdate && platform.Holds.IsEmpty)
            {
                platform.Holds.BeginChange(operation.Frames.Start);
            }
        }
    }
}
