using Xunit;
using static GuestMemory.Tdx.SeptEntryState;

namespace GuestMemory.Tdx.Tests.Migration;

// tdx.md, 16: the scenarios of migration, by calls alone.
public sealed class ScenarioTests
{
    private const ulong Gpa = MigrationWorld.Gpa;
    private const ulong Page = MigrationWorld.Page;
    private const ulong Tdr = MigrationWorld.Tdr;

    // tdx.md, 16: scenario 54. A page removed in a live import leaves REMOVED; AUG takes that; a table with a REMOVED entry is not empty.
    [Fact]
    public void A_page_removed_in_a_live_import_is_remembered()
    {
        var world = new MigrationWorld(TdxOpState.LiveImport);
        world.Td.MigrationEpoch = uint.MaxValue;
        world.Put(Mapped);
        Remove(world);
        Assert.Equal(0x80c01ffffffff000UL, world[Gpa].Raw);
        Assert.Equal(0UL, world.Call(TdxFunction.MemPageAug, Gpa, Tdr, Page).Status.Value);
        Assert.Equal(Pending, world[Gpa].State);
        Remove(world);
        Assert.Equal(0UL, world.Call(TdxFunction.MemRangeBlock, 1, Tdr).Status.Value);
        Assert.Equal(0UL, world.Call(TdxFunction.MemTrack, Tdr).Status.Value);
        Assert.Equal(0xc0000b0e00000001UL, world.Call(TdxFunction.MemSeptRemove, 1, Tdr).Status.Value);
        world.SetWord(MigrationWorld.Buffers, 0, Page);
        Assert.Equal(0UL, world.Call(TdxFunction.MemRangeUnblock, 1, Tdr).Status.Value);
        var over = world.One(TdxFunction.ImportMem);
        Assert.Equal((0xc0000e1100000061UL, TdxOpState.Runnable), (over.Status.Value, world.Td.OpState));
    }

    // tdx.md, 16: scenario 55, and tdx-recordings, s40 and s41.
    [Fact]
    public void A_page_is_exported_while_the_td_runs()
    {
        var world = new MigrationWorld(TdxOpState.LiveExport);
        world.Put(Mapped);
        var vcpu = world.AddVcpu();
        Assert.Equal(0UL, world.One(TdxFunction.ExportBlockw).Status.Value);
        Assert.Equal(GuestEvent.Ok, world.Module.GuestRead(vcpu.Tdvpr, new(Gpa), 8).Event);
        Assert.Equal(GuestEvent.TdExit, world.Module.GuestWrite(vcpu.Tdvpr, new(Gpa), 8, 1).Event);
        Assert.Equal(0UL, world.One(TdxFunction.ExportMem).Status.Value);
        Assert.Equal(GpaEntryStatus.TlbTrackingNotDone, world.Entry().Status);
        Assert.Equal(0UL, world.Call(TdxFunction.MemTrack, Tdr).Status.Value);
        Assert.Equal(0UL, world.One(TdxFunction.ExportMem).Status.Value);
        Assert.Equal(GpaEntryStatus.TlbTrackingNotDone, world.Entry().Status);
        world.Module.Exit(vcpu.Tdvpr);
        Assert.Equal(0UL, world.One(TdxFunction.ExportMem).Status.Value);
        Assert.Equal((0x10000000002000UL, ExportedBlockedWrite), (world.Entry().Raw, world[Gpa].State));
        Refuses(world, TdxFunction.MemRangeBlock, TdxFunction.MemPageRemove);
        Assert.Equal(0UL, world.Call(TdxFunction.VpEnter, vcpu.Tdvpr.Address.Value).Status.Value);
        Assert.Equal(GuestEvent.TdExit, world.Module.GuestWrite(vcpu.Tdvpr, new(Gpa), 8, 1).Event);
        Assert.Equal(0UL, world.Call(TdxFunction.ExportUnblockw, Gpa, Tdr).Status.Value);
        Assert.Equal(GuestEvent.Ok, world.Module.GuestWrite(vcpu.Tdvpr, new(Gpa), 8, 1).Event);
        Assert.Equal((0x80200000404002f7UL, 1u, 1u), (world[Gpa].Raw, world.Td.MigratedCount, world.Td.DirtyCount));
    }

