using System.Buffers.Binary;
using GuestMemory.Kvm;
using Xunit;

namespace GuestMemory.Rmp.Tests.Host;

/// <summary>An SNP guest's life through the calls of a VMM and its vCPU, and nothing else.</summary>
public sealed class KvmSnpTests
{
    private const ulong At = KvmSnp.At;
    private const ulong Page = KvmSnp.Page;

    // systems, 1.4; linux-kvm-sev: create, guest_memfd, slot, attributes, launch, run, convert, close.
    [Fact]
    public void A_guest_is_created_launched_run_converted_and_closed_through_the_kernel_s_calls_alone()
    {
        var world = new KvmSnp();
        world.Launch(word: 0x600d);
        Assert.Equal(RmpPageState.GuestValid, world.Table.StateOf(world.FrameOf(At)));
        Assert.Equal((ExitReason.Hlt, 0x600dUL), (world.Load(At).Reason, world.Load(At).Value));

        // A page that was not part of the launch: #VC until the guest accepts it.
        var refused = world.Load(At + Page);
        Assert.Equal((ExitReason.GuestException, (ulong)RmpFaultKind.VmmCommunication, 0x404UL), (refused.Reason, refused.Value, refused.Flags));
        world.Accept(At + Page);
        Assert.Equal(ExitReason.Hlt, world.Store(At + Page, 77).Reason);
        Assert.Equal(77UL, world.Load(At + Page).Value);

        // The guest shares it: an access with C-bit 0 leaves to the VMM, which converts.
        Assert.Equal((0UL, 0UL), (world.Validate(At + Page, validate: false).Eax, world.Validate(At + Page, validate: false).Carry ^ 1));
        var fault = world.Store(At + Page, 5, isPrivate: false);
        Assert.Equal((ExitReason.MemoryFault, Errno.EFAULT, At + Page, Page, 0UL), (fault.Reason, fault.Errno, fault.Gpa.Value, fault.Size, fault.Flags));
        world.Convert(At + Page, Page, isPrivate: false);
        world.Punch(Page, Page);
        Assert.Equal(ExitReason.Hlt, world.Store(At + Page, 5, isPrivate: false).Reason);
        Assert.Equal(HostFault.None, world.Kvm.Load(world.Memory + Page, 8, out var seen));
        Assert.Equal(5UL, seen);
        Assert.Equal(0UL, world.Table.PagesOf(world.Guest.Asid) - 2);

        world.Kvm.Close(world.File);
        world.Kvm.SetUserMemoryRegion2(world.Vm, new(0, 0, 0, 0, 0));
        CloseAll(world);
        Assert.Empty(world.Host.Guests);
        Assert.Equal(0UL, world.Table.PagesOf(new(1)));
        Assert.Empty(world.Host.Leaked.ToArray());
        Assert.Equal(0UL, world.Host.Warnings);
        Assert.Equal([.. world.Table.Coverage.OwnPages], world.Table.Runs().Select(run => run.Frames).Aggregate(new List<PfnRange>(), Joined));
    }

    // sev-snp scenarios 7 to 9 through the whole host, on a store of 2M pages.
    [Fact]
    public void Sharing_one_page_of_a_large_private_page_smashes_it_and_zaps_the_mapping()
    {
        var world = new KvmSnp(largestOrder: 9, size: 4 * KvmSnp.Large);
        world.Launch();
        var large = At + KvmSnp.Large;
        Assert.Equal(ExitReason.GuestException, world.Load(large).Reason);
        world.Accept(large, isLarge: true);
        Assert.True(world.Table.IsInLargePage(world.FrameOf(large)));
        Assert.Equal(ExitReason.Hlt, world.Store(large + (7 * Page), 7).Reason);

        // PVALIDATE of 4K in a 2M entry: #NPF with SIZEM, PSMASH, zap, again.
        Assert.Equal((ExitReason.Hlt, 0UL, 0UL), (world.Validate(large + Page, validate: false) is var (exit, eax, carry) ? exit.Reason : default, eax, carry));
        Assert.Equal((1UL, false), (world.Host.RepairedFaults, world.Table.IsInLargePage(world.FrameOf(large))));
        world.Convert(large + Page, Page, isPrivate: false);
        world.Punch(KvmSnp.Large + Page, Page);
        Assert.Equal(ExitReason.Hlt, world.Store(large + Page, 1, isPrivate: false).Reason);
        Assert.Equal(7UL, world.Load(large + (7 * Page)).Value);
        Assert.Equal(511UL + 2, world.Table.PagesOf(world.Guest.Asid));
    }

