using GuestMemory.Tdx.Tests.Migration;

namespace GuestMemory.Tdx.Tests.States;

/// <summary>A TD with one guest address in play, the table above it and three pages, driven by calls; and what of it a search tells apart.</summary>
internal sealed class LeafWorld
{
    private const ulong Tdr = TdxWorld.FirstTdmr;
    private const ulong Gpa = 0x2000;
    private const ulong TableGpa = 1;
    private const ulong P = 0x40400000;
    private const ulong Q = 0x40401000;
    private const ulong Table = 0x40020000;
    private const ulong Vcpu = Tdr + 0x7000;
    private const ulong Last = 1UL << 63;

    private readonly TdxWorld _world = new();
    private byte[] _buffer = [];

    private LeafWorld()
    {
    }

    public TdxModule Module => _world.Module;

    public Td Td => Module.Tds[0];

    public SeptEntry Leaf => Td.Sept!.Walk(new Gpa(Gpa).Frame, SeptLevel.Pt) is { Level: SeptLevel.Pt } place ? place.Entry : SeptEntry.Free;

    public SeptEntry Above => Td.Sept!.Walk(default, SeptLevel.Pd).Entry;

    /// <summary>A TD that is being built, with tables and a vCPU.</summary>
    public static LeafWorld Built()
    {
        var world = new LeafWorld();
        world._world.BuildTd(Tdr, finalize: false);
        world.AddTables();
        return world;
    }

    /// <summary>A TD whose import begins. Its vCPU is made without calls: IMPORT.STATE.VP is not modelled.</summary>
    public static LeafWorld Importing()
    {
        var world = new LeafWorld();
        world._world.Expect(TdxFunction.MngCreate, Tdr, 33);
        world._world.Expect(TdxFunction.MngKeyConfig, Tdr);
        for (var page = 1UL; page <= Td.FewestControlPages; page++)
        {
            world._world.Expect(TdxFunction.MngAddcx, Tdr + (page << 12), Tdr);
        }

        world._world.Expect(TdxFunction.ImportStateImmutable, Tdr, r8: MigrationWorld.BundleAt());
        world.AddTables();
        var vcpu = new TdVcpu(world.Td, new Spa(Vcpu).Frame) { IsInitialized = true };
        world.Module.Pamt.Write(PageSize.Size4K, vcpu.Tdvpr, new(PageType.Tdvpr, world.Td.Tdr, 0));
        for (var page = 1UL; page <= TdVcpu.FewestControlPages; page++)
        {
            world.Module.Pamt.Write(PageSize.Size4K, vcpu.Tdvpr + page, new(PageType.Tdcx, world.Td.Tdr, 0));
            vcpu.ControlPageList.Add(vcpu.Tdvpr + page);
        }

        world.Td.VcpuList.Add(vcpu);
        world.Td.ChildCount += 1 + TdVcpu.FewestControlPages;
        return world;
    }

    /// <summary>Every call tried in every state. One that is not tried any more answers success.</summary>
    public IEnumerable<(string Name, Func<TdxResult> Call)> Moves()
    {
        foreach (var function in new[]
        {
            TdxFunction.MemRangeBlock, TdxFunction.MemRangeUnblock, TdxFunction.MemPageRemove, TdxFunction.MemSeptRd, TdxFunction.MrExtend, TdxFunction.ExportUnblockw,
        })
        {
            yield return ($"{function} leaf", () => Call(function, Gpa, Tdr));
        }

        foreach (var function in new[] { TdxFunction.MemRangeBlock, TdxFunction.MemRangeUnblock, TdxFunction.MemSeptRemove, TdxFunction.MemPagePromote })
        {
            yield return ($"{function} table", () => Call(function, TableGpa, Tdr));
        }

        foreach (var function in new[] { TdxFunction.MemTrack, TdxFunction.MrFinalize, TdxFunction.ExportPause, TdxFunction.ImportCommit, TdxFunction.ImportEnd, TdxFunction.ExportAbort })
        {
            yield return ($"{function}", () => Call(function, Tdr, r8: function == TdxFunction.ExportAbort && Td.OpState == TdxOpState.PostExport ? MigrationWorld.BundleAt() : 0));
        }

        yield return ("Add", () => Call(TdxFunction.MemPageAdd, Gpa, Tdr, P, 0x200000));
        yield return ("Aug", () => Call(TdxFunction.MemPageAug, Gpa, Tdr, P));
        yield return ("Relocate to P", () => Call(TdxFunction.MemPageRelocate, Gpa, Tdr, P));
        yield return ("Relocate to Q", () => Call(TdxFunction.MemPageRelocate, Gpa, Tdr, Q));
        yield return ("SeptAdd", () => Call(TdxFunction.MemSeptAdd, TableGpa, Tdr, Table));
        yield return ("Demote", () => Call(TdxFunction.MemPageDemote, TableGpa, Tdr, Q));
        yield return ("Reclaim", () => Call(TdxFunction.PhymemPageReclaim, P));
        yield return ("Accept", Accept);
        yield return ("Export opens", () => Td.ExportCount > 0 ? default : Call(TdxFunction.ExportStateImmutable, Tdr, r8: MigrationWorld.BundleAt()));
        yield return ("Export epoch", () => Td.MigrationEpoch > 0 ? default : Call(TdxFunction.ExportTrack, Tdr, r8: MigrationWorld.BundleAt()));
        yield return ("Export start", () => Call(TdxFunction.ExportTrack, Tdr, r8: MigrationWorld.BundleAt(), r10: Last));
        yield return ("Import aborts", () => Call(TdxFunction.ImportAbort, Tdr, r8: MigrationWorld.BundleAt()));
        yield return ("Import epoch", () => Td.MigrationEpoch > 0 ? default : Token(1));
        yield return ("Import start", () => Token(uint.MaxValue));
        foreach (var function in new[] { TdxFunction.ExportBlockw, TdxFunction.ExportRestore, TdxFunction.ExportMem, TdxFunction.ImportMem })
        {
            foreach (var operation in new[] { GpaListOperation.Migrate, GpaListOperation.Cancel, GpaListOperation.Remigrate })
            {
                yield return ($"{function} {operation}", () => One(function, operation, isPending: false));
                yield return ($"{function} {operation} pending", () => One(function, operation, isPending: true));
            }
        }
    }

