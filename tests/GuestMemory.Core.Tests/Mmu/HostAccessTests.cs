using System.Runtime.InteropServices;
using Xunit;

namespace GuestMemory.Tests;

/// <summary>A process's own accesses: which bytes, what they ask the ownership table, what they mark, and what a fault leaves undone.</summary>
public sealed class HostAccessTests
{
    private const ulong Pages = 4;
    private const ulong Anonymous = 10;
    private readonly TableWithBytes _table = new();
    private readonly Machine _machine;
    private readonly BackingStore _store;
    private readonly HostAddressSpace _process;

    public HostAccessTests()
    {
        _machine = new MachineFactory(new() { OwnershipTable = _ => _table }).Create();
        _table.Contents = _machine.Contents;
        _store = _machine.CreateStore(BackingProperties.Memfd, Pages * 4096);
        _process = _machine.CreateProcess();
        _process.Map(TestWorld.HostPages(0, Pages), new(_store.Id, default, HostRights.Read | HostRights.Write, IsShared: true, 1, IsLocked: false));
        var own = _machine.CreateStore(BackingProperties.Anonymous, 4096);
        _process.Map(TestWorld.HostPages(Anonymous, 1), new(own.Id, default, HostRights.Read | HostRights.Write, IsShared: false, -1, IsLocked: false));
    }

    [Fact]
    public void A_run_of_bytes_is_read_word_by_word_over_a_border()
    {
        var at = TestWorld.Hva(0) + 4080;
        _process.Store(at, 8, 11);
        _process.Store(at + 8, 8, 22);
        _process.Store(at + 16, 8, 33);
        var bytes = new byte[24];

        Assert.Equal(HostFault.None, _process.Load(at, bytes));

        Assert.Equal([11UL, 22UL, 33UL], MemoryMarshal.Cast<byte, ulong>(bytes).ToArray());
    }

    [Fact]
    public void A_run_that_ends_with_what_is_mapped_asks_for_nothing_behind_it()
    {
        _process.Store(TestWorld.Hva(3) + 4088, 8, 11);
        var bytes = new byte[8];

        Assert.Equal(HostFault.None, _process.Load(TestWorld.Hva(3) + 4088, bytes));
        Assert.Equal(HostFault.None, _process.Load(TestWorld.Hva(99), Span<byte>.Empty));

        Assert.Equal(11, bytes[0]);
    }

    [Fact]
    public void A_run_that_faults_has_what_was_read_before()
    {
        _process.Store(TestWorld.Hva(3) + 4080, 8, 11);
        _process.Store(TestWorld.Hva(3) + 4088, 8, 22);
        var words = new ulong[4];
        Array.Fill(words, ulong.MaxValue);

        Assert.Equal(HostFault.NotMapped, _process.Load(TestWorld.Hva(3) + 4080, MemoryMarshal.AsBytes(words.AsSpan())));

        Assert.Equal([11UL, 22UL, ulong.MaxValue, ulong.MaxValue], words);
    }

    [Fact]
    public void A_load_whose_second_page_faults_gives_nothing_of_the_first()
    {
        _process.Store(TestWorld.Hva(3) + 4092, 4, 0xaabbccdd);

        Assert.Equal(HostFault.NotMapped, _process.Load(TestWorld.Hva(3) + 4092, 8, out var value));

        Assert.Equal(0UL, value);
    }

