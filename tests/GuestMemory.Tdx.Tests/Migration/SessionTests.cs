using Xunit;

namespace GuestMemory.Tdx.Tests.Migration;

// tdx.md, 10: op states of a session; tdx-module, tdh_export_*.c and tdh_import_*.c.
public sealed class SessionTests
{
    private const ulong Done = 1UL << 63;

    private static readonly TdxFunction[] s_functions =
    [
        TdxFunction.ExportAbort, TdxFunction.ExportPause, TdxFunction.ExportTrack, TdxFunction.ExportStateImmutable,
        TdxFunction.ImportAbort, TdxFunction.ImportEnd, TdxFunction.ImportCommit, TdxFunction.ImportTrack, TdxFunction.ImportStateImmutable,
    ];

    // 5.3 and 10: RUNNABLE, LIVE_EXPORT, PAUSED_EXPORT, POST_EXPORT, and back by ABORT.
    [Fact]
    public void An_export_goes_from_running_to_paused_to_sent_and_back()
    {
        var world = new MigrationWorld(TdxOpState.Runnable);
        world.Td.DirtyCount = 3;
        world.Td.MigrationEpoch = 9;
        Assert.Equal(default, Call(world, TdxFunction.ExportStateImmutable));
        Assert.Equal((TdxOpState.LiveExport, 0u, 0u, 1u), (world.Td.OpState, world.Td.MigrationEpoch, world.Td.DirtyCount, world.Td.ExportCount));
        Assert.Equal(default, Call(world, TdxFunction.ExportTrack));
        Assert.Equal((TdxOpState.LiveExport, 1u), (world.Td.OpState, world.Td.MigrationEpoch));
        var early = Call(world, TdxFunction.ExportTrack, r10: Done);
        Assert.Equal((0xc000060800000000UL, "TDH.EXPORT.TRACK/paused"), (early.Status.Value, early.DecidedBy!.Id));
        Assert.Equal(default, Call(world, TdxFunction.ExportPause));
        Assert.Equal((TdxOpState.PausedExport, 2UL), (world.Td.OpState, world.Td.Epoch));
        Assert.Equal(default, Call(world, TdxFunction.ExportTrack));
        Assert.Equal((TdxOpState.PausedExport, 2u), (world.Td.OpState, world.Td.MigrationEpoch));
        Assert.Equal(default, Call(world, TdxFunction.ExportTrack, r10: Done));
        Assert.Equal((TdxOpState.PostExport, uint.MaxValue), (world.Td.OpState, world.Td.MigrationEpoch));
        Assert.Equal(default, Call(world, TdxFunction.ExportAbort));
        Assert.Equal((TdxOpState.Runnable, 1u), (world.Td.OpState, world.Td.ExportCount));
    }

    // 10: UNINITIALIZED, MEMORY_IMPORT, POST_IMPORT, LIVE_IMPORT, RUNNABLE.
    [Fact]
    public void An_import_goes_from_nothing_to_a_running_td()
    {
        var world = new MigrationWorld(TdxOpState.Uninitialized);
        (world.Td.Sept, world.Td.Epoch, world.Td.MigrationEpoch) = (null, 0, 7);
        Assert.Equal(default, Call(world, TdxFunction.ImportStateImmutable));
        Assert.Equal((TdxOpState.MemoryImport, 1UL, 0u), (world.Td.OpState, world.Td.Epoch, world.Td.MigrationEpoch));
        Assert.Equal((SeptLevel.Pml4, world.Td.ControlPages[3]), (world.Td.Sept!.RootLevel, world.Td.Sept.Root));
        world.WriteToken(1);
        Assert.Equal(default, Call(world, TdxFunction.ImportTrack));
        Assert.Equal((TdxOpState.MemoryImport, 1u), (world.Td.OpState, world.Td.MigrationEpoch));
        world.WriteToken(uint.MaxValue);
        Assert.Equal(default, Call(world, TdxFunction.ImportTrack));
        Assert.Equal((TdxOpState.PostImport, uint.MaxValue), (world.Td.OpState, world.Td.MigrationEpoch));
        Assert.Equal(default, Call(world, TdxFunction.ImportCommit));
        Assert.Equal(TdxOpState.LiveImport, world.Td.OpState);
        Assert.Equal(default, Call(world, TdxFunction.ImportEnd));
        Assert.Equal(TdxOpState.Runnable, world.Td.OpState);
    }

