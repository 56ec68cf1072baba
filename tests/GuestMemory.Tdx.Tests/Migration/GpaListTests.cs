using Xunit;

namespace GuestMemory.Tdx.Tests.Migration;

// tdx.md, 10: GPA lists. tdx-module, tdh_export_blockw.c.
public sealed class GpaListTests
{
    private static readonly TdxFunction[] s_functions = [TdxFunction.ExportBlockw, TdxFunction.ExportRestore, TdxFunction.ExportMem];

    private static readonly TdxPlatform s_reporting = TdxWorld.Recorded with { Version = new("source") { ExportMemReportsProblems = true } };

    // What is written where: tdx-module, tdx_api_defs.h.
    [Fact]
    public void Entries_and_list_information_have_the_sources_bits()
    {
        Assert.Equal(0x0010_0000_0000_2000UL, new GpaListEntry(new(0x2000), GpaListOperation.Migrate).Raw);
        Assert.Equal(0x0030_0000_0000_2004UL, new GpaListEntry(new(0x2000), GpaListOperation.Remigrate, isPending: true).Raw);
        Assert.Equal(0x0410_0000_0000_2000UL, new GpaListEntry(0x0010_0000_0000_2000).With(GpaEntryStatus.EntryStateIncorrect).Raw);
        var info = new GpaListInfo(new(0x100000), last: 511, first: 3);
        Assert.Equal(0xff80_0000_0010_0018UL, info.Raw);
        Assert.Equal((0, 3, 511, 0x100000UL), (info.Format, info.First, info.Last, info.Page.Value));
        Assert.Equal(0xff80_0000_0010_0000UL, info.From(512).Raw);
    }

    // Reserved bits: 1:0 level, 6:3, 55:54, 63:61. The L2 map and the type are not looked at.
    [Fact]
    public void An_entrys_form_is_its_level_and_its_reserved_bits()
    {
        for (var bit = 0; bit < 64; bit++)
        {
            var isReserved = bit is 0 or 1 or (>= 3 and <= 6) or 54 or 55 or >= 61;
            Assert.Equal(!isReserved, new GpaListEntry(1UL << bit).IsWellFormed);
        }
    }

    // The list's form beats its place, whatever the function.
    [Theory]
    [InlineData(0x0000_0000_0010_0001, "list-form")]
    [InlineData(0x0010_0000_0010_0000, "list-form")]
    [InlineData(0x0000_0000_0010_0008, "list-form")]
    [InlineData(0x0000_0003_0000_0000, "list-shared")]
    [InlineData(0x0008_0000_0010_0000, "list-shared")]
    public void A_list_that_cannot_be_is_refused_and_rcx_comes_back(ulong rcx, string point)
    {
        foreach (var function in s_functions)
        {
            var world = new MigrationWorld(TdxOpState.LiveExport, s_reporting);
            world.Td.OpState = function == TdxFunction.ExportRestore ? TdxOpState.Runnable : TdxOpState.LiveExport;
            var before = world.Bytes();
            var refused = world.Call(function, rcx, MigrationWorld.Tdr);
            Assert.Equal(0xc000010000000001UL, refused.Status.Value);
            Assert.Equal((rcx, 0UL), (refused.Rcx, refused.Rdx));
            Assert.EndsWith(point, refused.DecidedBy!.Id, StringComparison.Ordinal);
            Assert.Equal(before, world.Bytes());
        }
    }

    // tdx-module, shared_hpa_check: a shared key's bits are no part of the place.
    [Fact]
    public void A_list_lies_under_any_of_the_hosts_keys()
    {
        var world = new MigrationWorld(TdxOpState.LiveExport);
        world.Put(SeptEntryState.Mapped);
        world.WriteList(new GpaListEntry(new(MigrationWorld.Gpa), GpaListOperation.Migrate));
        var list = new GpaListInfo(new((31UL << 46) | MigrationWorld.List), 0);
        var done = world.Call(TdxFunction.ExportBlockw, list.Raw, MigrationWorld.Tdr);
        Assert.Equal((0UL, list.From(1).Raw), (done.Status.Value, done.Rcx));
        Assert.Equal(SeptEntryState.BlockedWrite, world[MigrationWorld.Gpa].State);
    }

