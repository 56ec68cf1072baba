using Xunit;

namespace GuestMemory.Tdx.Tests.Host;

public sealed class MapGpaTests
{
    private const ulong At = KvmTdx.At;
    private const ulong Shared = 1UL << 47;

    // tdx.md, 12: MapGPA reaches the VMM as MAP_GPA_RANGE, 2M at a time.
    [Fact]
    public void A_range_is_asked_about_in_pieces_of_2M()
    {
        var kvm = new KvmTdx(size: 8 * KvmTdx.Large).Launch();

        var first = kvm.Call(TdxGuestFunction.MapGpa, At | Shared, (2 * KvmTdx.Large) + KvmTdx.Page);
        Assert.Equal((ExitReason.Hypercall, At, 512UL, 0UL), (first.Reason, first.Gpa.Value, first.Size, first.Flags));
        var second = kvm.Kvm.CompleteHypercall(kvm.Vm, 0);
        Assert.Equal((At + KvmTdx.Large, 512UL), (second.Gpa.Value, second.Size));
        var third = kvm.Kvm.CompleteHypercall(kvm.Vm, 0);
        Assert.Equal((At + (2 * KvmTdx.Large), 1UL), (third.Gpa.Value, third.Size));

        var done = kvm.Kvm.CompleteHypercall(kvm.Vm, 0);
        Assert.Equal((ExitReason.Hlt, (ulong)VmcallStatus.Success), (done.Reason, done.Value));
        Assert.Null(kvm.Hosted.MapGpa);
    }

    [Fact]
    public void A_guest_with_an_interrupt_to_take_goes_on_by_itself()
    {
        var kvm = new KvmTdx(size: 8 * KvmTdx.Large).Launch();
        kvm.Call(TdxGuestFunction.MapGpa, At | Shared, 2 * KvmTdx.Large);
        kvm.Module.Interrupts.Arm(0);

        var retry = kvm.Kvm.CompleteHypercall(kvm.Vm, 0);

        Assert.Equal((ExitReason.Hlt, (ulong)VmcallStatus.Retry, (At + KvmTdx.Large) | Shared), (retry.Reason, retry.Value, retry.Gpa.Value));
    }

    [Fact]
    public void A_VMM_that_refuses_is_an_invalid_operand_where_it_stopped()
    {
        var kvm = new KvmTdx().Launch();
        kvm.Call(TdxGuestFunction.MapGpa, At, KvmTdx.Page);

        var refused = kvm.Kvm.CompleteHypercall(kvm.Vm, 22);

        Assert.Equal(((ulong)VmcallStatus.InvalidOperand, At), (refused.Value, refused.Gpa.Value));
    }

    [Fact]
    public void To_private_says_so()
    {
        var kvm = new KvmTdx().Launch();

        Assert.Equal(16UL, kvm.Call(TdxGuestFunction.MapGpa, At, KvmTdx.Page).Flags);
    }

    // Linux, tdx_map_gpa: range before alignment.
    [Theory]
    [InlineData(At, 0UL, VmcallStatus.InvalidOperand)]
    [InlineData(At + 0x800, 0x1000UL, VmcallStatus.AlignError)]
    [InlineData(At, 0x1800UL, VmcallStatus.AlignError)]
    [InlineData(0x7fff_ffff_f000UL, 0x2000UL, VmcallStatus.InvalidOperand)]
    [InlineData(1UL << 48, 0x1000UL, VmcallStatus.InvalidOperand)]
    [InlineData(0xffff_ffff_ffff_f000UL, 0x2000UL, VmcallStatus.InvalidOperand)]
    public void Ranges_that_cannot_be_are_refused(ulong gpa, ulong size, VmcallStatus expected)
    {
        var exit = new KvmTdx().Launch().Call(TdxGuestFunction.MapGpa, gpa, size);

        Assert.Equal((ExitReason.Hlt, (ulong)expected), (exit.Reason, exit.Value));
    }

    [Fact]
    public void A_VMM_that_did_not_ask_for_such_exits_is_told_as_unsupported()
    {
        var kvm = new KvmTdx().Launch();
        KvmTdx.Done(kvm.Kvm.EnableCapability(kvm.Vm, 201, 0));

        Assert.Equal((ulong)VmcallStatus.Unsupported, kvm.Call(TdxGuestFunction.MapGpa, At, KvmTdx.Page).Value);
    }
}