    // tdx-module, tdh_import_end.c and tdh_import_abort.c: END without COMMIT; ABORT is success with bit 61, as often as wanted.
    [Fact]
    public void An_import_ends_without_commit_or_is_given_up_for_good()
    {
        var ended = new MigrationWorld(TdxOpState.PostImport);
        Assert.Equal(default, Call(ended, TdxFunction.ImportEnd));
        Assert.Equal(TdxOpState.Runnable, ended.Td.OpState);
        foreach (var opState in new[] { TdxOpState.MemoryImport, TdxOpState.StateImport, TdxOpState.PostImport, TdxOpState.FailedImport })
        {
            var world = new MigrationWorld(opState);
            Assert.Equal(0x2000000000000000UL, Call(world, TdxFunction.ImportAbort).Status.Value);
            Assert.Equal(TdxOpState.FailedImport, world.Td.OpState);
        }
    }

    // 5.3: in any other op state OP_STATE_INCORRECT, and nothing changes.
    [Fact]
    public void Each_step_is_made_in_its_op_states_only()
    {
        foreach (var function in s_functions)
        {
            foreach (var opState in Enum.GetValues<TdxOpState>())
            {
                var world = new MigrationWorld(opState);
                world.WriteToken(5);
                var before = world.Bytes();
                var r8 = function == TdxFunction.ExportAbort && opState != TdxOpState.PostExport ? 0 : MigrationWorld.BundleAt();
                var answer = world.Call(function, MigrationWorld.Tdr, r8: r8);
                Assert.Equal(OpStates.Allows(function, opState), !answer.Status.IsError);
                if (answer.Status.IsError)
                {
                    Assert.Equal(0xc000060800000000UL, answer.Status.Value);
                    Assert.Equal(before, world.Bytes());
                }
            }
        }
    }