    // Section 6, P1 to P6 and P9, and Q: RCX is kept by every refusal.
    [Fact]
    public void The_common_checks_decide_in_their_order()
    {
        foreach (var function in s_functions)
        {
            var good = function == TdxFunction.ExportRestore ? TdxOpState.Runnable : TdxOpState.LiveExport;
            Refused(function, good, static w => w.Module.Locks.Take(HeldLock.SeptTree(w.Td.Tdr), exclusive: true), 0x8000020000000092);
            Refused(function, TdxOpState.Initialized, static _ => { }, 0xc000060800000000);
            Refused(function, TdxOpState.Initialized, static w => w.Module.Locks.Take(HeldLock.OpState(w.Td.Tdr), exclusive: true), 0x80000200000000ac);
            Refused(function, good, static w => w.Td.ControlPageList.RemoveAt(5), 0xc000060600000000);
            Refused(function, good, static w => w.Td.Lifecycle = TdLifecycle.Blocked, 0x8000081000000000);
            Refused(function, good, static w => w.Td.IsFatal = true, 0xe000060400000000);
            Refused(function, good, static w => w.Module.Locks.Take(HeldLock.Pamt(PageSize.Size4K, w.Td.Tdr), exclusive: true), 0x8000020000000002);
            Refused(function, good, static _ => { }, 0xc000030000000002, tdr: MigrationWorld.Page);
            Refused(function, good, static _ => { }, 0xc000010100000002, tdr: 0x1000);
            Refused(function, good, static _ => { }, 0xc000010000000002, tdr: MigrationWorld.Tdr + 1);
        }
    }

    // An entry with reserved bits, or of shared memory, ends the call; those before it are done.
    [Theory]
    [InlineData(0x0010_0000_0000_3001, "entry-form")]
    [InlineData(0x0000_0000_0000_3040, "entry-form")]
    [InlineData(0x0010_8000_0000_3000, "entry-private")]
    [InlineData(0x0011_0000_0000_3000, "entry-private")]
    public void An_invalid_entry_ends_the_call_where_it_lies(ulong raw, string point)
    {
        var world = new MigrationWorld(TdxOpState.LiveExport);
        world.Put(SeptEntryState.Mapped);
        world.WriteList(new GpaListEntry(new(MigrationWorld.Gpa), GpaListOperation.Migrate), new(raw), new GpaListEntry(new(MigrationWorld.Gpa), GpaListOperation.Migrate));
        var failed = world.Many(TdxFunction.ExportBlockw, last: 2);
        Assert.Equal(0xc000010000000061UL, failed.Status.Value);
        Assert.Equal(new GpaListInfo(new(MigrationWorld.List), 2, 1).Raw, failed.Rcx);
        Assert.Equal("TDH.EXPORT.BLOCKW/" + point, failed.DecidedBy!.Id);
        Assert.Equal(SeptEntryState.BlockedWrite, world[MigrationWorld.Gpa].State);
        Assert.Equal((GpaListOperation.Nop, GpaEntryStatus.EntryInvalid), (world.Entry(1).Operation, world.Entry(1).Status));
        Assert.Equal(new GpaListEntry(new(MigrationWorld.Gpa), GpaListOperation.Migrate), world.Entry(2));
    }

    // BLOCKW and RESTORE skip CANCEL, and REMIGRATE is MIGRATE: one bit of the operation is looked at.
    [Fact]
    public void What_was_not_asked_for_is_skipped_and_no_problem()
    {
        var world = new MigrationWorld(TdxOpState.LiveExport);
        world.Put(SeptEntryState.Mapped);
        var skipped = world.One(TdxFunction.ExportBlockw, GpaListOperation.Cancel);
        Assert.Equal(0UL, skipped.Status.Value);
        Assert.Null(skipped.DecidedBy);
        Assert.Equal(0x0100_0000_0000_2000UL, world.Entry().Raw);
        Assert.Equal(SeptEntryState.Mapped, world[MigrationWorld.Gpa].State);
        Assert.Equal(0UL, world.One(TdxFunction.ExportBlockw, GpaListOperation.Remigrate).Status.Value);
        Assert.Equal(0x0030_0000_0000_2000UL, world.Entry().Raw);
        Assert.Equal(SeptEntryState.BlockedWrite, world[MigrationWorld.Gpa].State);
    }