    // tdx-recordings, s61 and tdx.md, 10: while a page is in an exported state, BLOCK, REMOVE and DEMOTE are refused.
    [Fact]
    public void Exported_pages_stay_where_they_are()
    {
        foreach (var state in MigrationWorld.States.Where(SeptStates.IsExported))
        {
            var world = new MigrationWorld(TdxOpState.PausedExport);
            world.Put(state);
            Refuses(world, TdxFunction.MemRangeBlock, TdxFunction.MemPageRemove);
        }
    }

    // Q4 [O:s65]: RELOCATE takes EXPORTED_BLOCKEDW without block and tracking.
    [Fact]
    public void An_exported_page_is_moved_without_block_in_1_5_01()
    {
        var world = new MigrationWorld(TdxOpState.LiveExport);
        world.Put(ExportedBlockedWrite);
        Assert.Equal((0UL, Page), (world.Call(TdxFunction.MemPageRelocate, Gpa, Tdr, Page + 0x1000) is var moved ? moved.Status.Value : 1, moved.Rcx));
        Assert.Equal(MigrationWorld.EntryOf(ExportedBlockedWrite, Page + 0x1000), world[Gpa]);
        world.Put(BlockedWrite, 0x3000, Page + 0x2000);
        Assert.Equal(0xc0000b0600000001UL, world.Call(TdxFunction.MemPageRelocate, 0x3000, Tdr, Page + 0x3000).Status.Value);
    }

    // Q5 and 10: an export given up; the page is writable in its exported state until RESTORE.
    [Fact]
    public void A_page_of_an_export_given_up_is_restored()
    {
        var world = new MigrationWorld(TdxOpState.PausedExport);
        world.Put(Mapped);
        var vcpu = world.AddVcpu();
        world.Module.Exit(vcpu.Tdvpr);
        Assert.Equal(default, world.One(TdxFunction.ExportMem));
        Assert.Equal(default, world.Call(TdxFunction.ExportAbort, Tdr));
        Assert.Equal(0UL, world.Call(TdxFunction.VpEnter, vcpu.Tdvpr.Address.Value).Status.Value);
        Assert.Equal(GuestEvent.Ok, world.Module.GuestWrite(vcpu.Tdvpr, new(Gpa), 8, 1).Event);
        var again = world.Call(TdxFunction.ExportStateImmutable, Tdr, r8: MigrationWorld.BundleAt());
        Assert.Equal(0xc0000e0a00000000UL, again.Status.Value);
        Assert.Equal(0UL, world.One(TdxFunction.ExportRestore).Status.Value);
        Assert.Equal((MigrationWorld.EntryOf(Mapped), 0u), (world[Gpa], world.Td.MigratedCount));
        Assert.Equal(default, world.Call(TdxFunction.ExportStateImmutable, Tdr, r8: MigrationWorld.BundleAt()));
    }

    private static void Remove(MigrationWorld world)
    {
        Assert.Equal(0UL, world.Call(TdxFunction.MemRangeBlock, Gpa, Tdr).Status.Value);
        Assert.Equal(0UL, world.Call(TdxFunction.MemTrack, Tdr).Status.Value);
        Assert.Equal((0UL, Page), (world.Call(TdxFunction.MemPageRemove, Gpa, Tdr) is var gone ? gone.Status.Value : 1, gone.Rcx));
    }

    private static void Refuses(MigrationWorld world, params TdxFunction[] functions)
    {
        foreach (var function in functions)
        {
            var entry = world[Gpa];
            var refused = world.Call(function, Gpa, Tdr);
            Assert.Equal((0xc0000b0d00000001UL, entry.ToInfo()), (refused.Status.Value, refused.Rcx));
            Assert.Equal(entry, world[Gpa]);
        }
    }
}
