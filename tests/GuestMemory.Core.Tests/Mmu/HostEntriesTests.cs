using Xunit;

namespace GuestMemory.Tests;

/// <summary>What becomes of a process's entries and areas when rights, pages or mappings change, and who hears of it.</summary>
public sealed class HostEntriesTests
{
    private readonly TestWorld _world = TestWorld.Create();
    private readonly BackingStore _mapped;
    private readonly BackingStore _other;

    // One store mapped twice, another one directly behind the first mapping; every page touched.
    public HostEntriesTests()
    {
        _mapped = _world.Machine.CreateStore(BackingProperties.Memfd, 4 * 4096);
        _other = _world.Machine.CreateStore(BackingProperties.Memfd, 2 * 4096);
        Map(50, 2, _mapped, 0);
        Map(52, 2, _other, 0);
        Map(60, 2, _mapped, 1);
        Touch(50, 51, 52, 53, 60, 61);
    }

    private HostAddressSpace Process => _world.Process;

    [Fact]
    public void A_broken_page_is_marked_wherever_it_is_mapped_and_nowhere_else()
    {
        Process.MarkPoisoned(_mapped.Id, new(1));
        Assert.Equal([51UL, 60UL], Marked());
        Assert.True(Process.TryGetWholeEntry(new(TestWorld.HostBase + 51), out var marker));
        Assert.Equal(new(default, Writable: false, IsZeroPage: false, IsPoisoned: true), marker);
        Assert.True(_mapped.TryLookUp(new(1), out var stored));
        Assert.Equal(default, _world.Machine.Mappings[stored.Frame]);

        Process.MarkPoisoned(_mapped.Id, new(2));
        Assert.Equal([51UL, 60UL, 61UL], Marked());
    }

    [Fact]
    public void A_guest_lets_go_of_a_page_before_it_is_marked_and_may_fault_again_after()
    {
        Assert.True(_world.Vm.AddSlot(
            new(1, 0, TestWorld.Gfns(64, 2), MemslotFlags.None, 0, TestWorld.HostBase + 50, -1, default, FileServesShared: false), out _).IsSuccess);
        _world.Read(64);
        _world.Read(65);
        var sample = _world.Vm.Sequence.Sample();

        Process.MarkPoisoned(_mapped.Id, new(1));

        Assert.NotEqual(sample, _world.Vm.Sequence.Sample());
        Assert.Equal(0, _world.Vm.Sequence.InProgress);
        Assert.Equal([true, false], new[] { 64UL, 65UL }.Select(page => _world.Vm.Mmu.TryTranslate(TestWorld.Gfn(page), out _)));
        Assert.Equal(FaultVerdict.HostPoisoned, _world.Read(65).Verdict);
    }

    [Theory]
    [InlineData(0, 1, new ulong[] { 51, 52, 53, 60, 61 })]
    [InlineData(1, 1, new ulong[] { 50, 52, 53, 61 })]
    [InlineData(2, 2, new ulong[] { 50, 51, 52, 53, 60 })]
    public void A_punch_takes_the_entries_of_its_pages_alone(ulong start, ulong count, ulong[] left)
    {
        _mapped.Punch(TestWorld.Pages(start, count));

        Assert.Equal(left, Entered());
    }

    [Fact]
    public void Invalidations_of_parts_and_of_other_stores_end_each_for_itself()
    {
        var listener = new Listener();
        Process.Attach(listener);
        var first = _mapped.BeginInvalidate(TestWorld.Pages(0, 1), KindFilter.Both);
        var second = _mapped.BeginInvalidate(TestWorld.Pages(2, 1), KindFilter.Both);
        var third = _other.BeginInvalidate(TestWorld.Pages(0, 1), KindFilter.Both);
        Assert.Equal(["begin 50+1", "begin 61+1", "begin 52+1"], listener.Heard);
        listener.Heard.Clear();

        _mapped.EndInvalidate(first);
        Assert.Equal(["end 50+1"], listener.Heard);
        _other.EndInvalidate(third);
        _mapped.EndInvalidate(second);

        Assert.Equal(["end 50+1", "end 52+1", "end 61+1"], listener.Heard);
    }

    [Fact]
    public void An_invalidation_that_ended_does_not_end_again_with_the_next()
    {
        var listener = new Listener();
        Process.Attach(listener);
        for (var time = 0; time < 2; time++)
        {
            Touch(50);
            listener.Heard.Clear();
            _mapped.EndInvalidate(_mapped.BeginInvalidate(TestWorld.Pages(0, 1), KindFilter.Both));
            Assert.Equal(["begin 50+1", "end 50+1"], listener.Heard);
        }

        _mapped.EndInvalidate(_mapped.BeginInvalidate(TestWorld.Pages(0, 1), KindFilter.Both));
        Assert.Equal(["begin 50+1", "end 50+1"], listener.Heard);
    }