    // Bits 31:0 of success: how many entries were a problem. The first of them is named.
    [Fact]
    public void Problems_are_counted_and_the_rest_is_done()
    {
        var world = new MigrationWorld(TdxOpState.LiveExport);
        world.Put(SeptEntryState.Mapped);
        world.Put(SeptEntryState.Pending, 0x3000, MigrationWorld.Page + 0x1000);
        world.Put(SeptEntryState.Mapped, 0x4000, MigrationWorld.Page + 0x2000);
        world[0x4000] = world[0x4000].WithLock(true);
        world.WriteList(Migrate(0x200000), Migrate(0x4000), Migrate(0x5000), default, Migrate(0x2000), Migrate(0x3000));
        var done = world.Many(TdxFunction.ExportBlockw, last: 5);
        Assert.Equal(0x0000000000000003UL, done.Status.Value);
        Assert.Equal(new GpaListInfo(new(MigrationWorld.List), 5, 6).Raw, done.Rcx);
        Assert.Equal("TDH.EXPORT.BLOCKW/entry-walk", done.DecidedBy!.Id);
        GpaEntryStatus[] expected =
        [
            GpaEntryStatus.WalkFailed, GpaEntryStatus.EntryBusy, GpaEntryStatus.EntryStateIncorrect, GpaEntryStatus.Skipped,
            GpaEntryStatus.Success, GpaEntryStatus.Success,
        ];
        Assert.Equal(expected, Enumerable.Range(0, 6).Select(index => world.Entry(index).Status));
        Assert.Equal((SeptEntryState.BlockedWrite, SeptEntryState.PendingBlockedWrite), (world[0x2000].State, world[0x3000].State));
        Assert.True(world[0x4000].HasHostPriority);
    }

    // The host's wish for an entry ends when the host gets its lock, whatever comes of it.
    [Fact]
    public void Taking_an_entrys_lock_ends_the_hosts_waiting()
    {
        var world = new MigrationWorld(TdxOpState.LiveExport);
        world[MigrationWorld.Gpa] = SeptEntry.Free.WithHostPriority(true);
        Assert.Equal(1UL, world.One(TdxFunction.ExportBlockw).Status.Value);
        Assert.Equal(SeptEntry.Free, world[MigrationWorld.Gpa]);
    }

    // TDX_INTERRUPTED_RESUMABLE: what was done stays, RCX is where to go on.
    [Fact]
    public void A_list_is_interrupted_between_two_entries_and_goes_on_from_there()
    {
        foreach (var function in s_functions)
        {
            var restores = function == TdxFunction.ExportRestore;
            var world = new MigrationWorld(restores ? TdxOpState.Runnable : TdxOpState.PausedExport, s_reporting);
            world.Td.OpState = function == TdxFunction.ExportBlockw ? TdxOpState.LiveExport : world.Td.OpState;
            for (var index = 0UL; index < 3; index++)
            {
                world.Put(restores ? SeptEntryState.ExportedBlockedWrite : SeptEntryState.Mapped, 0x2000 + (index * 4096), MigrationWorld.Page + (index * 4096));
            }

            world.WriteList(Migrate(0x2000), Migrate(0x3000), Migrate(0x4000));
            world.Module.Interrupts.Arm(1);
            var interrupted = world.Many(function, last: 2);
            Assert.Equal(0x8000000300000000UL, interrupted.Status.Value);
            Assert.Equal(new GpaListInfo(new(MigrationWorld.List), 2, 2).Raw, interrupted.Rcx);
            Assert.EndsWith("/interrupted", interrupted.DecidedBy!.Id, StringComparison.Ordinal);
            Assert.NotEqual(world[0x3000].State, world[0x4000].State);
            var done = world.Call(function, interrupted.Rcx, MigrationWorld.Tdr, r10: 1UL << 63);
            Assert.Equal((0UL, new GpaListInfo(new(MigrationWorld.List), 2, 3).Raw), (done.Status.Value, done.Rcx));
            Assert.Equal(world[0x3000].State, world[0x4000].State);
        }
    }

    // After the last entry nobody looks for an interrupt.
    [Fact]
    public void The_last_entry_is_not_interrupted()
    {
        var world = new MigrationWorld(TdxOpState.LiveExport);
        world.Put(SeptEntryState.Mapped);
        world.Module.Interrupts.Arm(0);
        Assert.Equal(0UL, world.One(TdxFunction.ExportBlockw).Status.Value);
        Assert.True(world.Module.Interrupts.IsArmed);
    }

    private static GpaListEntry Migrate(ulong gpa) => new(new(gpa), GpaListOperation.Migrate);

    private static void Refused(TdxFunction function, TdxOpState opState, Action<MigrationWorld> spoil, ulong status, ulong tdr = MigrationWorld.Tdr)
    {
        var world = new MigrationWorld(opState, s_reporting);
        spoil(world);
        var before = world.Bytes();
        var refused = world.Call(function, 0xff8_0000_0010_0018, tdr);
        Assert.Equal(status, refused.Status.Value);
        Assert.Equal((0xff8_0000_0010_0018UL, 0UL), (refused.Rcx, refused.Rdx));
        Assert.Equal(before, world.Bytes());
    }
}
