using Xunit;

namespace GuestMemory.Kvm.Tests.Injection;

/// <summary>What failing allocations once left that they do not leave in Linux.</summary>
public sealed class FullMachineTests
{
    // linux shmem, fallocate: pages that were added and not written go again, and the file does not grow.
    [Fact]
    public void An_ordinary_file_keeps_nothing_of_an_allocation_that_failed()
    {
        var world = new World(frames: 8);
        var file = World.Done(world.Kvm.CreateMemfd(World.Page));
        World.Done(world.Kvm.Fallocate(file, 0, 0, (long)World.Page));
        var before = world.Kvm.Fingerprint();

        var refused = world.Kvm.Fallocate(file, 0, 0, 16 * (long)World.Page);

        Assert.Equal((Errno.ENOMEM, CoreRules.OutOfFrames), (refused.Errno, refused.DecidedBy));
        Assert.Equal(before, world.Kvm.Fingerprint());
    }

    // linux migrate: no page to move to is ENOMEM, a page that cannot move is EBUSY.
    [Fact]
    public void Moving_a_page_with_no_frame_to_move_it_to_is_out_of_memory()
    {
        var world = new World(frames: 2);
        World.Done(world.Kvm.CopyTo(world.Memory, 1));

        var refused = world.Kvm.Madvise(world.Memory, World.Page, MemoryAdvice.SoftOffline, out _);

        Assert.Equal((Errno.ENOMEM, CoreRules.OutOfFrames), (refused.Errno, refused.DecidedBy));
    }
}