    // sev-snp 6.1: a partial release smashes first; the rest keeps its state and its bytes.
    [Fact]
    public void Freeing_a_part_of_a_large_page_smashes_it_and_shares_the_part()
    {
        var world = new KvmSnp(largestOrder: 9, size: 4 * KvmSnp.Large);
        world.Launch();
        var large = At + KvmSnp.Large;
        world.Accept(large, isLarge: true);
        world.Store(large, 3);
        var frame = world.FrameOf(large);

        world.Convert(large + (256 * Page), 256 * Page, isPrivate: false);
        world.Punch(KvmSnp.Large + (256 * Page), 256 * Page);

        Assert.Equal(RmpPageState.GuestValid, world.Table.StateOf(frame));
        Assert.Equal(RmpPageState.Hypervisor, world.Table.StateOf(frame + 256));
        Assert.Equal(256, world.Table.AssignedIn2M(frame));
        Assert.Equal(3UL, world.Load(large).Value);
    }

    // ghcb 4.1.6; linux-kvm-sev: one HYPERCALL exit per run of like entries, then the guest goes on.
    [Fact]
    public void A_page_state_change_leaves_once_per_run_of_like_entries()
    {
        var world = new KvmSnp();
        world.Launch();
        var buffer = At + world.Size - Page;
        world.Convert(buffer, Page, isPrivate: false);
        WriteBuffer(world, buffer, (At + (2 * Page), true), (At + (3 * Page), true), (At + (8 * Page), false));
        world.Convert(At + (2 * Page), 2 * Page, isPrivate: false);

        ulong[] registers = [buffer, 32, 0];
        var first = world.Kvm.GuestCall(world.Vm, (uint)SnpGuestFunction.PageStateChange, registers);
        Assert.Equal((ExitReason.Hypercall, At + (2 * Page), 2UL, 16UL), (first.Reason, first.Gpa.Value, first.Size, first.Flags));
        world.Convert(first.Gpa.Value, first.Size * Page, isPrivate: true);
        var state = world.Kvm.WriteState().ToArray();
        var second = world.Kvm.CompleteHypercall(world.Vm, 0);
        Assert.Equal((ExitReason.Hypercall, At + (8 * Page), 1UL, 0UL), (second.Reason, second.Gpa.Value, second.Size, second.Flags));

        // A machine restored between the two exits goes on the same.
        world.Kvm.ReadState(state);
        Assert.Equal(state, world.Kvm.WriteState().ToArray());
        Assert.Equal(second.Gpa, world.Kvm.CompleteHypercall(world.Vm, 0).Gpa);
        world.Convert(At + (8 * Page), Page, isPrivate: false);
        Assert.Equal((ExitReason.Hlt, 0UL), (world.Kvm.CompleteHypercall(world.Vm, 0) is var end ? end.Reason : default, end.Value));
        Assert.Equal(3UL, world.Load(buffer, isPrivate: false).Value & 0xffff);
    }

    [Fact]
    public void A_page_state_change_the_VMM_refuses_or_does_not_take_fails_for_the_guest()
    {
        var world = new KvmSnp();
        world.Launch();
        var buffer = At + world.Size - Page;
        world.Convert(buffer, Page, isPrivate: false);
        WriteBuffer(world, buffer, (At + (8 * Page), false));
        ulong[] registers = [buffer, 16, 0];

        Assert.Equal(ExitReason.Hypercall, world.Kvm.GuestCall(world.Vm, (uint)SnpGuestFunction.PageStateChange, registers).Reason);
        Assert.Equal(PscResult.Failed, world.Kvm.CompleteHypercall(world.Vm, 1).Value);
        world.Kvm.EnableCapability(world.Vm, 201, 0);
        var told = world.Kvm.GuestCall(world.Vm, (uint)SnpGuestFunction.PageStateChange, registers);
        Assert.Equal((ExitReason.Hlt, PscResult.Failed), (told.Reason, told.Value));
    }

    // The bug zoo: a count the guest's buffer does not hold is refused, whatever the protocol's own limit.
    [Fact]
    public void A_page_state_change_with_more_entries_than_its_buffer_is_refused()
    {
        var world = new KvmSnp();
        world.Launch();
        var buffer = At + world.Size - Page;
        world.Convert(buffer, Page, isPrivate: false);
        WriteBuffer(world, buffer, (At + (8 * Page), false), (At + (9 * Page), false));

        ulong[] registers = [buffer, 16, 0];
        var told = world.Kvm.GuestCall(world.Vm, (uint)SnpGuestFunction.PageStateChange, registers);

        Assert.Equal((ExitReason.Hlt, PscResult.BadHeader), (told.Reason, told.Value));
    }

