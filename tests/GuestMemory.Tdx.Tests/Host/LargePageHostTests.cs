using Xunit;

namespace GuestMemory.Tdx.Tests.Host;

/// <summary>A host that gives 2M pages, which no Linux does yet: what becomes of them. Source: tdx-huge-pages.</summary>
public sealed class LargePageHostTests
{
    private const ulong Page = KvmTdx.Page;
    private const ulong Large = KvmTdx.Large;
    private const ulong At = KvmTdx.At + Large;

    // Part of a 2M page changes its attribute: it is split before, and its neighbours keep their bytes.
    [Theory]
    [InlineData(0UL, 1UL)]
    [InlineData(511UL, 1UL)]
    [InlineData(3UL, 509UL)]
    [InlineData(100UL, 512UL)]
    public void Neighbours_of_what_is_converted_keep_their_bytes(ulong first, ulong count)
    {
        var kvm = Accepted();

        kvm.Convert(At + (first * Page), count * Page, isPrivate: false);

        for (var page = 0UL; page < 1024; page++)
        {
            var isGone = page >= first && page < first + count;
            Assert.Equal(isGone ? SeptEntryState.Free : SeptEntryState.Mapped, kvm.Entry(At + (page * Page)).State);
            if (!isGone)
            {
                Assert.Equal(Word(page), kvm.Load(At + (page * Page)).Value);
            }
        }
    }

    // The same for a punch; the frames punched are the pool's again.
    [Theory]
    [InlineData(0UL, 512UL)]
    [InlineData(5UL, 2UL)]
    [InlineData(510UL, 4UL)]
    public void Neighbours_of_what_is_punched_keep_their_bytes(ulong first, ulong count)
    {
        var kvm = Accepted();
        var frame = kvm.FrameOf(At + (first * Page));
        var held = kvm.Machine.Frames.CountOf(FrameState.InUse);
        var tables = kvm.Module.Pamt.Runs().Count(run => run.Entry.Type == PageType.Ept);

        KvmTdx.Done(kvm.Punch(Large + (first * Page), count * Page));

        var made = (ulong)(kvm.Module.Pamt.Runs().Count(run => run.Entry.Type == PageType.Ept) - tables);
        Assert.Equal(FrameState.Free, kvm.Machine.Frames[frame]);
        Assert.Equal(held - count + made, kvm.Machine.Frames.CountOf(FrameState.InUse));
        for (var page = 0UL; page < 1024; page += 1)
        {
            if (page < first || page >= first + count)
            {
                Assert.Equal(Word(page), kvm.Load(At + (page * Page)).Value);
            }
        }
    }

    [Fact]
    public void A_pending_2M_page_that_is_converted_in_part_stays_pending_elsewhere()
    {
        var kvm = Host();
        var (at, left) = (At, Page);
        KvmTdx.Done(kvm.Kvm.PreFaultMemory(kvm.Vm, ref at, ref left, 0, out _));
        Assert.Equal((SeptEntryState.Pending, PageSize.Size2M), (kvm.Entry(At).State, SizeAt(kvm)));

        kvm.Convert(At + Page, Page, isPrivate: false);

        Assert.Equal((SeptEntryState.Pending, SeptEntryState.Free, SeptEntryState.Pending), (kvm.Entry(At).State, kvm.Entry(At + Page).State, kvm.Entry(At + (2 * Page)).State));
        kvm.Accept(At);
    }

    // tdx.md, 16: scenario 47: a guest that accepts 4K of a pending 2M page leaves; the host splits it (tdx-huge-pages).
    [Fact]
    public void Accepting_4K_of_a_pending_2M_page_splits_it()
    {
        var kvm = Host();
        var (at, left) = (At, Page);
        KvmTdx.Done(kvm.Kvm.PreFaultMemory(kvm.Vm, ref at, ref left, 0, out _));

        kvm.Accept(At + (7 * Page));

        Assert.Equal((SeptEntryState.Mapped, SeptEntryState.Pending), (kvm.Entry(At + (7 * Page)).State, kvm.Entry(At).State));
        Assert.Equal(PageSize.Size4K, SizeAt(kvm));
    }

    [Fact]
    public void A_deleted_slot_takes_its_2M_pages_along()
    {
        var kvm = Accepted();
        var frame = kvm.FrameOf(At);

        KvmTdx.Done(kvm.Kvm.SetUserMemoryRegion2(kvm.Vm, new(0, 0, 0, 0, 0)));

        Assert.DoesNotContain(kvm.Module.Pamt.Runs(), run => run.Entry.Type == PageType.Reg);
        Assert.Equal((FrameState.InUse, 0UL), (kvm.Machine.Frames[frame], kvm.Machine.Contents.Read(frame.Address, 8)));
    }

    [Fact]
    public void A_closed_file_gives_its_2M_pages_back()
    {
        var kvm = Accepted();
        var frame = kvm.FrameOf(At);

        KvmTdx.Done(kvm.Kvm.Close(kvm.File));

        Assert.DoesNotContain(kvm.Module.Pamt.Runs(), run => run.Entry.Type == PageType.Reg);
        Assert.Equal((FrameState.Free, 0UL), (kvm.Machine.Frames[frame], kvm.Machine.Frames.CountOf(FrameState.Leaked)));
    }

