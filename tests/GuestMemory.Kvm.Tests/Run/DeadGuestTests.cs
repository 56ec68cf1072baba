using Xunit;

namespace GuestMemory.Kvm.Tests.Run;

/// <summary>A guest whose memory could not be unmapped is dead: nothing is done for it any more, and its frames are never used again.</summary>
/// <remarks>Source: kvm-api, KVM_EXIT_MEMORY_FAULT; guest-memfd, fault. Not recorded.</remarks>
public sealed class DeadGuestTests
{
    [Fact]
    public void A_conversion_that_cannot_unmap_kills_the_guest_and_stores_nothing()
    {
        var (world, _) = Dying();

        var result = world.Kvm.SetMemoryAttributes(world.Vm, World.At, World.Page, 0);

        Assert.Equal(new KvmResult(Errno.EIO, CoreRules.GuestDead), result);
        Assert.True(world.Guest.IsDead);
        Assert.Equal(PageKind.Private, world.Guest.Attributes.KindOf(new(World.At >> 12)));
    }

    [Theory]
    [InlineData(GuestAccessPath.Translations)]
    [InlineData(GuestAccessPath.UserspaceAddress)]
    public void Every_later_call_of_a_dead_guest_fails_with_EIO_and_changes_nothing(GuestAccessPath path)
    {
        var (world, _) = Dying(host: new() { GuestAccessPath = path });
        world.Kvm.SetMemoryAttributes(world.Vm, World.At, World.Page, 0);
        var before = world.Kvm.Fingerprint();

        var exits = new[] { world.Load(World.At), world.Store(World.At, 1), world.Kvm.GuestExecute(world.Vm, World.At), world.Kvm.GuestMapGpaRange(world.Vm, World.At, 1, 16, out _), world.Kvm.CompleteHypercall(world.Vm, 0) };
        var (address, size) = (World.At, World.Page);
        var results = new[]
        {
            world.Kvm.PreFaultMemory(world.Vm, ref address, ref size, 0, out _),
            world.Kvm.SetMemoryAttributes(world.Vm, World.At, World.Page, 0),
            world.Kvm.SetUserMemoryRegion2(world.Vm, new(1, 0, 0, 0, 0)),
            world.Kvm.CreateGuestMemfd(world.Vm, World.Page, 0),
            world.Kvm.CreateVcpu(world.Vm),
            world.Kvm.GetDirtyLog(world.Vm, 1, []),
            world.Kvm.EnableCapability(world.Vm, 201, 0),
            world.Kvm.CheckExtension(world.Vm, 201),
            world.Kvm.MemoryEncryptOp(world.Vm, 0, []),
        };

        Assert.All(exits, exit => Assert.Equal((ExitReason.Unknown, Errno.EIO), (exit.Reason, exit.Errno)));
        Assert.All(results, result => Assert.Equal(new KvmResult(Errno.EIO, CoreRules.GuestDead), result));
        Assert.Equal(before, world.Kvm.Fingerprint());
    }

    // A frame that may still be in use is worse than one lost: it is leaked, never given out again.
    [Theory]
    [InlineData(Enforcement.Enforce)]
    [InlineData(Enforcement.Observe)]
    public void A_punch_that_cannot_unmap_leaks_the_frame(Enforcement enforcement)
    {
        var (world, file) = Dying(enforcement);
        var frame = world.FrameOf(file, 0)!.Value;

        world.Kvm.Fallocate(file, 3, 0, (long)World.Page);

        Assert.True(world.Guest.IsDead);
        Assert.Null(world.FrameOf(file, 0));
        Assert.Equal(FrameState.Leaked, world.Machine.Frames[frame]);
    }

    private static (World World, int File) Dying(Enforcement enforcement = Enforcement.Enforce, HostConfiguration? host = null)
    {
        var technology = new FailingVm();
        var world = new World(FailingVm.Type, technology: technology, enforcement: enforcement, host: host);
        var file = world.FileSlot();
        world.Convert(World.At, World.Page);
        world.Store(World.At, 1);
        technology.Fails = true;
        return (world, file);
    }
}
