using Xunit;

namespace GuestMemory.Kvm.Tests.Run;

/// <summary>KVM_HC_MAP_GPA_RANGE: the exit that VMMs convert on.</summary>
/// <remarks>Source: kvm-api, KVM_CAP_EXIT_HYPERCALL. Not recorded.</remarks>
public sealed class HypercallTests
{
    private const int ExitHypercall = 201;
    private const ulong MapGpaRange = 1UL << 12;
    private const ulong Private = 16;

    [Fact]
    public void An_enabled_hypercall_leaves_to_the_VMM_with_what_the_guest_asked()
    {
        var world = Enabled();

        var exit = world.Kvm.GuestMapGpaRange(world.Vm, World.At, 3, Private, out var answer);

        Assert.Equal((ExitReason.Hypercall, Errno.OK), (exit.Reason, exit.Errno));
        Assert.Equal((new Gpa(World.At), 3UL, Private), (exit.Gpa, exit.Size, exit.Flags));
        Assert.Equal(0, answer);
    }

    // The VMM's answer is what the guest reads; nothing but that wait is state.
    [Theory]
    [InlineData(0)]
    [InlineData(22)]
    public void The_guest_waits_for_the_VMMs_answer_and_reads_it(ulong answer)
    {
        var world = Enabled();
        var before = world.Kvm.Fingerprint();
        world.Kvm.GuestMapGpaRange(world.Vm, World.At, 3, Private, out _);
        Assert.NotEqual(before, world.Kvm.Fingerprint());

        var exit = world.Kvm.CompleteHypercall(world.Vm, answer);

        Assert.Equal((ExitReason.Hlt, answer), (exit.Reason, exit.Value));
        Assert.Equal(before, world.Kvm.Fingerprint());
    }

    [Fact]
    public void An_answer_nobody_waits_for_is_the_callers_mistake()
    {
        var world = Enabled();

        Assert.Throws<InvalidOperationException>(() => world.Kvm.CompleteHypercall(world.Vm, 0));
    }

    // KVM answers -KVM_ENOSYS (1000) itself.
    [Fact]
    public void A_hypercall_that_is_not_enabled_is_unknown_to_the_guest()
    {
        var world = new World();

        var exit = world.Kvm.GuestMapGpaRange(world.Vm, World.At, 3, Private, out var answer);

        Assert.Equal((ExitReason.Hlt, -1000L), (exit.Reason, answer));
    }

    [Theory]
    [InlineData(World.At + 1, 1)]
    [InlineData(World.At, 0)]
    [InlineData(ulong.MaxValue - 0xfff, ulong.MaxValue)]
    [InlineData(World.At, ulong.MaxValue)]
    public void A_malformed_range_is_invalid_to_the_guest_and_never_leaves(ulong gpa, ulong pages)
    {
        var world = Enabled();
        var before = world.Kvm.Fingerprint();

        var exit = world.Kvm.GuestMapGpaRange(world.Vm, gpa, pages, Private, out var answer);

        Assert.Equal((ExitReason.Hlt, -(long)Errno.EINVAL), (exit.Reason, answer));
        Assert.Equal(before, world.Kvm.Fingerprint());
    }

    [Theory]
    [InlineData(ExitHypercall, 1)]
    [InlineData(ExitHypercall, MapGpaRange | 1)]
    [InlineData(ExitHypercall + 1, MapGpaRange)]
    public void Only_the_known_hypercall_can_be_enabled(int capability, ulong argument)
    {
        var world = new World();

        var result = world.Kvm.EnableCapability(world.Vm, capability, argument);

        Assert.Equal((Errno.EINVAL, "KVM_ENABLE_CAP/unknown"), (result.Errno, result.DecidedBy!.Id));
        world.Kvm.GuestMapGpaRange(world.Vm, World.At, 1, Private, out var answer);
        Assert.Equal(-1000, answer);
    }

    [Fact]
    public void Enabling_no_hypercall_disables_it_again()
    {
        var world = Enabled();

        World.Done(world.Kvm.EnableCapability(world.Vm, ExitHypercall, 0));

        world.Kvm.GuestMapGpaRange(world.Vm, World.At, 1, Private, out var answer);
        Assert.Equal(-1000, answer);
        Assert.Equal(MapGpaRange, world.Kvm.CheckExtension(world.Vm, ExitHypercall).Value);
    }

    private static World Enabled()
    {
        var world = new World();
        World.Done(world.Kvm.EnableCapability(world.Vm, ExitHypercall, MapGpaRange));
        return world;
    }
}
