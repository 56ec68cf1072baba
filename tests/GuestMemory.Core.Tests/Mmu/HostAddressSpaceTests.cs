using Xunit;

namespace GuestMemory.Tests;

public sealed class HostAddressSpaceTests
{
    private readonly TestWorld _world = TestWorld.Create(configure: options => options.Frames = 64);

    private HostAddressSpace Process => _world.Process;

    private int Open => _world.Vm.Sequence.InProgress;

    // Reading untouched anonymous memory maps the kernel's zero page read-only; it takes no frame.
    [Fact]
    public void Untouched_anonymous_memory_reads_zero_from_the_zero_page()
    {
        var before = _world.Machine.Frames.CountOf(FrameState.InUse);

        Assert.Equal(HostFault.None, Process.Load(TestWorld.Hva(0), 8, out var value));

        Assert.Equal(0UL, value);
        Assert.Equal(before, _world.Machine.Frames.CountOf(FrameState.InUse));
        Assert.True(Process.HasEntry(new(TestWorld.HostBase)));
        Assert.False(Process.HasEntry(new(TestWorld.HostBase + 1)));
        Assert.Equal(1, _world.Machine.Mappings[FramePool.ZeroFrame].Shared);
    }

    [Fact]
    public void The_zero_page_is_counted_once_for_each_address()
    {
        for (var page = 0UL; page < 4; page++)
        {
            Process.Load(TestWorld.Hva(page), 8, out _);
        }

        Assert.Equal(4, _world.Machine.Mappings[FramePool.ZeroFrame].Shared);
        Assert.Equal(4, _world.Machine.Mappings.WhoMaps(new(FramePool.ZeroFrame, 1)).Count);
        Process.Discard(TestWorld.HostPages(1, 2));
        Assert.Equal(2, _world.Machine.Mappings[FramePool.ZeroFrame].Shared);
    }

    // Copy on write changes the frame behind the address: whoever mapped the zero page must let go first.
    [Fact]
    public void A_write_that_replaces_the_zero_page_notifies_the_guest()
    {
        Assert.Equal(GuestAccess.Done(0), _world.Read(0));
        var sample = _world.Vm.Sequence.Sample();

        Process.Store(TestWorld.Hva(0), 8, 5);

        Assert.NotEqual(sample, _world.Vm.Sequence.Sample());
        Assert.False(_world.Vm.Mmu.TryTranslate(TestWorld.Gfn(0), out _));
        Assert.Equal(GuestAccess.Done(5), _world.Read(0));
        Assert.Equal(0, Open);
    }

    [Fact]
    public void A_guest_that_only_reads_gets_the_zero_page_read_only()
    {
        _world.Read(0);
        Assert.True(_world.Vm.Mmu.TryTranslate(TestWorld.Gfn(0), out var translation));
        Assert.Equal((FramePool.ZeroFrame, false), (translation.Frame, translation.Writable));

        Assert.Equal(GuestAccess.Done(), _world.Write(0, 9));
        Process.Load(TestWorld.Hva(0), 8, out var value);
        Assert.Equal(9UL, value);
    }

    // kvm-recordings: SEGV_MAPERR where nothing is mapped, SEGV_ACCERR where the mapping forbids, SIGBUS beyond the store.
    [Fact]
    public void Each_fault_has_its_own_word()
    {
        Assert.Equal(HostFault.NotMapped, Process.Load(TestWorld.Hva(99), 1, out _));
        Process.Protect(TestWorld.HostPages(0, 1), HostRights.Read);
        Assert.Equal(HostFault.NotPermitted, Process.Store(TestWorld.Hva(0), 1, 0));
        Process.Protect(TestWorld.HostPages(1, 1), HostRights.None);
        Assert.Equal(HostFault.NotPermitted, Process.Load(TestWorld.Hva(1), 1, out _));
        Assert.Equal(HostFault.NotPermitted, Process.Touch(new(TestWorld.HostBase), AccessKind.Execute, out _));

        var memfd = _world.Machine.CreateStore(BackingProperties.Memfd, 4096);
        MapStore(50, memfd, 2);
        Assert.Equal(HostFault.None, Process.Store(TestWorld.Hva(50), 1, 1));
        Assert.Equal(HostFault.NoPage, Process.Store(TestWorld.Hva(51), 1, 1));
    }

    [Fact]
    public void A_machine_without_frames_says_so()
    {
        for (var page = 0UL; page < 16; page++)
        {
            Process.Store(TestWorld.Hva(page), 8, 1);
        }

        var memfd = _world.Machine.CreateStore(BackingProperties.Memfd, 64 * 4096);
        MapStore(50, memfd, 64);
        var faults = Enumerable.Range(50, 64).Select(page => Process.Store(TestWorld.Hva((ulong)page), 8, 1)).ToArray();

        Assert.Equal(47, faults.Count(fault => fault == HostFault.None));
        Assert.Equal(17, faults.Count(fault => fault == HostFault.OutOfFrames));
        Process.GetPage(new(new(TestWorld.HostBase + 113), default, Write: true), out _);
        Assert.Equal(CoreRules.OutOfFrames, Process.GetPage(new(new(TestWorld.HostBase + 113), default, Write: true), out _).DecidedBy);
    }

