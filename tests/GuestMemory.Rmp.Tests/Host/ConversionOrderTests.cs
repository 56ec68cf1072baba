using GuestMemory.Kvm;
using Xunit;

namespace GuestMemory.Rmp.Tests.Host;

/// <summary>Both orders of converting and freeing, of closing a VM and its file, and two VMs in one 2M block.</summary>
public sealed class ConversionOrderTests
{
    private const ulong At = KvmSnp.At;
    private const ulong Page = KvmSnp.Page;
    private const ulong Large = KvmSnp.Large;
    private const ulong Old = 0x01d;

    // linux-kvm-sev, invalidation: whichever comes first, the page is the host's at the end, and fresh when it is the guest's again.
    [Theory]
    [InlineData(false, false, false)]
    [InlineData(false, false, true)]
    [InlineData(false, true, false)]
    [InlineData(false, true, true)]
    [InlineData(true, false, false)]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    [InlineData(true, true, true)]
    public void A_page_shared_and_freed_in_either_order_comes_back_fresh(bool isLarge, bool isAccepted, bool freesFirst)
    {
        var world = NewWorld(isLarge);
        var (gpa, size) = (At + Large, isLarge ? Large : Page);
        Assert.Equal(ExitReason.GuestException, world.Load(gpa).Reason);
        if (isAccepted)
        {
            world.Accept(gpa, isLarge);
            Assert.Equal(ExitReason.Hlt, world.Store(gpa, Old).Reason);
        }

        var assigned = world.Table.PagesOf(world.Guest.Asid);
        Share(world, gpa, size, freesFirst);
        Assert.Equal(assigned - (size / Page), world.Table.PagesOf(world.Guest.Asid));
        Assert.Equal(ExitReason.Hlt, world.Store(gpa, 5, isPrivate: false).Reason);

        world.Convert(gpa, size, isPrivate: true);
        Assert.Equal(ExitReason.GuestException, world.Load(gpa).Reason);
        world.Accept(gpa, isLarge);
        Assert.NotEqual(Old, world.Load(gpa).Value);
        Assert.Equal((0UL, 0), (world.Host.Warnings, world.Host.Leaked.Length));
    }

    // A page that was converted but not freed is still the guest's: back as private, it needs no second acceptance.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_page_shared_and_not_freed_keeps_its_bytes(bool isLarge)
    {
        var world = NewWorld(isLarge);
        var (gpa, size) = (At + Large, isLarge ? Large : Page);
        world.Accept(gpa, isLarge);
        world.Store(gpa, Old);

        world.Convert(gpa, size, isPrivate: false);
        Assert.Equal((ExitReason.MemoryFault, 8UL), world.Load(gpa) is var fault ? (fault.Reason, fault.Flags) : default);
        Assert.Equal(ExitReason.Hlt, world.Store(gpa, 5, isPrivate: false).Reason);
        world.Convert(gpa, size, isPrivate: true);

        Assert.Equal(Old, world.Load(gpa).Value);
    }

    // The file keeps its VM: the guest's ASID and pages go with whichever is closed last.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_VM_and_its_file_give_everything_back_in_either_order(bool closesFileFirst)
    {
        var world = NewWorld(isLarge: true);
        world.Accept(At + Large, isLarge: true);
        var descriptors = Enumerable.Range(0, 16).Where(number => world.Kvm.VmOf(number) is not null).ToArray();
        if (closesFileFirst)
        {
            world.Kvm.Close(world.File);
            Assert.Equal(1UL, world.Table.PagesOf(new(1)));
        }

        Array.ForEach(descriptors, descriptor => world.Kvm.Close(descriptor));
        if (!closesFileFirst)
        {
            Assert.Equal(512UL + 2, world.Table.PagesOf(new(1)));
            world.Kvm.Close(world.File);
        }

        Assert.Empty(world.Host.Guests);
        Assert.Equal(0UL, world.Table.PagesOf(new(1)));
        Assert.Null(SnpHostInvariants.FindAssignedFree(world.Host, world.Machine));
    }

    // apm2, 15.36.10: a write through a 2M mapping faults while any page of the block is assigned. The mapping was there first; the neighbour came after.
    [Fact]
    public void A_large_mapping_is_gone_before_a_neighbour_in_its_block_is_another_guest_s()
    {
        var world = new KvmSnp(largestOrder: 9, size: 4 * Page, observer: new InvariantChecker(CheckScope.Everything));
        world.Launch();
        var (plain, file) = Beside(world);
        Assert.Equal(ExitReason.Hlt, world.Kvm.GuestStore(plain, At, 8, 1).Reason);
        var vm = world.Kvm.VmOf(plain)!;
        Assert.True(vm.TryTranslate(0, new Gpa(At).Frame, isWrite: true, out var large));
        Assert.Equal(PageSize.Size2M, large.Size);

        KvmSnp.Done(world.Kvm.Fallocate(file, 3, (long)Page, (long)Page));
        Fill(world.Machine, new(default, large.Frame.Value));
        world.Accept(At + Page);
        Assert.Equal(large.Frame + 1, world.FrameOf(At + Page));

        Assert.Equal(ExitReason.Hlt, world.Kvm.GuestStore(plain, At, 8, 2).Reason);
        Assert.Equal(ExitReason.Hlt, world.Kvm.GuestStore(plain, At + (2 * Page), 8, 3).Reason);
        Assert.Equal(2UL, world.Kvm.GuestLoad(plain, At, 8).Value);
        Assert.Equal(ExitReason.Hlt, world.Store(At + Page, 4).Reason);
    }

