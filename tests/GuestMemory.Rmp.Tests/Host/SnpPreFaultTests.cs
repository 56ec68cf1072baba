using Xunit;

namespace GuestMemory.Rmp.Tests.Host;

/// <summary>KVM_PRE_FAULT_MEMORY on a VM with SEV-SNP.</summary>
public sealed class SnpPreFaultTests
{
    private const ulong At = KvmSnp.At;
    private const ulong Page = KvmSnp.Page;

    // linux-kvm-sev, launch finish: before it a VM has no pages brought in. They would have an ASID that is not activated, and keep it from being.
    [Fact]
    public void Pages_are_not_brought_in_before_the_launch_is_finished()
    {
        var world = new KvmSnp();
        var (at, left) = (At, Page);
        Assert.Equal(Errno.EOPNOTSUPP, world.Kvm.PreFaultMemory(world.Vm, ref at, ref left, 0, out _).Errno);
        Assert.Equal((0UL, At, Page), (world.Table.PagesOf(world.Guest.Asid), at, left));

        world.Launch();
        KvmSnp.Done(world.Kvm.PreFaultMemory(world.Vm, ref at, ref left, 0, out _));
        Assert.Equal(0UL, left);
    }
}
