using GuestMemory.Tdx.Tests.Migration;

namespace GuestMemory.Tdx.Tests.Rules;

/// <content>On migrations, and by guests.</content>
internal static partial class Attacks
{
    private static readonly Dictionary<string, Attack> s_migration = Sessions()
        .Concat(Lists())
        .Concat(Guests())
        .ToDictionary(pair => pair.Id, pair => pair.Attack, StringComparer.Ordinal);

    private static IEnumerable<(string Id, Attack Attack)> Sessions()
    {
        foreach (var (function, opState) in new[]
        {
            (TdxFunction.ExportAbort, TdxOpState.LiveExport), (TdxFunction.ExportPause, TdxOpState.LiveExport), (TdxFunction.ExportTrack, TdxOpState.LiveExport),
            (TdxFunction.ExportStateImmutable, TdxOpState.Runnable), (TdxFunction.ImportAbort, TdxOpState.MemoryImport), (TdxFunction.ImportEnd, TdxOpState.PostImport),
            (TdxFunction.ImportCommit, TdxOpState.PostImport), (TdxFunction.ImportTrack, TdxOpState.MemoryImport), (TdxFunction.ImportStateImmutable, TdxOpState.Uninitialized),
        })
        {
            yield return (Name(function) + "/keys", On("INV-TDX-15", opState, world => world.Td.Lifecycle = TdLifecycle.Blocked, world =>
            {
                world.WriteToken(3);
                return world.Call(function, MigrationWorld.Tdr, r8: function == TdxFunction.ExportAbort ? 0 : MigrationWorld.BundleAt()).DecidedBy;
            }));
        }
    }

    private static IEnumerable<(string Id, Attack Attack)> Lists()
    {
        foreach (var (function, opState, state) in new[]
        {
            (TdxFunction.ExportBlockw, TdxOpState.LiveExport, SeptEntryState.Mapped), (TdxFunction.ExportRestore, TdxOpState.Runnable, SeptEntryState.ExportedDirty),
            (TdxFunction.ExportMem, TdxOpState.PausedExport, SeptEntryState.Mapped), (TdxFunction.ImportMem, TdxOpState.MemoryImport, SeptEntryState.Free),
        })
        {
            yield return (Name(function) + "/keys", On("INV-TDX-15", opState, world => { world.Put(state); world.Td.Lifecycle = TdLifecycle.Blocked; }, world => Import(world, function)));
            yield return (Name(function) + "/entry-state", On("INV-TDX-3", opState, world => world.Put(SeptEntryState.Free), world => world.One(function).DecidedBy));
        }

        yield return ("TDH.EXPORT.UNBLOCKW/keys", On(
            "INV-TDX-15", TdxOpState.LiveExport, world => { world.Put(SeptEntryState.BlockedWrite); world.Td.Lifecycle = TdLifecycle.Blocked; }, Unblock));
        yield return ("TDH.EXPORT.UNBLOCKW/state", On("INV-TDX-3", TdxOpState.LiveExport, world => world.Put(SeptEntryState.Free), Unblock));
        yield return ("TDH.EXPORT.MEM/entry-writable", On("INV-TDX-17", TdxOpState.LiveExport, world => { world.Put(SeptEntryState.Mapped); world.Td.Epoch = 3; }, world => world.One(TdxFunction.ExportMem).DecidedBy));
        yield return ("TDH.IMPORT.MEM/op-state", On("INV-TDX-10", TdxOpState.Runnable, _ => { }, world => Import(world, TdxFunction.ImportMem)));
        yield return ("TDH.IMPORT.MEM/entry-free", On(
            "INV-TDX-3", TdxOpState.MemoryImport, world => world.Put(SeptEntryState.Mapped), world => Import(world, TdxFunction.ImportMem, MigrationWorld.Page + 0x1000)));
        yield return ("TDH.IMPORT.MEM/page-range", On("INV-TDX-6", TdxOpState.MemoryImport, _ => { }, world => Import(world, TdxFunction.ImportMem, 0x200_0000)));
        yield return ("TDH.IMPORT.MEM/page-free", On("INV-TDX-6", TdxOpState.MemoryImport, _ => { }, world => Import(world, TdxFunction.ImportMem, MigrationWorld.Tdr + 0x1000)));
    }

    private static IEnumerable<(string Id, Attack Attack)> Guests()
    {
        yield return ("TDG.MEM.PAGE.ACCEPT/walk", On("INV-TDX-10", TdxOpState.Runnable, HalfPending, world =>
            world.Module.Tdcall(TdxFunction.GuestPageAccept, world.Td.Vcpus[0].Tdvpr, new(0x20_0000)).DecidedBy));
        yield return ("TD.ACCESS/private/rights", On(
            "INV-TDX-17", TdxOpState.LiveExport, world => { world.AddVcpu(); world.Put(SeptEntryState.ExportedBlockedWrite); },
            world => world.Module.GuestWrite(world.Td.Vcpus[0].Tdvpr, new(MigrationWorld.Gpa), 8, 5).DecidedBy));
        yield return ("TD.ACCESS/private/line", On(
            "INV-TDX-10", TdxOpState.Runnable,
            world => { world.AddVcpu(); world.Put(SeptEntryState.Mapped); world.Module.HostWrite(new(MigrationWorld.Page), 8, 5); },
            world => world.Module.GuestRead(world.Td.Vcpus[0].Tdvpr, new(MigrationWorld.Gpa), 8).DecidedBy,
            TdxWorld.Recorded with { Integrity = MemoryIntegrity.Cryptographic }));
    }

    // A 2M page with bytes of the host's in its sixth part.
    private static void HalfPending(MigrationWorld world)
    {
        const ulong large = 0x4060_0000;
        world.AddVcpu();
        world.Module.Seamcall(TdxFunction.MemPageAug, new(0x20_0001, MigrationWorld.Tdr, large));
        world.Module.Memory.Contents.Write(new(large + 0x5000), 8, 7);
    }

    private static Rule? Unblock(MigrationWorld world) => world.Call(TdxFunction.ExportUnblockw, MigrationWorld.Gpa, MigrationWorld.Tdr).DecidedBy;

    private static Rule? Import(MigrationWorld world, TdxFunction function, ulong page = MigrationWorld.Page)
    {
        world.SetWord(MigrationWorld.Buffers, 0, 0x30_0000);
        world.SetWord(MigrationWorld.NewPages, 0, page);
        return world.One(function, r13: MigrationWorld.NewPages).DecidedBy;
    }

    private static Attack On(string invariant, TdxOpState opState, Action<MigrationWorld> prepare, Func<MigrationWorld, Rule?> act, TdxPlatform? platform = null)
    {
        MigrationWorld? world = null;
        return new(
            invariant,
            rules =>
            {
                world = new(opState, platform, rules);
                prepare(world);
                return world.Module;
            },
            _ => [act(world!)]);
    }

    private static string Name(TdxFunction function) => HostFunctionTable.Find(function)!.Name;
}
