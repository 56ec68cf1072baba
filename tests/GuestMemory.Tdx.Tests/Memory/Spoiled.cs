namespace GuestMemory.Tdx.Tests.Memory;

/// <summary>What one thing wrong with a good call makes of it.</summary>
/// <param name="Spoil">Makes it wrong.</param>
/// <param name="Status">RAX then.</param>
/// <param name="Registers">RCX and RDX then.</param>
internal sealed record Spoiled(Action<GoodCall> Spoil, ulong Status, (ulong Rcx, ulong Rdx) Registers = default)
{
    private const ulong None = ulong.MaxValue;

    /// <summary>What makes a rule decide.</summary>
    public static Spoiled By(TdxFunction function, string rule) => Common(function, rule[(rule.IndexOf('/', StringComparison.Ordinal) + 1)..]) ?? Own(rule);

    // By the part of a rule's id after the slash.
    private static Spoiled? Common(TdxFunction function, string point)
    {
        var td = function == TdxFunction.MemTrack ? 1UL : 2UL;
        return point switch
        {
            "version" => new(call => call.Version = 2, 0xc000010000000000, DispatchedRegisters(function)),
            "td-flags" => new(call => call.TdOperand |= 0x800, 0xc000010000000002),
            "td-form" => new(call => call.TdOperand |= 1UL << 46, 0xc000010000000000 | td),
            "td-range" => new(call => call.TdOperand = 0x200_0000, 0xc000010100000000 | td),
            "td-busy" => new(call => call.World.Module.Locks.Take(HeldLock.Pamt(PageSize.Size4K, call.World.Td.Tdr), exclusive: true), 0x8000020000000000 | td),
            "td-type" => new(call => call.TdOperand = MemoryWorld.P, 0xc000030000000000 | td),
            "fatal" => new(call => call.World.Td.IsFatal = true, 0xe000060400000000),
            "keys" => new(call => call.World.Td.Lifecycle = TdLifecycle.Blocked, 0x8000081000000000),
            "tdcs" => new(call => call.World.Td.ControlPageList.RemoveAt(5), 0xc000060600000000),
            "op-state-busy" => new(call => call.World.Module.Locks.Take(HeldLock.OpState(call.World.Td.Tdr), exclusive: true), 0x80000200000000ac),
            "op-state" => new(call => call.World.Td.OpState = TdxOpState.Uninitialized, 0xc000060800000000),
            "gpa-form" => new(call => call.Registers = call.Registers with { Rcx = call.Registers.Rcx | 4 }, 0xc000010000000001),
            "gpa-private" => new(call => call.Registers = call.Registers with { Rcx = call.Registers.Rcx | 1UL << 47 }, 0xc000010000000001),
            "tree-busy" => new(HoldTree, 0x8000020000000092),
            "walk" => new(call => call.Registers = call.Registers with { Rcx = call.Registers.Rcx | 1UL << 39 }, 0xc0000b0000000001, (0x8000000000000000, 3)),
            "entry-busy" => new(call => call.World.SetEntry(call.Target, call.World.Entry(call.Target).WithLock(true)), 0x8000020000000001, InfoOf(function)),
            "entry-page-busy" => new(HoldEntryPage, 0x8000020000000001),
            "page-form" => new(call => call.Registers = call.Registers with { R8 = call.Registers.R8 | 8 }, 0xc000010000000008),
            "page-range" => new(call => call.Registers = call.Registers with { R8 = 0x200_0000 }, 0xc000010100000008),
            "page-busy" => new(call => call.World.Module.Locks.Take(HeldLock.Pamt(PageSize.Size4K, new Spa(call.Registers.R8).Frame), exclusive: false), 0x8000020000000008),
            "page-free" => new(call => call.Registers = call.Registers with { R8 = MemoryWorld.PdTable }, 0xc000030000000008),
            _ => null,
        };
    }

