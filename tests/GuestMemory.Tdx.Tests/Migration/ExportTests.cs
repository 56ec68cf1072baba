using Xunit;
using static GuestMemory.Tdx.SeptEntryState;

namespace GuestMemory.Tdx.Tests.Migration;

// tdx.md, 10 row by row, and 4.4.
public sealed class ExportTests
{
    private const ulong Gpa = MigrationWorld.Gpa;

    // 4.4, EXPORT.BLOCKW (65): W goes, BW_EPOCH is the TD's epoch, of the TD and not of the page.
    [Fact]
    public void Blockw_takes_the_right_to_write_from_four_states_and_refuses_the_others()
    {
        var after = new Dictionary<SeptEntryState, SeptEntryState>
        {
            [Mapped] = BlockedWrite,
            [Pending] = PendingBlockedWrite,
            [ExportedDirty] = ExportedDirtyBlockedWrite,
            [PendingExportedDirty] = PendingExportedDirtyBlockedWrite,
        };
        foreach (var state in MigrationWorld.States)
        {
            var world = new MigrationWorld(TdxOpState.LiveExport);
            world.Td.Epoch = 7;
            world.Put(state);
            var done = world.One(TdxFunction.ExportBlockw);
            var (pages, dirty) = (state.IsExported() ? 1u : 0u, state is ExportedDirty or ExportedDirtyBlockedWrite or PendingExportedDirty or PendingExportedDirtyBlockedWrite ? 1u : 0u);
            Assert.Equal((pages, dirty), (world.Td.MigratedCount, world.Td.DirtyCount));
            if (after.TryGetValue(state, out var expected))
            {
                Assert.Equal((0UL, 0x100008UL, 0UL), (done.Status.Value, done.Rcx, done.Rdx));
                Assert.Equal(0x10000000002000UL, world.Entry().Raw);
                Assert.Equal(MigrationWorld.EntryOf(expected), world[Gpa]);
                Assert.Equal(7UL, world.Td.WriteBlockEpoch);
                continue;
            }

            Assert.Equal((1UL, 0x100008UL, "TDH.EXPORT.BLOCKW/entry-state"), (done.Status.Value, done.Rcx, done.DecidedBy!.Id));
            Assert.Equal(0x400000000002000UL, world.Entry().Raw);
            Assert.Equal(MigrationWorld.EntryOf(state), world[Gpa]);
            Assert.Equal(0UL, world.Td.WriteBlockEpoch);
        }
    }

    // 4.4, EXPORT.UNBLOCKW (75): an exported page is dirty from then on, DIRTY_COUNT + 1.
    [Fact]
    public void Unblockw_gives_it_back_and_an_exported_page_is_dirty()
    {
        var after = new Dictionary<SeptEntryState, (SeptEntryState State, uint Dirty)>
        {
            [BlockedWrite] = (Mapped, 0),
            [ExportedBlockedWrite] = (ExportedDirty, 1),
            [ExportedDirtyBlockedWrite] = (ExportedDirty, 1),
            [PendingBlockedWrite] = (Pending, 0),
            [PendingExportedBlockedWrite] = (PendingExportedDirty, 1),
            [PendingExportedDirtyBlockedWrite] = (PendingExportedDirty, 1),
        };
        foreach (var state in MigrationWorld.States)
        {
            var world = new MigrationWorld(TdxOpState.LiveExport);
            world.Put(state);
            var before = world.Bytes();
            var done = world.Call(TdxFunction.ExportUnblockw, Gpa, MigrationWorld.Tdr);
            if (after.TryGetValue(state, out var expected))
            {
                Assert.Equal(default, done);
                Assert.Equal((MigrationWorld.EntryOf(expected.State), expected.Dirty), (world[Gpa], world.Td.DirtyCount));
                continue;
            }

            var entry = MigrationWorld.EntryOf(state);
            Assert.Equal((0xc0000b0d00000001UL, entry.ToInfo(), (ulong)state.PublicNumber() << 8), (done.Status.Value, done.Rcx, done.Rdx));
            Assert.Equal(before, world.Bytes());
        }
    }

