using Xunit;

namespace GuestMemory.Tdx.Tests.Host;

/// <summary>Memory's lines beneath the machine's accesses. Source: tdx.md, 9.1.</summary>
public sealed class TdxLineTests
{
    private const ulong At = KvmTdx.At;
    private const ulong Page = KvmTdx.Page;

    // tdx.md, 16: scenario 51: what the host wrote to a TD's line is a #MC for the TD, and the TD runs no more.
    [Fact]
    public void A_host_s_write_to_a_TD_s_line_is_the_end_of_the_TD()
    {
        var kvm = new KvmTdx().Launch();
        var access = Access(kvm, AccessKind.Write);

        Assert.True(kvm.Machine.Ownership.Check(access).IsSuccess);
        ((IFrameBytes)kvm.Machine.Ownership).Write(access, access.Frame.Address + 0x200, 8, 0xbad, ContentKey.None);

        var touched = kvm.Load(At);
        Assert.Equal((Errno.EFAULT, TdxAccessRules.Integrity), (touched.Errno, touched.DecidedBy));
        Assert.True(kvm.Td.IsFatal);
        var next = kvm.Load(At);
        Assert.Equal((ExitReason.FailEntry, 0xe000060400000000UL), (next.Reason, next.Value));
        Assert.Equal(ExitReason.FailEntry, kvm.Call(TdxGuestFunction.PageAccept, At + Page).Reason);
    }

    // linux-kvm-tdx: nothing can be unmapped from a fatal TD, and the VM is dead then; what it had mapped is leaked, everything else comes back.
    [Fact]
    public void What_cannot_be_unmapped_from_a_fatal_TD_is_leaked()
    {
        var kvm = Fatal();
        var frame = kvm.FrameOf(At);

        Assert.Equal(Errno.EIO, kvm.Kvm.SetMemoryAttributes(kvm.Vm, At, Page, 0).Errno);
        Assert.True(kvm.Guest.IsDead);

        kvm.CloseAll();
        Assert.DoesNotContain(kvm.Module.Pamt.Runs(), run => run.Entry.IsUsed);
        Assert.Equal((FrameState.Leaked, 1UL), (kvm.Machine.Frames[frame], kvm.Machine.Frames.CountOf(FrameState.Leaked)));
    }

    // TERMINATE_VM takes the key first, and then every page can be reclaimed by itself.
    [Fact]
    public void A_fatal_TD_that_is_terminated_costs_nothing()
    {
        var kvm = Fatal();

        KvmTdx.Done(kvm.Command(TdxCommand.TerminateVm));
        kvm.CloseAll();

        Assert.DoesNotContain(kvm.Module.Pamt.Runs(), run => run.Entry.IsUsed);
        Assert.Equal(0UL, kvm.Machine.Frames.CountOf(FrameState.Leaked));
    }

    // tdx.md, 16: scenario 52: the host reads zeroes, and the TD's bytes are as they were.
    [Fact]
    public void A_host_reads_zeroes_where_a_TD_wrote()
    {
        var kvm = new KvmTdx().Launch();
        var access = Access(kvm, AccessKind.Read);

        Assert.True(kvm.Machine.Ownership.Check(access).IsSuccess);
        Assert.Equal(0UL, ((IFrameBytes)kvm.Machine.Ownership).Read(access, access.Frame.Address, 8, ContentKey.None));
        Assert.Equal(0x1234UL, kvm.Load(At).Value);
    }

    [Fact]
    public void A_broken_line_is_a_machine_check_for_the_host_too()
    {
        var kvm = new KvmTdx().Launch();
        var access = Access(kvm, AccessKind.Read);
        kvm.Module.HostWrite(access.Frame.Address, 8, 1);

        var refused = kvm.Machine.Ownership.Check(access);

        Assert.Equal((Lane.Fault, (ulong)TdxAccessFault.MachineCheck, TdxAccessRules.HostIntegrity), (refused.Lane, refused.Code, refused.DecidedBy));
    }

    // Without the rules the accesses go through.
    [Fact]
    public void Without_the_rules_broken_bytes_are_read()
    {
        var rules = RuleSwitches.AllOn.Without(TdxAccessRules.Integrity.Id).Without(TdxAccessRules.HostIntegrity.Id);
        var kvm = new KvmTdx(rules: rules).Launch();
        kvm.Module.HostWrite(kvm.FrameOf(At).Address, 8, 1);

        Assert.Equal(ExitReason.Hlt, kvm.Load(At).Reason);
        Assert.True(kvm.Machine.Ownership.Check(Access(kvm, AccessKind.Read)).IsSuccess);
    }

    // tdx.md, 9: an export blocks writes.
    [Fact]
    public void A_page_blocked_for_writing_is_read_and_not_written()
    {
        foreach (var (rules, isStopped) in new[] { (RuleSwitches.AllOn, true), (RuleSwitches.AllOn.Without(TdxAccessRules.WriteBlocked.Id), false) })
        {
            var kvm = new KvmTdx(rules: rules).Launch();
            var place = kvm.Td.Sept!.Walk(new(At >> 12), SeptLevel.Pt);
            place.Page[place.Index] = place.Entry.With(SeptEntryState.BlockedWrite, SeptEntry.ReadExecute);

            Assert.Equal(0x1234UL, kvm.Load(At).Value);
            var written = kvm.Store(At, 1);
            Assert.Equal(isStopped, written.DecidedBy == TdxAccessRules.WriteBlocked);
            Assert.Equal(isStopped ? ExitReason.Unknown : ExitReason.Hlt, written.Reason);
        }
    }

    [Fact]
    public void A_pending_page_is_only_reached_without_the_rule()
    {
        var kvm = new KvmTdx(rules: RuleSwitches.AllOn.Without(TdxAccessRules.Pending.Id).Without(TdxAccessRules.Integrity.Id), observer: new CompositeObserver()).Launch();

        Assert.Equal(ExitReason.Hlt, kvm.Load(At + Page).Reason);
    }

    // The host's own memory and shared pages are ordinary, whatever a TD did there before.
    [Fact]
    public void What_a_TD_gave_back_is_ordinary_memory()
    {
        var kvm = new KvmTdx().Launch();
        var frame = kvm.FrameOf(At);
        kvm.Store(At, 0x5ec3e7);

        KvmTdx.Done(kvm.Punch(0, Page));

        Assert.Equal(default, kvm.Module.Memory.LineAt(frame.Address));
        Assert.Equal(0UL, kvm.Machine.Contents.Read(frame.Address, 8));
    }

    private static KvmTdx Fatal()
    {
        var kvm = new KvmTdx(observer: new CompositeObserver()).Launch();
        kvm.Module.HostWrite(kvm.FrameOf(At).Address, 8, 1);
        kvm.Load(At);
        Assert.True(kvm.Td.IsFatal);
        return kvm;
    }

    private static FrameAccess Access(KvmTdx kvm, AccessKind kind) => new(FrameOwner.Host, kind, kvm.FrameOf(At), PageSize.Size4K, Encrypted: false);
}