    private static Spoiled Own(string rule) => rule switch
    {
        "TDH.MEM.PAGE.ADD/state" => new(call => call.Registers = call.Registers with { Rcx = 0x2000 }, 0xc0000b0d00000001, (0x80000000404000f7, 0x400)),
        "TDH.MEM.PAGE.ADD/source" => new(call => call.Registers = call.Registers with { R9 = 32UL << 46 }, 0xc000010000000009),
        "TDH.MEM.PAGE.AUG/state" => new(call => call.Registers = call.Registers with { Rcx = 0x2000 }, 0xc0000b0d00000001, (0x80000000404000f7, 0x400)),
        "TDH.MEM.SEPT.ADD/state" => new(call => call.World.Aug(0x400001, MemoryWorld.H), 0xc0000b0d00000001, (0x80000000406000f0, 0x201)),
        "TDH.MEM.SEPT.ADD/page-missing" => new(call => call.Registers = call.Registers with { R8 = None }, 0xc000010000000008),
        "TDH.MEM.SEPT.ADD/table-missing" => new(AddNothing, 0xc0000b0d00000001, (0x8000000000000000, 1)),
        "TDH.MEM.SEPT.ADD/table-there" => new(call => call.Registers = call.Registers with { Rcx = 1 }, 0xc0000b0d00000001, (7, 0x8401)),
        "TDH.MEM.SEPT.ADD/l2-1" => new(call => (call.Version, call.Registers) = (1, call.Registers with { R9 = MemoryWorld.Q }), 0xc000010000000009),
        "TDH.MEM.SEPT.ADD/l2-2" => new(call => (call.Version, call.Registers) = (1, call.Registers with { R10 = MemoryWorld.Q }), 0xc00001000000000a),
        "TDH.MEM.SEPT.ADD/l2-3" => new(call => (call.Version, call.Registers) = (1, call.Registers with { R11 = MemoryWorld.Q }), 0xc00001000000000b),
        "TDH.MEM.SEPT.RD/debug" => new(call => call.TdOperand |= 1, 0xc000010000000002),
        "TDH.MEM.RANGE.BLOCK/already" => new(call => call.World.Block(call.Target), 0x00000b0700000001, (0x80000000404000f0, 0x100)),
        "TDH.MEM.RANGE.BLOCK/state" => new(call => call.Registers = call.Registers with { Rcx = 0x3000 }, 0xc0000b0d00000001, (0x8000000000000000, 0)),
        "TDH.MEM.RANGE.UNBLOCK/state" => new(call => call.World.Unblock(call.Target), 0xc0000b0d00000001, (0x80000000404000f7, 0x400)),
        "TDH.MEM.RANGE.UNBLOCK/tracked" => new(NeverTracked, 0xc0000b0800000092),
        "TDH.MEM.TRACK/epoch-busy" => new(call => call.World.Module.Locks.Take(HeldLock.Epoch(call.World.Td.Tdr), exclusive: false), 0x80000200000000a9),
        "TDH.MEM.TRACK/previous" => new(call => { call.World.Enter(); call.World.Track(); }, 0x8000020100000000),
        "TDH.MEM.PAGE.REMOVE/state" => new(call => call.Registers = call.Registers with { Rcx = 1 }, 0xc0000b0d00000001, (7, 0x8401)),
        "TDH.MEM.PAGE.REMOVE/blocked" or "TDH.MEM.PAGE.RELOCATE/blocked" => new(call => call.World.Unblock(call.Target), 0xc0000b0600000001, (0x80000000404000f7, 0x400)),
        "TDH.MEM.PAGE.DEMOTE/blocked" => new(call => call.World.Unblock(call.Target), 0xc0000b0600000001, (0x80000000406000f0, 0x201)),
        "TDH.MEM.PAGE.PROMOTE/blocked" or "TDH.MEM.SEPT.REMOVE/blocked" => new(call => call.World.Unblock(call.Target), 0xc0000b0600000001, (7, 0x8401)),
        "TDH.MEM.PAGE.REMOVE/tracked" or "TDH.MEM.PAGE.RELOCATE/tracked" or "TDH.MEM.PAGE.DEMOTE/tracked" or "TDH.MEM.PAGE.PROMOTE/tracked" or "TDH.MEM.SEPT.REMOVE/tracked"
            => new(NeverTracked, 0xc0000b0800000001),
        "TDH.MEM.PAGE.DEMOTE/state" => new(call => call.Registers = call.Registers with { Rcx = 1 }, 0xc0000b0d00000001, (7, 0x8401)),
        "TDH.MEM.PAGE.RELOCATE/state" => new(call => call.Registers = call.Registers with { Rcx = 0x3000 }, 0xc0000b0d00000001, (0x8000000000000000, 0)),
        "TDH.MEM.PAGE.RELOCATE/same-page" => new(call => call.Registers = call.Registers with { R8 = MemoryWorld.P }, 0xc000010000000008),
        "TDH.MEM.PAGE.PROMOTE/state" or "TDH.MEM.SEPT.REMOVE/state" => new(call => call.Registers = call.Registers with { Rcx = 0x400001 }, 0xc0000b0d00000001, (0x8000000000000000, 1)),
        "TDH.MEM.PAGE.PROMOTE/child-busy" => new(call => SetChild(call, entry => entry.WithLock(true)), 0x8000020000000001, (0, 0x8101)),
        "TDH.MEM.PAGE.PROMOTE/children" => new(call => SetChild(call, entry => entry.With(SeptEntryState.Mapped, 7)), 0xc0000b0900000001, (0, 0x8101)),
        "TDH.MEM.SEPT.REMOVE/empty" => new(call => { call.World.Unblock(0x200001); call.World.Aug(0x201000, MemoryWorld.Q); call.World.BlockAndTrack(0x200001); }, 0xc0000b0e00000001, (0, 0x8101)),
        "TDH.MEM.RD/debug" or "TDH.MEM.WR/debug" => new(call => call.World.Td.IsDebug = false, 0xc000060500000000),
        "TDH.MEM.RD/present" or "TDH.MEM.WR/present" => new(call => call.World.Block(call.Target), 0xc0000b0300000001, (0x80000000404000f0, 0x100)),
        "TDH.MEM.WR/state" => new(call => call.World.SetEntry(call.Target, call.World.Entry(call.Target).With(SeptEntryState.BlockedWrite, SeptEntry.ReadExecute)), 0xc0000b0d00000001, (0x80000000404000f5, 0x800)),
        "TDH.MEM.PAGE.DEMOTE/interrupted" => new(call => call.World.Module.Interrupts.Arm(0), 0x8000000400000000, (0x200001, MemoryWorld.Tdr)),
        "TDH.MEM.PAGE.PROMOTE/interrupted" => new(call => call.World.Module.Interrupts.Arm(0), 0x8000000400000000),
        "TDH.MEM.PAGE.DEMOTE/large-busy" or "TDH.MEM.PAGE.PROMOTE/large-busy"
            => new(call => call.World.Module.Locks.Take(HeldLock.Pamt(PageSize.Size2M, new Spa(MemoryWorld.H).Frame), exclusive: false), 0x8000020000000001),
        _ => throw new ArgumentException($"No test makes {rule} decide.", nameof(rule)),
    };