    [Fact]
    public void A_TD_is_reclaimed_by_whole_2M_pages()
    {
        var calls = new CallLog();
        var kvm = Accepted(calls);
        calls.Functions.Clear();

        KvmTdx.Done(kvm.Command(TdxCommand.TerminateVm));
        kvm.CloseAll();

        Assert.DoesNotContain(kvm.Module.Pamt.Runs(), run => run.Entry.IsUsed);
        Assert.DoesNotContain(TdxFunction.MemPageDemote, calls.Functions);
        Assert.Equal(0UL, kvm.Machine.Frames.CountOf(FrameState.Leaked));
    }

    // Without a page for the table nothing is split, nothing changes, and the VM lives on.
    [Fact]
    public void Without_a_page_for_the_split_nothing_happens()
    {
        var kvm = Accepted();
        var taken = KvmTdx.Exhaust(kvm.Machine, 0);

        Assert.Equal(Errno.ENOMEM, kvm.Kvm.SetMemoryAttributes(kvm.Vm, At + Page, Page, 0).Errno);
        Assert.Equal(Errno.EBUSY, kvm.Punch(Large + Page, Page).Errno);

        Assert.Equal((false, PageSize.Size2M, Word(1)), (kvm.Guest.IsDead, SizeAt(kvm), kvm.Load(At + Page).Value));
        Assert.Equal(PageKind.Private, kvm.Guest.Attributes.KindOf(new((At + Page) >> 12)));
        taken.ForEach(kvm.Machine.Frames.GiveBack);
        kvm.Convert(At + Page, Page, isPrivate: false);
        Assert.Equal(Word(2), kvm.Load(At + (2 * Page)).Value);
    }

    // tdx.md, 16: scenario 28: an interrupted DEMOTE is made again.
    [Fact]
    public void An_interrupted_split_is_made_again()
    {
        var calls = new CallLog();
        var kvm = Accepted(calls);
        calls.Functions.Clear();
        kvm.Module.Interrupts.Arm(0);

        kvm.Convert(At + Page, Page, isPrivate: false);

        Assert.Equal(2, calls.Functions.Count(function => function == TdxFunction.MemPageDemote));
        Assert.Equal(Word(0), kvm.Load(At).Value);
    }

    // A split that finds the page locked for ever kills the VM when it was for an unmapping, and otherwise leaves the page as it was.
    [Fact]
    public void A_split_that_does_not_go_through_leaves_the_page_as_it_was()
    {
        var kvm = Accepted();
        var held = HeldLock.Pamt(PageSize.Size2M, kvm.FrameOf(At));
        kvm.Module.Locks.Take(held, exclusive: true);

        Assert.Equal(MmuVerdict.Busy, kvm.Guest.Mmu.Split(new(At >> 12)).Verdict);

        Assert.Equal((SeptEntryState.Mapped, Word(0)), (kvm.Entry(At).State, kvm.Load(At).Value));
        Assert.Equal(Errno.EIO, kvm.Kvm.SetMemoryAttributes(kvm.Vm, At + Page, Page, 0).Errno);
        Assert.True(kvm.Guest.IsDead);
    }

    // PROMOTE, interrupted and not; the bytes stay, and the table's page comes back.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_split_page_is_merged_again_with_its_bytes(bool isInterrupted)
    {
        var kvm = Accepted();
        var used = kvm.Machine.Frames.CountOf(FrameState.InUse);
        Assert.True(kvm.Guest.Mmu.Split(new(At >> 12)).IsDone);
        Assert.Equal(used + 1, kvm.Machine.Frames.CountOf(FrameState.InUse));
        if (isInterrupted)
        {
            kvm.Module.Interrupts.Arm(0);
        }

        Assert.True(kvm.Guest.Mmu.Merge(new(At >> 12), PageSize.Size2M).IsDone);

        Assert.Equal((used, PageSize.Size2M, Word(9)), (kvm.Machine.Frames.CountOf(FrameState.InUse), SizeAt(kvm), kvm.Load(At + (9 * Page)).Value));
    }

    // Accepted and not accepted pages do not merge; nothing is left blocked.
    [Fact]
    public void Pages_of_two_kinds_do_not_merge()
    {
        var kvm = Host();
        var (at, left) = (At, Page);
        KvmTdx.Done(kvm.Kvm.PreFaultMemory(kvm.Vm, ref at, ref left, 0, out _));
        kvm.Accept(At + Page);

        var answer = kvm.Guest.Mmu.Merge(new(At >> 12), PageSize.Size2M);

        Assert.Equal((MmuVerdict.Refused, 0xc0000b0900000001UL), (answer.Verdict, answer.Detail.Code));
        Assert.Equal(0UL, kvm.Load(At + Page).Value);
    }

    private static ulong Word(ulong page) => 0x1000_0000 + page;

    private static PageSize SizeAt(KvmTdx kvm) => kvm.Guest.Mmu.TryTranslate(new(At >> 12), out var leaf) ? leaf.Size : default;

    private static KvmTdx Host(IStepObserver? observer = null) => new KvmTdx(
        new() { Hypothetical = new() { MapsLargePages = true, Promotes = true, Relocates = true } }, largestOrder: 9, size: 4 * Large, observer: observer ?? new CompositeObserver()).Launch();

    // Two 2M pages, a word in each of their 4K.
    private static KvmTdx Accepted(IStepObserver? observer = null)
    {
        var kvm = Host(observer);
        foreach (var at in new[] { At, At + Large })
        {
            kvm.Accept(at, SeptLevel.Pd);
        }

        for (var page = 0UL; page < 1024; page++)
        {
            Assert.Equal(ExitReason.Hlt, kvm.Store(At + (page * Page), Word(page)).Reason);
        }

        return kvm;
    }
}