    /// <summary>The module's state in bytes.</summary>
    public byte[] Save()
    {
        var writer = new StateWriter(_buffer);
        Module.WriteState(ref writer);
        _buffer = writer.Buffer;
        return writer.Written.ToArray();
    }

    public void Load(byte[] state)
    {
        var reader = new StateReader(state);
        Module.ReadState(ref reader);
    }

    /// <summary>What is told apart: entries, pages, op state, counters; of epochs only whether tracking is done, since no vCPU is inside between calls.</summary>
    public string Key()
    {
        var td = Td;
        return string.Join(' ', Leaf.Raw, Above.Raw, PageKey(P), PageKey(Q), PageKey(Table), td.OpState, td.IsTracked(td.WriteBlockEpoch), td.MigratedCount, td.DirtyCount, td.MigrationEpoch, td.ExportCount);
    }

    private string PageKey(ulong page)
    {
        var entry = Module.Pamt.LookUp(new Spa(page).Frame, out _);
        var epoch = entry.Type == PageType.Nda ? "" : entry.Bepoch >> 63 != 0 ? $"{entry.Bepoch:x}" : Td.IsTracked(entry.Bepoch) ? "done" : "due";
        return $"{entry.Type} {epoch}";
    }

    private void AddTables()
    {
        _world.Expect(TdxFunction.MemSeptAdd, 3, Tdr, Table + 0x2000);
        _world.Expect(TdxFunction.MemSeptAdd, 2, Tdr, Table + 0x1000);
        _world.Expect(TdxFunction.MemSeptAdd, 1, Tdr, Table);
    }

    private TdxResult Call(TdxFunction function, ulong rcx, ulong rdx = 0, ulong r8 = 0, ulong r9 = 0, ulong r10 = 0) =>
        Module.Seamcall(function, new(rcx, rdx, r8, r9, r10, R13: ulong.MaxValue));

    private TdxResult One(TdxFunction function, GpaListOperation operation, bool isPending)
    {
        Module.Memory.Contents.Write(new(MigrationWorld.List), 8, new GpaListEntry(new(Gpa), operation, isPending).Raw);
        Module.Memory.Contents.Write(new(MigrationWorld.Buffers), 8, P);
        return Call(function, new GpaListInfo(new(MigrationWorld.List), 0).Raw, Tdr, r9: MigrationWorld.Buffers);
    }

    private TdxResult Token(uint epoch)
    {
        Module.Memory.Contents.Write(new(MigrationWorld.Bundle + 12), 4, epoch);
        return Call(TdxFunction.ImportTrack, Tdr, r8: MigrationWorld.BundleAt());
    }

    // The guest comes in, accepts and leaves.
    private TdxResult Accept()
    {
        var entered = Call(TdxFunction.VpEnter, Vcpu);
        if (entered.IsSuccess)
        {
            Module.Tdcall(TdxFunction.GuestPageAccept, new Spa(Vcpu).Frame, new(Gpa));
            Module.Exit(new Spa(Vcpu).Frame);
        }

        return default;
    }
}