    // Pages the host warned about, the one that changed and the block's first, are still assigned when the block is given out again: the next guest gets no large mapping over it.
    [Fact]
    public void A_block_with_a_page_that_was_warned_about_is_mapped_small()
    {
        var world = new KvmSnp(new() { ReclaimFailure = ReclaimFailure.Linux }, largestOrder: 9, size: 4 * Large);
        world.Launch();
        world.Accept(At + Large, isLarge: true);
        var head = world.FrameOf(At + Large);
        world.Host.Smash(head);
        world.Host.Platform.Holds.BeginChange(head + 5);
        world.Punch(Large, Large);
        world.Host.Platform.Holds.EndChange(head + 5);
        Assert.Equal((2UL, 2), (world.Host.Warnings, world.Table.AssignedIn2M(head)));
        Fill(world.Machine, new(default, head.Value));

        var (plain, _) = Beside(world);
        Assert.Equal(ExitReason.Hlt, world.Kvm.GuestStore(plain, At + Page, 8, 1).Reason);
        Assert.True(world.Kvm.VmOf(plain)!.TryTranslate(0, new Gpa(At + Page).Frame, isWrite: true, out var translation));
        Assert.Equal((head + 1, PageSize.Size4K), (translation.Frame, translation.Size));
        Assert.Equal(ExitReason.Unknown, world.Kvm.GuestStore(plain, At + (5 * Page), 8, 1).Reason);
    }

    // One page of each in turn, in one block: what one guest shares, or keeps, does not disturb the other.
    [Fact]
    public void Two_guests_pages_in_one_block_are_written_side_by_side()
    {
        var world = new KvmSnp(size: 8 * Page, choice: Adversarial.Instance, observer: new InvariantChecker(CheckScope.Everything));
        world.Launch();
        world.Convert(At + (6 * Page), 2 * Page, isPrivate: false);
        var (plain, _) = Beside(world);
        for (var page = 1UL; page < 6; page++)
        {
            world.Accept(At + (page * Page));
            Assert.Equal(ExitReason.Hlt, world.Store(At + (page * Page), page).Reason);
            Assert.Equal(ExitReason.Hlt, world.Kvm.GuestStore(plain, At + (page * Page), 8, page + 100).Reason);
            Assert.Equal(ExitReason.Hlt, world.Store(At + (6 * Page), page, isPrivate: false).Reason);
        }

        var blocks = Enumerable.Range(1, 5).Select(page => world.FrameOf(At + ((ulong)page * Page)).AlignDown(PageSize.Size2M)).Distinct();
        Assert.Single(blocks);
        Assert.All(Enumerable.Range(1, 5), page => Assert.Equal((ulong)page, world.Load(At + ((ulong)page * Page)).Value));
        Assert.All(Enumerable.Range(1, 5), page => Assert.Equal((ulong)page + 100, world.Kvm.GuestLoad(plain, At + ((ulong)page * Page), 8).Value));
        Assert.Null(DirectMapInvariants.FindMixedBlock(world.Host.DirectMap, world.Table));
    }

    private static KvmSnp NewWorld(bool isLarge)
    {
        var world = new KvmSnp(largestOrder: isLarge ? 9 : 0, size: 4 * Large, observer: new InvariantChecker());
        world.Launch();
        return world;
    }

    private static void Share(KvmSnp world, ulong gpa, ulong size, bool freesFirst)
    {
        if (freesFirst)
        {
            world.Punch(gpa - At, size);
        }

        world.Convert(gpa, size, isPrivate: false);
        if (!freesFirst)
        {
            world.Punch(gpa - At, size);
        }
    }

    private static (int Vm, int File) Beside(KvmSnp world)
    {
        var vm = (int)KvmSnp.Done(world.Kvm.CreateVm(1));
        KvmSnp.Done(world.Kvm.CreateVcpu(vm));
        var file = (int)KvmSnp.Done(world.Kvm.CreateGuestMemfd(vm, Large, 0));
        var memory = KvmSnp.Done(world.Kvm.MapAnonymous(Large));
        KvmSnp.Done(world.Kvm.SetUserMemoryRegion2(vm, new(0, MemoryRegion.HasGuestMemfd, At, Large, memory, 0, file)));
        KvmSnp.Done(world.Kvm.SetMemoryAttributes(vm, At, Large, (ulong)MemoryAttributes.Private));
        return (vm, file);
    }

    private static void Fill(Machine machine, PfnRange window)
    {
        while (machine.Frames.TryFindFree(window, new(0, ulong.MaxValue >> 1, FramePurpose.Kernel), out var free))
        {
            machine.Frames.Reserve(free, FramePurpose.Kernel);
        }
    }
}
