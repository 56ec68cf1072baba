using Xunit;

namespace GuestMemory.Kvm.Tests.Run;

/// <summary>A translation that outlives its owner's right: what the ownership table denies ends the run and names the rule.</summary>
/// <remarks>Source: the one rule of the table, <see cref="IOwnershipTable.Check"/>. No recording has it: KVM unmaps first.</remarks>
public sealed class DeniedAccessTests
{
    [Fact]
    public void Loads_stores_and_fetches_of_a_frame_that_became_another_guests_are_denied_and_change_no_byte()
    {
        var world = new World();
        var file = world.FileSlot();
        world.Convert(World.At, World.Page);
        world.Store(World.At, 0xf4);
        var frame = new PfnRange(world.FrameOf(file, 0)!.Value, 1);
        world.Machine.Ownership.Reclaim(frame);
        world.Machine.Ownership.Prepare(new(frame, new(9), new(World.At >> 12), PageKind.Private, PageSize.Size4K));
        var before = world.Kvm.Fingerprint();

        var exits = new[] { world.Load(World.At), world.Store(World.At, 1), world.Kvm.GuestExecute(world.Vm, World.At) };

        Assert.All(exits, exit => Assert.Equal((ExitReason.Unknown, Errno.EFAULT, CoreRules.Denied), (exit.Reason, exit.Errno, exit.DecidedBy)));
        Assert.Equal(before, world.Kvm.Fingerprint());
    }
}