    // Of a version nobody knows the dispatcher says so; three functions look themselves, and clear the registers.
    private static (ulong Rcx, ulong Rdx) DispatchedRegisters(TdxFunction function) => function switch
    {
        TdxFunction.MemSeptAdd or TdxFunction.MemSeptRemove or TdxFunction.MemPagePromote => default,
        _ => (new GoodCall(function).Registers.Rcx, new GoodCall(function).Registers.Rdx),
    };

    // The entry as the good call finds it.
    private static (ulong Rcx, ulong Rdx) InfoOf(TdxFunction function) => function switch
    {
        TdxFunction.MemPageAug => (0x8000000000000000, 0),
        TdxFunction.MemSeptAdd => (0x8000000000000000, 1),
        TdxFunction.MemPageDemote => (0x80000000406000f0, 0x301),
        TdxFunction.MemPagePromote or TdxFunction.MemSeptRemove => (0, 0x8101),
        TdxFunction.MemPageRelocate or TdxFunction.MemPageRemove or TdxFunction.MemRangeUnblock => (0x80000000404000f0, 0x100),
        _ => (0x80000000404000f7, 0x400),
    };

    private static void HoldTree(GoodCall call)
    {
        var exclusive = call.Function is not (TdxFunction.MemRangeBlock or TdxFunction.MemRangeUnblock or TdxFunction.MemSeptRemove);
        call.World.Module.Locks.Take(HeldLock.SeptTree(call.World.Td.Tdr), exclusive);
    }

    private static void HoldEntryPage(GoodCall call)
    {
        var page = call.Function is TdxFunction.MemPagePromote or TdxFunction.MemSeptRemove ? MemoryWorld.T : MemoryWorld.P;
        call.World.Module.Locks.Take(HeldLock.Pamt(PageSize.Size4K, new Spa(page).Frame), exclusive: false);
    }

    // A vCPU that was inside before the block is still there.
    private static void NeverTracked(GoodCall call) => call.World.Td.AddReference(call.World.Td.Epoch - 1, 1);

    private static void AddNothing(GoodCall call) => (call.Version, call.Registers) = (1, call.Registers with { R8 = None });

    private static void SetChild(GoodCall call, Func<SeptEntry, SeptEntry> change)
    {
        var table = call.World.PlaceOf(0x200001).Page.Child(1)!;
        table[300] = change(table[300]);
    }
}
