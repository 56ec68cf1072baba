using Xunit;

namespace GuestMemory.Kvm.Tests.Run;

/// <summary>Pages with a hardware error.</summary>
/// <remarks>Source: kvm-recordings, FINDINGS 18 and p15.</remarks>
public sealed class PoisonTests
{
    private const HostRights ReadWrite = HostRights.Read | HostRights.Write;

    [Fact]
    public void A_broken_file_page_is_a_memory_fault_with_its_own_errno()
    {
        var (world, _, _) = BrokenFilePage();

        var exit = world.Load(World.At);

        Assert.Equal((ExitReason.MemoryFault, Errno.EHWPOISON, 0UL), (exit.Reason, exit.Errno, exit.Flags));
        Assert.Equal(CoreRules.Poisoned, exit.DecidedBy);
    }

    [Fact]
    public void Breaking_a_file_page_with_data_signals_the_process_and_says_busy()
    {
        var (world, _, address) = BrokenFilePage();

        Assert.Equal(HostFault.Poisoned, world.Kvm.Load(address, 8, out _));
        Assert.Equal(HostFault.Poisoned, world.Kvm.Store(address, 8, 1));
    }

    [Fact]
    public void Allocating_over_a_broken_page_changes_nothing()
    {
        var (world, file, _) = BrokenFilePage();
        var before = world.FrameOf(file, 0);

        World.Done(world.Kvm.Fallocate(file, 1, 0, (long)World.Page));

        Assert.Equal(before, world.FrameOf(file, 0));
        Assert.Equal(Errno.EHWPOISON, world.Load(World.At).Errno);
    }

    // The frame is never used again; the process's old mapping stays poisoned.
    [Fact]
    public void Punching_a_broken_page_out_heals_the_guest_only()
    {
        var (world, file, address) = BrokenFilePage();
        var frame = world.FrameOf(file, 0)!.Value;

        world.Punch(file, 0, World.Page);

        Assert.Equal((ExitReason.Hlt, 0UL), (world.Load(World.At).Reason, world.Load(World.At).Value));
        Assert.Equal(HostFault.Poisoned, world.Kvm.Load(address, 8, out _));
        Assert.NotEqual(frame, world.FrameOf(file, 0));
        Assert.Equal(FrameState.Poisoned, world.Machine.Frames[frame]);
    }

    [Fact]
    public void A_broken_plain_page_interrupts_the_guest_by_a_signal_until_it_is_dropped()
    {
        var world = new World();
        world.Set(world.Region);
        world.Kvm.Store(world.Memory, 8, 0xc1);

        Assert.Equal(Errno.OK, world.Kvm.Madvise(world.Memory, World.Page, MemoryAdvice.HwPoison, out var signalled).Errno);

        Assert.True(signalled);
        Assert.Equal((ExitReason.Signal, Errno.EINTR), (world.Load(World.At).Reason, world.Load(World.At).Errno));
        World.Done(world.Kvm.Madvise(world.Memory, World.Page, MemoryAdvice.DontNeed, out _));
        Assert.Equal((ExitReason.Hlt, 0UL), (world.Load(World.At).Reason, world.Load(World.At).Value));
    }

    [Fact]
    public void A_broken_shared_copy_does_not_concern_the_private_page()
    {
        var world = new World();
        world.FileSlot();
        world.Kvm.Store(world.Memory, 8, 0xc1);
        world.Convert(World.At, World.Page);
        world.Store(World.At, 0xc6);

        world.Kvm.Madvise(world.Memory, World.Page, MemoryAdvice.HwPoison, out _);

        Assert.Equal(0xc6UL, world.Load(World.At).Value);
        world.Convert(World.At, World.Page, isPrivate: false);
        Assert.Equal(ExitReason.Signal, world.Load(World.At).Reason);
    }

    // Private memory is never moved, so soft-offlining it is refused.
    [Fact]
    public void A_file_page_cannot_be_offlined_softly()
    {
        var world = new World(vmType: 0);
        var file = world.FileSlot(3);
        var address = world.Kvm.Mmap(file, 0, World.FileSize, ReadWrite, isShared: true).Value;

        var result = world.Kvm.Madvise(address, World.Page, MemoryAdvice.SoftOffline, out _);

        Assert.Equal((Errno.EBUSY, CoreRules.NotSupported), (result.Errno, result.DecidedBy));
    }

    private static (World World, int File, ulong Address) BrokenFilePage()
    {
        var world = new World(vmType: 0);
        var file = world.FileSlot(3);
        var address = world.Kvm.Mmap(file, 0, World.FileSize, ReadWrite, isShared: true).Value;
        world.Kvm.Store(address, 8, 0xc1);
        var result = world.Kvm.Madvise(address, World.Page, MemoryAdvice.HwPoison, out var signalled);
        Assert.Equal((Errno.EBUSY, true), (result.Errno, signalled));
        return (world, file, address);
    }
}