    // tdx-recordings, s40: level 1 is refused by form; s41's neighbours. A held entry is answered without entry information (tdx-module, tdh_export_unblockw.c).
    [Fact]
    public void Unblockw_refuses_other_levels_shared_addresses_missing_tables_and_held_entries()
    {
        var world = new MigrationWorld(TdxOpState.LiveExport);
        world.Put(BlockedWrite);
        Assert.Equal(0xc000010000000001UL, world.Call(TdxFunction.ExportUnblockw, 0x200001, MigrationWorld.Tdr).Status.Value);
        Assert.Equal(0xc000010000000001UL, world.Call(TdxFunction.ExportUnblockw, (1UL << 47) | Gpa, MigrationWorld.Tdr).Status.Value);
        var walked = world.Call(TdxFunction.ExportUnblockw, 0x200000, MigrationWorld.Tdr);
        Assert.Equal((0xc0000b0000000001UL, 0x8000000000000000UL, 1UL), (walked.Status.Value, walked.Rcx, walked.Rdx));
        world[Gpa] = world[Gpa].WithLock(true);
        var busy = world.Call(TdxFunction.ExportUnblockw, Gpa, MigrationWorld.Tdr);
        Assert.Equal((0x8000020000000001UL, 0UL, 0UL), (busy.Status.Value, busy.Rcx, busy.Rdx));
        Assert.Equal(MigrationWorld.EntryOf(BlockedWrite).WithLock(true).WithHostPriority(true), world[Gpa]);
        world[Gpa] = world[Gpa].WithLock(false);
        Assert.Equal(default, world.Call(TdxFunction.ExportUnblockw, Gpa, MigrationWorld.Tdr));
        Assert.Equal(MigrationWorld.EntryOf(Mapped), world[Gpa]);
    }

    // 10, EXPORT.RESTORE: exported states become MAPPED or PENDING, writable; MIG_COUNT - 1, DIRTY_COUNT stays.
    [Fact]
    public void Restore_makes_every_exported_page_the_guests_own()
    {
        foreach (var state in MigrationWorld.States)
        {
            var world = new MigrationWorld(TdxOpState.Runnable);
            world.Put(state);
            var dirty = world.Td.DirtyCount;
            var done = world.One(TdxFunction.ExportRestore);
            var exported = state.IsExported();
            Assert.Equal((exported ? 0UL : 1UL, 0x100008UL), (done.Status.Value, done.Rcx));
            Assert.Equal(exported ? 0x10000000002000UL : 0x400000000002000UL, world.Entry().Raw);
            Assert.Equal(MigrationWorld.EntryOf(!exported ? state : state.IsPending() ? Pending : Mapped), world[Gpa]);
            Assert.Equal((0u, dirty), (world.Td.MigratedCount, world.Td.DirtyCount));
        }
    }

    // 10, EXPORT.MEM, MIGRATE: which states each phase takes, what is written into the list, and the counters.
    [Fact]
    public void An_export_takes_what_the_phase_allows()
    {
        SeptEntryState[] live = [BlockedWrite, ExportedDirtyBlockedWrite, PendingBlockedWrite, PendingExportedDirtyBlockedWrite];
        SeptEntryState[] paused = [.. live, Mapped, ExportedDirty, Pending, PendingExportedDirty];
        SeptEntryState[] post = [.. paused, ExportedBlockedWrite, PendingExportedBlockedWrite];
        foreach (var (opState, allowed) in new[] { (TdxOpState.LiveExport, live), (TdxOpState.PausedExport, paused), (TdxOpState.PostExport, post) })
        {
            foreach (var state in MigrationWorld.States)
            {
                Exports(opState, state, allowed.Contains(state));
            }
        }
    }

    // 10, EXPORT.MEM, CANCEL: in order only (6), exported states only (4).
    [Fact]
    public void An_export_is_taken_back_in_order_only()
    {
        foreach (var opState in new[] { TdxOpState.LiveExport, TdxOpState.PausedExport, TdxOpState.PostExport })
        {
            foreach (var state in MigrationWorld.States.Where(state => SeptTransitions.Allows(TdxFunction.ExportMem, state)))
            {
                var world = new MigrationWorld(opState);
                world.Put(state);
                Assert.Equal(0UL, world.One(TdxFunction.ExportMem, GpaListOperation.Cancel).Status.Value);
                var done = opState != TdxOpState.PostExport && state.IsExported();
                var status = done ? 0UL : opState == TdxOpState.PostExport ? 6UL : 4UL;
                var back = state.IsPending() ? Pending : Mapped;
                Assert.Equal(done ? 0x20000000002000UL | (back == Pending ? 4UL : 0) : (status << 56) | 0x2000, world.Entry().Raw);
                Assert.Equal(MigrationWorld.EntryOf(done ? back : state), world[Gpa]);
                Assert.Equal(done ? 0u : state.IsExported() ? 1u : 0u, world.Td.MigratedCount);
            }
        }
    }