    [Fact]
    public void An_access_asks_for_every_page_it_lies_on_and_no_other()
    {
        _store.Allocate(TestWorld.Pages(0, 2));

        _process.Store(TestWorld.Hva(0) + 4088, 8, 1);
        Assert.Equal([Access(AccessKind.Write, 0)], Taken());
        _process.Load(TestWorld.Hva(1), 8, out _);
        Assert.Equal([Access(AccessKind.Read, 1)], Taken());
        _process.Store(TestWorld.Hva(0) + 4092, 8, 1);
        Assert.Equal([Access(AccessKind.Write, 0), Access(AccessKind.Write, 1)], Taken());
        _process.Load(TestWorld.Hva(0) + 4092, 8, out _);
        Assert.Equal([Access(AccessKind.Read, 0), Access(AccessKind.Read, 1)], Taken());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_write_of_which_the_table_denies_one_page_changes_no_byte(ulong denied)
    {
        _process.Store(TestWorld.Hva(0) + 4092, 8, 0x1111_2222_3333_4444);
        Deny(denied);

        Assert.Equal(HostFault.NoPage, _process.Store(TestWorld.Hva(0) + 4092, 8, ulong.MaxValue));

        Assert.Equal((0x3333_4444UL, 0x1111_2222UL), (_machine.Contents.Read(FrameOf(0).Address + 4092, 4), _machine.Contents.Read(FrameOf(1).Address, 4)));
    }

    [Fact]
    public void A_load_that_is_denied_reads_no_byte()
    {
        _process.Store(TestWorld.Hva(0), 8, 7);
        Deny(0);

        Assert.Equal((HostFault.NoPage, 0UL), (_process.Load(TestWorld.Hva(0), 8, out var value), value));
        Assert.Equal((HostFault.NotMapped, 0UL), (_process.Load(TestWorld.Hva(99), 8, out value), value));

        Assert.Equal(0, _table.Reads);
    }

    [Fact]
    public void A_page_is_dirty_once_it_was_written_and_not_by_being_read()
    {
        _process.Load(TestWorld.Hva(0), 8, out _);
        Assert.False(IsDirty(0));

        _process.Store(TestWorld.Hva(0), 8, 1);
        _process.Store(TestWorld.Hva(1), 8, 1);

        Assert.Equal([true, true], new[] { IsDirty(0), IsDirty(1) });
    }

    // An entry that suffices is used as it is: nothing is mapped again.
    [Fact]
    public void A_page_is_mapped_once_for_every_right_it_needs()
    {
        var at = TestWorld.Hva(Anonymous);

        Assert.Equal([StepKind.HostMapped], Steps(() => _process.Load(at, 8, out _)));
        Assert.Empty(Steps(() => _process.Load(at, 8, out _)));
        Assert.Equal([StepKind.PageCleared, StepKind.HostMapped, StepKind.HostAccess], Steps(() => _process.Store(at, 8, 1)));
        Assert.Equal([StepKind.HostAccess], Steps(() => _process.Store(at, 8, 2)));
        Assert.Empty(Steps(() => _process.Load(at, 8, out _)));
    }

    [Fact]
    public void Without_a_page_for_its_tables_a_process_maps_nothing()
    {
        var world = TestWorld.Create(configure: options => options.Injector = new StrikesAt(InjectionPoint.KernelAllocation, time: 1));

        Assert.Equal(HostFault.OutOfFrames, world.Process.Load(TestWorld.Hva(0), 8, out _));
        Assert.False(world.Process.HasEntry(new(TestWorld.HostBase)));

        Assert.Equal(HostFault.None, world.Process.Load(TestWorld.Hva(0), 8, out _));
    }

    // What keeps a process from a page is named where it is a guest's entry.
    [Fact]
    public void A_page_that_is_a_guests_own_is_refused_with_its_name_and_one_that_is_only_kept_is_not()
    {
        var world = TestWorld.Create(BackingProperties.MappableGuestMemfd, configure: options => options.Enforcement = Enforcement.Enforce);
        world.Convert(0, 8, PageKind.Private);
        world.Write(0, 1);
        var hidden = world.Machine.CreateStore(BackingProperties.Restrictedmem, 2 * 4096);
        hidden.Allocate(TestWorld.Pages(0, 1));
        world.Process.Map(TestWorld.HostPages(50, 2), new(hidden.Id, default, HostRights.Read, IsShared: true, 7, IsLocked: false));

        var mapped = Ask(world, 0);
        Assert.Equal((CoreRules.UnmapBeforeConvert, new MapperId(MapperKind.NestedTable, 1).ToInfo()), (mapped.DecidedBy, mapped.Info));
        Assert.Equal([CoreRules.NotHostAccessible, CoreRules.NotHostAccessible], new[] { Ask(world, 50).DecidedBy, Ask(world, 51).DecidedBy });
    }

    private static Outcome Ask(TestWorld world, ulong page) => world.Process.GetPage(new(new(TestWorld.HostBase + page), default, Write: false), out _);

    private FrameAccess Access(AccessKind kind, ulong page) => new(FrameOwner.Host, kind, FrameOf(page), PageSize.Size4K, Encrypted: false);

    private FrameAccess[] Taken()
    {
        FrameAccess[] taken = [.. _table.Checks];
        _table.Checks.Clear();
        return taken;
    }

    private void Deny(ulong page)
    {
        _table.Prepare(new(new(FrameOf(page), 1), new(9), default, PageKind.Private));
        _table.Reads = 0;
    }

    private Pfn FrameOf(ulong page) => _store.TryLookUp(new(page), out var stored) ? stored.Frame : throw new InvalidOperationException($"Page {page} is not held.");

    private bool IsDirty(ulong page) => _store.TryLookUp(new(page), out var stored) && stored.Flags.HasFlag(StoredPageFlags.Dirty);

    private IEnumerable<StepKind> Steps(Action act) => StepRecorder.During(_machine, act).Select(step => step.Kind);

    // Bytes as they lie in the machine's memory, and how often they were read for a process.
    private sealed class TableWithBytes : ScriptedTable, IFrameBytes
    {
        public FrameContents Contents { get; set; } = null!;

        public int Reads { get; set; }

        public ulong Read(in FrameAccess access, Spa at, int length, ContentKey key)
        {
            Reads++;
            return Contents.Read(at, length);
        }

        public void Write(in FrameAccess access, Spa at, int length, ulong value, ContentKey key) => Contents.Write(at, length, value);
    }
}