    // apm2, 15.36.12: without a save area the processor does not enter.
    [Fact]
    public void A_guest_that_is_not_launched_does_not_run()
    {
        var world = new KvmSnp();
        Assert.Equal(ExitReason.FailEntry, world.Load(At).Reason);
        KvmSnp.Done(world.Start());
        Assert.Equal(ExitReason.FailEntry, world.Load(At).Reason);
    }

    // linux-kvm-sev: a reclaim that fails when a file frees guest memory only warns; the frame returns still assigned.
    [Theory]
    [InlineData(ReclaimFailure.Linux, FrameState.Free, 1UL)]
    [InlineData(ReclaimFailure.Leak, FrameState.Leaked, 0UL)]
    public void A_page_that_cannot_be_taken_back_is_warned_about_or_leaked(ReclaimFailure choice, FrameState expected, ulong warnings)
    {
        var world = new KvmSnp(new() { ReclaimFailure = choice });
        world.Launch();
        world.Accept(At + Page);
        var frame = world.FrameOf(At + Page);
        world.Host.Platform.Holds.BeginChange(frame);

        world.Punch(Page, Page);

        Assert.Equal((expected, warnings), (world.Machine.Frames[frame], world.Host.Warnings));
        Assert.True(world.Table.Resolve(frame).Assigned);
        Assert.Equal(choice == ReclaimFailure.Linux, SnpHostInvariants.FindAssignedFree(world.Host, world.Machine) == frame);
    }

    // sev-snp scenario 54: a launch page the firmware refused and the table will not give back is leaked under either choice.
    [Fact]
    public void A_launch_page_that_cannot_be_taken_back_is_leaked_whatever_the_choice()
    {
        var world = new KvmSnp();
        KvmSnp.Done(world.Start());
        KvmSnp.Done(world.Kvm.CopyTo(world.Memory, 65));
        var observer = new HoldingObserver(world.Host);
        world.Host.Platform.Observer = observer;

        Assert.Equal(Errno.EIO, world.Update(At, world.Memory, Page, LaunchPageType.Cpuid).Errno);

        var frame = world.FrameOf(At);
        Assert.True(world.Host.IsLeaked(frame));
        world.Host.Platform.Observer = null;
        world.Host.Platform.Holds.EndChange(frame);
        world.Punch(0, Page);
        Assert.Equal(FrameState.Leaked, world.Machine.Frames[frame]);
    }

    // sev-snp 6.5: pages for save areas keep off the boundaries of 2M blocks.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_save_area_begins_a_2M_block_only_where_the_host_does_not_avoid_it(bool avoids)
    {
        var world = new KvmSnp(new() { AvoidsLargeBoundaries = avoids }, choice: OnlyAligned.Instance);
        Assert.True(world.Host.TryTakePage(out var page));
        Assert.Equal(!avoids, page.IsAligned(PageSize.Size2M));
    }

    // systems, 1.4: from a buffer pool, the firmware's pages never share a 2M block with anything else.
    [Fact]
    public void The_firmware_s_pages_come_from_the_buffer_pool_where_there_is_one()
    {
        var window = new PfnRange(new(0x1_0000), 512);
        var world = new KvmSnp(choice: new BufferPool(window, FramePurpose.Firmware));
        world.Launch();

        Assert.True(window.Contains(world.Guest.Context!.Value));
        Assert.True(window.Contains(world.Guest.Vmsa!.Value));
        Assert.False(window.Contains(world.FrameOf(At)));
    }

    // snp-abi 8.10 and 8.12: an ASID comes back after DECOMMISSION, WBINVD and DF_FLUSH, and with another key.
    [Fact]
    public void The_next_guest_of_an_ASID_reads_nothing_of_the_last_one()
    {
        var world = new KvmSnp(new() { Asids = 1 });
        world.Launch(word: 0x5ec2e7);
        var asid = world.Guest.Asid;
        var second = (int)KvmSnp.Done(world.Kvm.CreateVm(4));
        Assert.Equal(Errno.EBUSY, world.Kvm.MemoryEncryptOp(second, (uint)SnpCommand.Init2, new byte[64]).Errno);
        var key = world.Host.Platform.Keys[asid];

        world.Kvm.Close(world.File);
        world.Kvm.SetUserMemoryRegion2(world.Vm, new(0, 0, 0, 0, 0));
        CloseAll(world);
        KvmSnp.Done(world.Kvm.MemoryEncryptOp(second, (uint)SnpCommand.Init2, new byte[64]));
        var start = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(start, KvmSnp.Policy);
        KvmSnp.Done(world.Kvm.MemoryEncryptOp(second, (uint)SnpCommand.LaunchStart, start));

        Assert.NotEqual(key, world.Host.Platform.Keys[asid]);
    }