    [Fact]
    public void Bytes_that_lie_on_two_pages_are_read_and_written_as_one()
    {
        var border = TestWorld.Hva(0) + 4093;

        Assert.Equal(HostFault.None, Process.Store(border, 8, 0x1122334455667788));
        Process.Load(border, 8, out var value);
        Process.Load(TestWorld.Hva(1), 5, out var upper);

        Assert.Equal((0x1122334455667788UL, 0x1122334455UL), (value, upper));
    }

    [Fact]
    public void A_write_whose_second_page_faults_changes_no_byte()
    {
        Process.Store(TestWorld.Hva(0) + 4088, 8, 0xaaaa);
        Process.Protect(TestWorld.HostPages(1, 1), HostRights.Read);

        Assert.Equal(HostFault.NotPermitted, Process.Store(TestWorld.Hva(0) + 4092, 8, ulong.MaxValue));

        Process.Load(TestWorld.Hva(0) + 4088, 8, out var value);
        Assert.Equal(0xaaaaUL, value);
        Assert.Equal(HostFault.NotMapped, Process.Load(TestWorld.Hva(15) + 4092, 8, out value));
        Assert.Equal(0UL, value);
    }

    [Fact]
    public void Taking_the_write_right_makes_the_guest_fault_again()
    {
        _world.Write(0, 1);

        Process.Protect(TestWorld.HostPages(0, 1), HostRights.Read);

        Assert.Equal(GuestAccess.Refused(FaultVerdict.HostFault, CoreStatus.BadAddress), _world.Write(0, 2));
        Assert.Equal(GuestAccess.Done(1), _world.Read(0));
        Process.Protect(TestWorld.HostPages(0, 1), HostRights.Read | HostRights.Write);
        Assert.Equal(GuestAccess.Done(), _world.Write(0, 2));
        Assert.Equal(0, Open);
    }

    [Fact]
    public void Unmapping_the_middle_leaves_both_sides_and_frees_its_pages()
    {
        for (var page = 0UL; page < 3; page++)
        {
            Process.Store(TestWorld.Hva(page), 8, page + 1);
        }

        var before = _world.Machine.Frames.CountOf(FrameState.InUse);
        Process.Unmap(TestWorld.HostPages(1, 1));

        Assert.Equal(before - 1, _world.Machine.Frames.CountOf(FrameState.InUse));
        Assert.Equal([HostFault.None, HostFault.NotMapped, HostFault.None], Enumerable.Range(0, 3).Select(page => Process.Load(TestWorld.Hva((ulong)page), 8, out _)));
        Assert.Equal(2, Process.Areas.Length);
        Assert.True(Process.TryGetArea(new(TestWorld.HostBase + 2), out var area) && area.Index == new PageIndex(2));
        Assert.False(Process.IsMapped(TestWorld.HostPages(0, 3)));
    }

    // A private anonymous mapping's memory ends with its last page; a memfd's pages stay with the store.
    [Fact]
    public void Anonymous_memory_ends_with_its_mapping_and_a_memfd_does_not()
    {
        Process.Store(TestWorld.Hva(0), 8, 1);
        var memfd = _world.Machine.CreateStore(BackingProperties.Memfd, 4096);
        MapStore(50, memfd, 1);
        Process.Store(TestWorld.Hva(50), 8, 2);

        Process.Unmap(TestWorld.HostPages(0, 100));

        Assert.False(_world.SharedStore.IsLive);
        Assert.Equal(1UL, memfd.HeldPages);
        MapStore(60, memfd, 1);
        Process.Load(TestWorld.Hva(60), 8, out var value);
        Assert.Equal(2UL, value);
    }

    [Fact]
    public void Discarding_anonymous_memory_reads_zero_and_a_memfd_keeps_its_bytes()
    {
        Process.Store(TestWorld.Hva(0), 8, 1);
        var memfd = _world.Machine.CreateStore(BackingProperties.Memfd, 4096);
        MapStore(50, memfd, 1);
        Process.Store(TestWorld.Hva(50), 8, 2);

        Process.Discard(TestWorld.HostPages(0, 100));
        Process.Load(TestWorld.Hva(0), 8, out var own);
        Process.Load(TestWorld.Hva(50), 8, out var shared);

        Assert.Equal((0UL, 2UL), (own, shared));
    }

    [Fact]
    public void Mapping_over_a_mapping_replaces_it()
    {
        Process.Store(TestWorld.Hva(0), 8, 1);
        var memfd = _world.Machine.CreateStore(BackingProperties.Memfd, 4096);

        MapStore(0, memfd, 1);

        Process.Load(TestWorld.Hva(0), 8, out var value);
        Assert.Equal(0UL, value);
        Assert.True(Process.IsHeld(7));
        Assert.False(Process.IsHeld(8));
    }

