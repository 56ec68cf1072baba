using Xunit;

namespace GuestMemory.Tdx.Tests.Host;

public sealed class UnacceptedPageTests
{
    private const ulong At = KvmTdx.At + KvmTdx.Page;

    // tdx.md, 12: a touch of a page never accepted is no fault to be repaired: KVM marks the VM dead, every later call answers EIO.
    [Fact]
    public void Touching_a_page_that_was_never_accepted_is_the_end_of_the_VM()
    {
        var kvm = new KvmTdx().Launch();

        var touched = kvm.Load(At);

        Assert.Equal((ExitReason.Unknown, Errno.EIO), (touched.Reason, touched.Errno));
        Assert.Equal(Errno.EIO, kvm.Load(KvmTdx.At).Errno);
        Assert.Equal(Errno.EIO, kvm.Kvm.SetMemoryAttributes(kvm.Vm, KvmTdx.At, KvmTdx.Page, 0).Errno);
        Assert.Equal(Errno.EIO, kvm.Command(TdxCommand.FinalizeVm).Errno);
    }

    // tdx.md, 9: with SEPT_VE_DISABLE clear the guest gets a #VE and can accept.
    [Fact]
    public void A_guest_that_takes_VE_is_told_and_accepts()
    {
        var kvm = new KvmTdx(attributes: 0).Launch();

        var touched = kvm.Load(At);
        Assert.Equal((ExitReason.GuestException, At), (touched.Reason, touched.Gpa.Value));
        Assert.Equal("TDX/access-pending", touched.DecidedBy!.Id);

        kvm.Accept(At);
        Assert.Equal((ExitReason.Hlt, 0UL), (kvm.Load(At).Reason, kvm.Load(At).Value));
    }

    // tdx.md, 16: scenario 24: a host that swaps pages shows, because the new one is not accepted.
    [Fact]
    public void A_page_punched_and_given_again_must_be_accepted_again()
    {
        var kvm = new KvmTdx(attributes: 0).Launch();
        kvm.Accept(At);
        kvm.Store(At, 0x5ec3e7);

        KvmTdx.Done(kvm.Punch(KvmTdx.Page, KvmTdx.Page));
        Assert.Equal(ExitReason.GuestException, kvm.Load(At).Reason);
        kvm.Accept(At);
        Assert.Equal(0UL, kvm.Load(At).Value);
    }

    // A guest accepts at 2M first; the host gives 4K, and the guest is told the size does not match (tdx.md, 8.1).
    [Fact]
    public void Accepting_2M_of_a_host_that_gives_4K_is_a_size_mismatch()
    {
        var kvm = new KvmTdx(largestOrder: 9).Launch();

        var exit = kvm.Call(TdxGuestFunction.PageAccept, (KvmTdx.At + KvmTdx.Large) | 1);

        Assert.Equal((ExitReason.Hlt, 0xc0000b0b00000001UL), (exit.Reason, exit.Value));
        kvm.Accept(KvmTdx.At + KvmTdx.Large);
    }

    [Fact]
    public void Accepting_2M_of_a_host_that_gives_2M_takes_it_whole()
    {
        var kvm = new KvmTdx(new() { Hypothetical = new() { MapsLargePages = true } }, largestOrder: 9, size: 4 * KvmTdx.Large).Launch();
        var at = KvmTdx.At + KvmTdx.Large;

        kvm.Accept(at, SeptLevel.Pd);
        kvm.Store(at + 0x5000, 0x77);
        kvm.Convert(at + 0x3000, KvmTdx.Page, isPrivate: false);

        Assert.Equal(SeptEntryState.Free, kvm.Entry(at + 0x3000).State);
        Assert.Equal(SeptEntryState.Mapped, kvm.Entry(at + 0x5000).State);
        Assert.Equal(0x77UL, kvm.Load(at + 0x5000).Value);
    }
}