    // tdx-recordings, s41: an export waits for TRACK and for the vCPUs of the epoch before.
    [Fact]
    public void A_live_export_waits_until_no_vcpu_can_write()
    {
        var world = new MigrationWorld(TdxOpState.LiveExport);
        world.Put(Mapped);
        world.Td.OddReferences = 1;
        Assert.Equal(0UL, world.One(TdxFunction.ExportBlockw).Status.Value);
        Assert.Equal(0UL, world.One(TdxFunction.ExportMem).Status.Value);
        Assert.Equal(0x500000000002000UL, world.Entry().Raw);
        world.Td.Epoch = 2;
        Assert.Equal("TDH.EXPORT.MEM/entry-tracked", world.One(TdxFunction.ExportMem).DecidedBy!.Id);
        Assert.Equal(0x500000000002000UL, world.Entry().Raw);
        world.Td.OddReferences = 0;
        Assert.Equal(default, world.One(TdxFunction.ExportMem));
        Assert.Equal((0x10000000002000UL, 0x80600000404000f5UL, 1u), (world.Entry().Raw, world[Gpa].Raw, world.Td.MigratedCount));
    }

    // Q5 [O:s63]: exported while paused, the page stays writable in state EXPORTED_BLOCKEDW. A module without the quirk takes W.
    [Fact]
    public void A_paused_export_leaves_the_page_writable_in_1_5_01()
    {
        var world = new MigrationWorld(TdxOpState.PausedExport);
        world.Put(Mapped);
        Assert.Equal(default, world.One(TdxFunction.ExportMem));
        Assert.Equal(0x80600000404000f7UL, world[Gpa].Raw);
        var other = new MigrationWorld(TdxOpState.PausedExport, TdxWorld.Recorded with { Version = new("other") { PausedExportKeepsWrite = false } });
        other.Put(Mapped);
        Assert.Equal(default, other.One(TdxFunction.ExportMem));
        Assert.Equal(0x80600000404000f5UL, other[Gpa].Raw);
    }

    // MB-71: the recorded stand-in answers zeroes; the source's handler counts, and leaves the list's rest in RCX.
    [Fact]
    public void Export_answers_as_recorded_or_as_the_source_does()
    {
        var recorded = new MigrationWorld(TdxOpState.PausedExport);
        var problem = recorded.One(TdxFunction.ExportMem);
        Assert.Equal((0UL, 0UL, 0UL), (problem.Status.Value, problem.Rcx, problem.Rdx));
        Assert.Equal("TDH.EXPORT.MEM/entry-state", problem.DecidedBy!.Id);
        var source = new MigrationWorld(TdxOpState.PausedExport, TdxWorld.Recorded with { Version = new("source") { ExportMemReportsProblems = true } });
        var counted = source.One(TdxFunction.ExportMem);
        Assert.Equal((1UL, 0x100008UL, 0UL), (counted.Status.Value, counted.Rcx, counted.Rdx));
    }

    // tdx-module, handle_new_command: without R10 bit 63 a list begins at entry 0.
    [Fact]
    public void An_export_that_is_not_resumed_begins_at_the_beginning()
    {
        var world = new MigrationWorld(TdxOpState.PausedExport);
        world.Put(Mapped);
        world.WriteList(default, new GpaListEntry(new(Gpa), GpaListOperation.Migrate));
        var before = world.Bytes();
        var refused = world.Many(TdxFunction.ExportMem, last: 1, first: 1);
        Assert.Equal((0xc000010000000001UL, "TDH.EXPORT.MEM/list-start"), (refused.Status.Value, refused.DecidedBy!.Id));
        Assert.Equal(before, world.Bytes());
        Assert.Equal(0UL, world.Many(TdxFunction.ExportMem, last: 1, r10: 1UL << 63, first: 1).Status.Value);
        Assert.Equal(ExportedBlockedWrite, world[Gpa].State);
    }

    private static void Exports(TdxOpState opState, SeptEntryState state, bool isAllowed)
    {
        var world = new MigrationWorld(opState);
        world.Td.Epoch = 2;
        world.Put(state);
        var dirty = world.Td.DirtyCount;
        var done = world.One(TdxFunction.ExportMem);
        Assert.Equal((0UL, 0UL, 0UL), (done.Status.Value, done.Rcx, done.Rdx));
        if (!isAllowed)
        {
            Assert.Equal(0x400000000002000UL, world.Entry().Raw);
            Assert.Equal((MigrationWorld.EntryOf(state), dirty), (world[Gpa], world.Td.DirtyCount));
            return;
        }

        var again = dirty == 1 && opState != TdxOpState.PostExport;
        Assert.Equal((again ? 0x30000000002000UL : 0x10000000002000UL) | (state.IsPending() ? 4UL : 0), world.Entry().Raw);
        var exported = MigrationWorld.EntryOf(state.IsPending() ? PendingExportedBlockedWrite : ExportedBlockedWrite);
        Assert.Equal(new SeptEntry(exported.Raw | MigrationWorld.EntryOf(state).Rights), world[Gpa]);
        Assert.Equal((1u, 0u), (world.Td.MigratedCount, world.Td.DirtyCount));
    }
}