    // A marker stands where the page was: every touch signals, until the area goes; discarding takes it away.
    [Fact]
    public void A_broken_page_leaves_a_marker_that_a_punch_keeps_and_a_discard_takes()
    {
        var memfd = _world.Machine.CreateStore(BackingProperties.Memfd, 4096);
        MapStore(50, memfd, 1);
        Process.Store(TestWorld.Hva(50), 8, 2);

        Process.MarkPoisoned(memfd.Id, new(0));
        memfd.Poison(new(0));
        Assert.Equal(HostFault.Poisoned, Process.Load(TestWorld.Hva(50), 8, out _));
        memfd.Punch(TestWorld.Pages(0, 1));
        Assert.Equal(HostFault.Poisoned, Process.Load(TestWorld.Hva(50), 8, out _));
        Process.Discard(TestWorld.HostPages(50, 1));

        Assert.Equal(HostFault.None, Process.Load(TestWorld.Hva(50), 8, out var value));
        Assert.Equal(0UL, value);
    }

    [Fact]
    public void A_broken_page_nobody_touched_here_leaves_no_marker_and_still_signals()
    {
        var memfd = _world.Machine.CreateStore(BackingProperties.Memfd, 4096);
        memfd.Allocate(TestWorld.Pages(0, 1));
        MapStore(50, memfd, 1);
        memfd.Poison(new(0));
        Process.MarkPoisoned(memfd.Id, new(0));

        Assert.Equal(0, Process.Entries.Length);
        Assert.Equal(HostFault.Poisoned, Process.Load(TestWorld.Hva(50), 8, out _));
    }

    // restrictedmem, guest_memfd without mapping: the host has no page there, whatever it maps.
    [Fact]
    public void A_store_that_is_not_the_hosts_gives_it_no_page()
    {
        var restricted = _world.Machine.CreateStore(BackingProperties.Restrictedmem, 4096);
        var hidden = _world.Machine.CreateStore(BackingProperties.MappableGuestMemfd, 4096, PageKind.Private);
        MapStore(50, restricted, 1);
        MapStore(51, hidden, 1);

        Assert.Equal(HostFault.NoPage, Process.Load(TestWorld.Hva(50), 8, out _));
        Assert.Equal(HostFault.NoPage, Process.Store(TestWorld.Hva(51), 8, 1));
        Assert.Equal(0UL, restricted.HeldPages + hidden.HeldPages);
    }

    [Fact]
    public void A_lock_marks_the_area_it_names()
    {
        Process.Lock(TestWorld.HostPages(2, 3));

        Assert.Equal([false, true, false], Process.Areas.ToArray().Select(run => run.Value.IsLocked));
        Assert.Equal(TestWorld.HostBase + 2, Process.Areas[1].Start);
    }

    // A process made after the VM is heard all the same.
    [Fact]
    public void A_VM_hears_of_a_process_that_came_later()
    {
        var later = _world.Machine.CreateProcess();
        var memfd = _world.Machine.CreateStore(BackingProperties.Memfd, 4096);
        later.Map(TestWorld.HostPages(0, 1), new(memfd.Id, default, HostRights.Read | HostRights.Write, IsShared: true, 7, IsLocked: false));
        _world.Vm.AddSlot(new(1, 0, TestWorld.Gfns(64, 1), MemslotFlags.None, 1, TestWorld.HostBase, -1, default, FileServesShared: false), out _);
        Assert.Equal(GuestAccess.Done(), _world.Write(64, 3));

        memfd.Punch(TestWorld.Pages(0, 1));

        Assert.False(_world.Vm.Mmu.TryTranslate(TestWorld.Gfn(64), out _));
        Assert.Equal(GuestAccess.Done(0), _world.Read(64));
        InvariantChecker.Sweep(_world.Machine);
    }

    [Fact]
    public void A_punch_opens_and_closes_one_invalidation_for_each_address_it_is_mapped_at()
    {
        var memfd = _world.Machine.CreateStore(BackingProperties.Memfd, 2 * 4096);
        MapStore(50, memfd, 2);
        MapStore(60, memfd, 2);
        _world.Vm.AddSlot(new(1, 0, TestWorld.Gfns(64, 2), MemslotFlags.None, 0, TestWorld.HostBase + 50, -1, default, FileServesShared: false), out _);
        _world.Vm.AddSlot(new(2, 0, TestWorld.Gfns(70, 2), MemslotFlags.None, 0, TestWorld.HostBase + 60, -1, default, FileServesShared: false), out _);
        _world.Write(64, 1);
        Assert.Equal(GuestAccess.Done(1), _world.Read(70));

        var scope = memfd.BeginInvalidate(TestWorld.Pages(0, 2), KindFilter.Both);
        Assert.Equal(2, Open);
        Assert.False(_world.Vm.Mmu.TryTranslate(TestWorld.Gfn(64), out _) || _world.Vm.Mmu.TryTranslate(TestWorld.Gfn(70), out _));
        memfd.Free(scope);
        memfd.EndInvalidate(scope);

        Assert.Equal(0, Open);
        Assert.Equal(GuestAccess.Done(0), _world.Read(70));
    }

    private void MapStore(ulong page, BackingStore store, ulong count) => Process.Map(
        TestWorld.HostPages(page, count), new(store.Id, default, HostRights.Read | HostRights.Write, IsShared: true, 7, IsLocked: false));
}