    // A guest without SNP runs beside: its writes into an SNP guest's page are stopped, its own are not.
    [Fact]
    public void A_software_protected_guest_runs_beside_an_SNP_guest()
    {
        var world = new KvmSnp();
        world.Launch();
        var plain = (int)KvmSnp.Done(world.Kvm.CreateVm(1));
        world.Kvm.CreateVcpu(plain);
        var file = (int)KvmSnp.Done(world.Kvm.CreateGuestMemfd(plain, 4 * Page, 0));
        KvmSnp.Done(world.Kvm.SetUserMemoryRegion2(plain, new(0, MemoryRegion.HasGuestMemfd, At, 4 * Page, world.Memory, 0, file)));
        KvmSnp.Done(world.Kvm.SetMemoryAttributes(plain, At, 4 * Page, (ulong)MemoryAttributes.Private));

        Assert.Equal(ExitReason.Hlt, world.Kvm.GuestStore(plain, At, 8, 9).Reason);
        Assert.Equal(9UL, world.Kvm.GuestLoad(plain, At, 8).Value);
        Assert.Equal(0x1234UL, world.Load(At).Value);
        var denied = world.Machine.Ownership.Check(new(FrameOwner.Of(world.Kvm.VmOf(plain)!.Id), AccessKind.Write, world.FrameOf(At), PageSize.Size4K, false, new(0)));
        Assert.Equal((ulong)RmpFaultKind.NestedPageFault, denied.Code);
    }

    [Fact]
    public void The_whole_state_is_written_and_read_back()
    {
        var world = new KvmSnp(largestOrder: 9, size: 4 * KvmSnp.Large);
        world.Launch();
        world.Accept(At + KvmSnp.Large, isLarge: true);
        var written = world.Kvm.WriteState().ToArray();
        world.Validate(At + KvmSnp.Large + Page, validate: false);
        Assert.NotEqual(written, world.Kvm.WriteState().ToArray());

        world.Kvm.ReadState(written);

        Assert.Equal(written, world.Kvm.WriteState().ToArray());
        Assert.Equal(ExitReason.Hlt, world.Store(At + KvmSnp.Large, 1).Reason);
    }

    private static void CloseAll(KvmSnp world)
    {
        for (var descriptor = 4; descriptor < 16; descriptor++)
        {
            if (world.Kvm.VmOf(descriptor)?.Id.Value == 1)
            {
                world.Kvm.Close(descriptor);
            }
        }
    }

    private static List<PfnRange> Joined(List<PfnRange> runs, PfnRange next)
    {
        if (runs.Count > 0 && runs[^1].End == next.Start)
        {
            runs[^1] = PfnRange.FromBounds(runs[^1].Start, next.End);
        }
        else
        {
            runs.Add(next);
        }

        return runs;
    }

    private static void WriteBuffer(KvmSnp world, ulong buffer, params (ulong Gpa, bool IsPrivate)[] entries)
    {
        Assert.Equal(ExitReason.Hlt, world.Store(buffer, (ulong)(entries.Length - 1) << 16, isPrivate: false).Reason);
        for (var index = 0; index < entries.Length; index++)
        {
            var entry = (entries[index].Gpa & ~0xfffUL) | ((entries[index].IsPrivate ? 1UL : 2) << 52);
            Assert.Equal(ExitReason.Hlt, world.Store(buffer + 8 + (8 * (ulong)index), entry, isPrivate: false).Reason);
        }
    }

    // Another processor takes the entry as soon as the firmware refused the page.
    private sealed class HoldingObserver(SnpHost host) : ISnpObserver
    {
        public void OnOperation(SnpPlatform platform, in SnpOperation operation)
        {
            if (operation.Kind == SnpOperationKind.Firmware && !operation.Outcome.IsSuccess)
            {
                host.Platform.Holds.BeginChange(operation.Frames.Start);
            }
        }
    }

    private sealed class OnlyAligned : IFrameChoice
    {
        public static OnlyAligned Instance { get; } = new();

        public bool TryChoose(FramePool pool, in FrameRequest request, out PfnRange frames)
        {
            var isFirmware = request.Purpose == FramePurpose.Firmware;
            return pool.TryFindFree(pool.AllFrames, isFirmware ? new(9, 512, request.Purpose) : request, out frames) && Cut(ref frames, request.Most);
        }

        // The first page of a block, and once that is taken the one after it.
        private static bool Cut(ref PfnRange frames, ulong most)
        {
            frames = new(frames.Start, Math.Min(most, frames.Count));
            return true;
        }
    }
}