    // The zero page is everybody's and a broken page nobody's: neither is ever written.
    [Fact]
    public void A_write_right_taken_or_given_is_taken_from_and_given_to_pages_that_can_be_written()
    {
        Process.Store(TestWorld.Hva(0), 8, 1);
        Process.Load(TestWorld.Hva(1), 8, out _);
        Process.Store(TestWorld.Hva(2), 8, 1);
        Process.MarkPoisoned(_world.SharedStore.Id, new(2));
        Assert.Equal([true, false, false], Writable());

        Process.Protect(TestWorld.HostPages(0, 3), HostRights.Read);
        Assert.Equal([false, false, false], Writable());

        Process.Protect(TestWorld.HostPages(0, 3), HostRights.Read | HostRights.Write);
        Assert.Equal([true, false, false], Writable());
    }

    [Fact]
    public void A_lock_leaves_every_area_at_its_own_pages()
    {
        Process.Lock(TestWorld.HostPages(2, 3));

        Assert.Equal([0UL, 2UL, 4UL, 5UL], new[] { 0UL, 2UL, 4UL, 5UL }.Select(page => Area(page).Index.Value));
        Assert.Equal([false, true, true, false], new[] { 0UL, 2UL, 4UL, 5UL }.Select(page => Area(page).IsLocked));
    }

    [Fact]
    public void A_frame_in_the_middle_of_a_run_is_found_at_its_own_page()
    {
        var machine = new MachineFactory().Create();
        var store = machine.CreateStore(BackingProperties.Memfd, 4 * 4096);
        var process = machine.CreateProcess();
        process.Map(TestWorld.HostPages(0, 4), new(store.Id, default, HostRights.Read | HostRights.Write, IsShared: true, 7, IsLocked: false));
        for (var page = 0UL; page < 4; page++)
        {
            process.Store(TestWorld.Hva(page), 8, 1);
        }

        Assert.Equal(1, process.Entries.Length);
        var frames = new PfnRange(process.Entries[0].Value.Frame + 2, 1);

        Assert.Equal(
            [new FrameMapping(process.Id, frames, TestWorld.HostBase + 2, PageKind.Shared, AwaitsFlush: false)], machine.Mappings.WhoMaps(frames));
    }

    // A store ends with its last mapping only where nobody holds it; 0 is a holder like any other.
    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public void A_store_that_is_held_outlives_its_last_mapping(int holder, bool isLive)
    {
        var store = _world.Machine.CreateStore(BackingProperties.Memfd, 4096);
        Process.Map(TestWorld.HostPages(70, 1), new(store.Id, default, HostRights.Read, IsShared: true, holder, IsLocked: false));

        Process.Unmap(TestWorld.HostPages(70, 1));

        Assert.Equal(isLive, store.IsLive);
    }

    [Fact]
    public void The_zero_page_is_the_same_frame_for_every_page_of_a_run()
    {
        var zero = new HostEntry(FramePool.ZeroFrame, Writable: false, IsZeroPage: true, IsPoisoned: false);

        Assert.Equal(zero, zero.Advance(3));
        Assert.Equal(new(8), new HostEntry(new(5), Writable: true, IsZeroPage: false, IsPoisoned: false).Advance(3).Frame);
    }

    private void Map(ulong page, ulong count, BackingStore store, ulong index) => Process.Map(
        TestWorld.HostPages(page, count), new(store.Id, new(index), HostRights.Read | HostRights.Write, IsShared: true, 7, IsLocked: false));

    private void Touch(params ulong[] pages)
    {
        foreach (var page in pages)
        {
            Assert.Equal(HostFault.None, Process.Store(TestWorld.Hva(page), 8, page));
        }
    }

    private HostArea Area(ulong page) => Process.TryGetArea(new(TestWorld.HostBase + page), out var area) ? area : default;

    private IEnumerable<bool> Writable() =>
        new[] { 0UL, 1UL, 2UL }.Select(page => Process.TryGetWholeEntry(new(TestWorld.HostBase + page), out var entry) && entry.Writable);

    private IEnumerable<ulong> Entered() => Pages(static entry => !entry.IsPoisoned);

    private IEnumerable<ulong> Marked() => Pages(static entry => entry.IsPoisoned);

    private IEnumerable<ulong> Pages(Func<HostEntry, bool> counts)
    {
        for (var page = 0UL; page < 80; page++)
        {
            if (Process.TryGetWholeEntry(new(TestWorld.HostBase + page), out var entry) && counts(entry))
            {
                yield return page;
            }
        }
    }

    private sealed class Listener : IHostMappingListener
    {
        public List<string> Heard { get; } = [];

        public void BeginHostInvalidate(HostAddressSpace process, PageIndexRange pages) => Heard.Add($"begin {Text(pages)}");

        public void EndHostInvalidate(HostAddressSpace process, PageIndexRange pages) => Heard.Add($"end {Text(pages)}");

        private static string Text(PageIndexRange pages) => $"{pages.Start.Value - TestWorld.HostBase}+{pages.Count}";
    }
}