    public static TheoryData<TdxFunction, TdxOpState, string, ulong> Refusals => new()
    {
        { TdxFunction.ExportStateImmutable, TdxOpState.Runnable, "version", 0xc000010000000000 },
        { TdxFunction.ExportStateImmutable, TdxOpState.Runnable, "td-form", 0xc000010000000001 },
        { TdxFunction.ExportStateImmutable, TdxOpState.Runnable, "td-range", 0xc000010100000001 },
        { TdxFunction.ExportStateImmutable, TdxOpState.Runnable, "td-busy", 0x8000020000000001 },
        { TdxFunction.ExportStateImmutable, TdxOpState.Runnable, "td-type", 0xc000030000000001 },
        { TdxFunction.ExportStateImmutable, TdxOpState.Runnable, "fatal", 0xe000060400000000 },
        { TdxFunction.ExportStateImmutable, TdxOpState.Runnable, "keys", 0x8000081000000000 },
        { TdxFunction.ExportStateImmutable, TdxOpState.Runnable, "tdcs", 0xc000060600000000 },
        { TdxFunction.ExportStateImmutable, TdxOpState.Runnable, "op-state-busy", 0x80000200000000ac },
        { TdxFunction.ExportStateImmutable, TdxOpState.Runnable, "restored", 0xc0000e0a00000000 },
        { TdxFunction.ExportStateImmutable, TdxOpState.Runnable, "bundle", 0xc000010000000008 },
        { TdxFunction.ExportStateImmutable, TdxOpState.Runnable, "stream", 0xc00001000000000a },
        { TdxFunction.ExportStateImmutable, TdxOpState.Runnable, "count", 0xc0000e0e00000000 },
        { TdxFunction.ExportPause, TdxOpState.LiveExport, "td-busy", 0x8000020000000001 },
        { TdxFunction.ExportPause, TdxOpState.LiveExport, "td-running", 0x8000020000000001 },
        { TdxFunction.ExportPause, TdxOpState.LiveExport, "keys", 0x8000081000000000 },
        { TdxFunction.ExportTrack, TdxOpState.PausedExport, "op-state-busy", 0x80000200000000ac },
        { TdxFunction.ExportTrack, TdxOpState.PausedExport, "stream", 0xc00001000000000a },
        { TdxFunction.ExportTrack, TdxOpState.PausedExport, "bundle", 0xc000010000000008 },
        { TdxFunction.ExportTrack, TdxOpState.PausedExport, "epoch", 0xc0000e0d00000000 },
        { TdxFunction.ExportTrack, TdxOpState.PausedExport, "dirty", 0xc0000e0700000000 },
        { TdxFunction.ExportAbort, TdxOpState.PostExport, "stream", 0xc00001000000000a },
        { TdxFunction.ExportAbort, TdxOpState.PostExport, "bundle", 0xc000010000000008 },
        { TdxFunction.ImportStateImmutable, TdxOpState.Uninitialized, "stream", 0xc00001000000000a },
        { TdxFunction.ImportTrack, TdxOpState.MemoryImport, "td-running", 0x8000020000000001 },
        { TdxFunction.ImportTrack, TdxOpState.MemoryImport, "stream", 0xc00001000000000a },
        { TdxFunction.ImportTrack, TdxOpState.MemoryImport, "bundle", 0xc000010000000008 },
        { TdxFunction.ImportCommit, TdxOpState.PostImport, "td-running", 0x8000020000000001 },
        { TdxFunction.ImportEnd, TdxOpState.LiveImport, "td-running", 0x8000020000000001 },
        { TdxFunction.ImportAbort, TdxOpState.MemoryImport, "stream", 0xc00001000000000a },
        { TdxFunction.ImportAbort, TdxOpState.MemoryImport, "bundle", 0xc000010000000008 },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_refused_step_changes_nothing(TdxFunction function, TdxOpState opState, string point, ulong status)
    {
        var world = new MigrationWorld(opState);
        var (rcx, r8, r10, version) = Spoil(world, point);
        var before = world.Bytes();
        var refused = world.Module.Seamcall(function, new(rcx, R8: r8, R10: r10), version);
        Assert.Equal(status, refused.Status.Value);
        Assert.EndsWith("/" + point, refused.DecidedBy!.Id, StringComparison.Ordinal);
        Assert.Equal((point == "version" ? rcx : 0, 0UL), (refused.Rcx, refused.Rdx));
        Assert.Equal(before, world.Bytes());
    }

    // tdx-module, tdh_import_state_immutable.c and tdh_import_track.c: what is wrong with a bundle fails the import, with bit 61.
    [Fact]
    public void A_wrong_bundle_fails_the_import()
    {
        var opened = new MigrationWorld(TdxOpState.Uninitialized);
        Assert.Equal(0xe000010000000008UL, opened.Call(TdxFunction.ImportStateImmutable, MigrationWorld.Tdr, r8: MigrationWorld.BundleAt(size: 47)).Status.Value);
        Assert.Equal(TdxOpState.FailedImport, opened.Td.OpState);
        var tracked = new MigrationWorld(TdxOpState.MemoryImport);
        tracked.Td.MigrationEpoch = 2;
        tracked.WriteToken(2);
        var refused = Call(tracked, TdxFunction.ImportTrack);
        Assert.Equal((0xe0000e0000000000UL, "TDH.IMPORT.TRACK/epoch"), (refused.Status.Value, refused.DecidedBy!.Id));
        Assert.Equal((TdxOpState.FailedImport, 2u), (tracked.Td.OpState, tracked.Td.MigrationEpoch));
    }

    // tdx-module, tdh_export_abort.c: before the start token there is no abort token.
    [Fact]
    public void An_abort_before_the_start_token_brings_none()
    {
        foreach (var opState in new[] { TdxOpState.LiveExport, TdxOpState.PausedExport })
        {
            var world = new MigrationWorld(opState);
            Assert.Equal(0xc000010000000008UL, Call(world, TdxFunction.ExportAbort).Status.Value);
            Assert.Equal(opState, world.Td.OpState);
            Assert.Equal(default, world.Call(TdxFunction.ExportAbort, MigrationWorld.Tdr));
            Assert.Equal(TdxOpState.Runnable, world.Td.OpState);
        }
    }

    // MB-70: what an interrupted session left in its stream is not known.
    [Fact]
    public void Opening_a_session_again_where_it_was_interrupted_is_outside_the_model()
    {
        foreach (var (function, opState) in new[] { (TdxFunction.ExportStateImmutable, TdxOpState.Runnable), (TdxFunction.ImportStateImmutable, TdxOpState.Uninitialized) })
        {
            var world = new MigrationWorld(opState);
            var before = world.Bytes();
            Assert.Equal("MB-70", Assert.Throws<OutsideModelException>(() => Call(world, function, r10: Done)).Entry);
            Assert.Equal(before, world.Bytes());
        }
    }

    // The head of a bundle: 48 bytes of room, aligned to 128, under a key of the host's, outside SEAMRR, within the platform's addresses.
    [Fact]
    public void A_bundles_head_lies_in_shared_memory()
    {
        foreach (var r8 in new[] { MigrationWorld.BundleAt(0x103040), MigrationWorld.BundleAt(0x103080, 47), MigrationWorld.BundleAt(1UL << 51), MigrationWorld.BundleAt(0x3_0000_0000) })
        {
            var world = new MigrationWorld(TdxOpState.PausedExport);
            Assert.Equal(0xc000010000000008UL, world.Call(TdxFunction.ExportTrack, MigrationWorld.Tdr, r8: r8).Status.Value);
        }

        foreach (var r8 in new[] { MigrationWorld.BundleAt(0x103080), MigrationWorld.BundleAt((31UL << 46) | MigrationWorld.Bundle, 128) })
        {
            var world = new MigrationWorld(TdxOpState.PausedExport);
            Assert.Equal(default, world.Call(TdxFunction.ExportTrack, MigrationWorld.Tdr, r8: r8));
        }
    }

    private static TdxResult Call(MigrationWorld world, TdxFunction function, ulong r10 = 0)
    {
        var before = function == TdxFunction.ExportAbort && world.Td.OpState == TdxOpState.PostExport;
        return world.Call(function, MigrationWorld.Tdr, r8: MigrationWorld.BundleAt(), r10: before ? 0 : r10);
    }

    private static (ulong Rcx, ulong R8, ulong R10, int Version) Spoil(MigrationWorld world, string point)
    {
        var (rcx, r8, r10, version) = (MigrationWorld.Tdr, MigrationWorld.BundleAt(), 0UL, 0);
        switch (point)
        {
            case "version": version = 1; break;
            case "td-form": rcx |= 8; break;
            case "td-range": rcx = 0x2000; break;
            case "td-busy": world.Module.Locks.Take(HeldLock.Pamt(PageSize.Size4K, world.Td.Tdr), exclusive: true); break;
            case "td-type": rcx = MigrationWorld.Page; break;
            case "td-running": world.AddVcpu(); break;
            case "fatal": world.Td.IsFatal = true; break;
            case "keys": world.Td.Lifecycle = TdLifecycle.Blocked; break;
            case "tdcs": world.Td.ControlPageList.RemoveAt(5); break;
            case "op-state-busy": world.Module.Locks.Take(HeldLock.OpState(world.Td.Tdr), exclusive: false); break;
            case "restored": world.Td.MigratedCount = 1; break;
            case "bundle": r8 = 0; break;
            case "stream": r10 = 1; break;
            case "count": world.Td.ExportCount = 0x7fffffff; break;
            case "epoch": world.Td.MigrationEpoch = 0xfffffffe; break;
            default: (world.Td.DirtyCount, r10) = (1, Done); break;
        }

        return (rcx, r8, r10, version);
    }
}
