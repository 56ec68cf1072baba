using static GuestMemory.Tdx.Tests.Lifecycle.LifecycleWorlds;

namespace GuestMemory.Tdx.Tests.Lifecycle;

/// <summary>The cases of checks that one function has for itself.</summary>
internal static class OwnCases
{
    public static IEnumerable<LifecycleCase> All() => [.. Tds(), .. Vcpus(), .. Keys(), .. Pages(), .. PamtPairs()];

    private static IEnumerable<LifecycleCase> Tds() =>
    [
        new("TDH.MNG.CREATE/hkid", 0xc000010000000002, Building, made => made.Call(TdxFunction.MngCreate, Free, 5)),
        new("TDH.MNG.CREATE/hkid", 0xc000010000000002, Building, made => made.Call(TdxFunction.MngCreate, Free, 64)),
        new("TDH.MNG.CREATE/hkid", 0xc000010000000002, Building, made => made.Call(TdxFunction.MngCreate, Free, 34 | (1UL << 16))),
        new("TDH.MNG.CREATE/hkid-free", 0xc000082000000000, Building, made => made.Call(TdxFunction.MngCreate, Free, 32)),
        new("TDH.MNG.CREATE/hkid-free", 0xc000082000000000, Building, made => made.Call(TdxFunction.MngCreate, Free, 33)),
        new("TDH.MNG.CREATE/page-free", 0xc000030000000001, Building, made => made.Call(TdxFunction.MngCreate, Tdr, 34)),
        new("TDH.MNG.KEY.CONFIG/lifecycle", 0xc000060700000000, Building, made => made.Call(TdxFunction.MngKeyConfig, Tdr)),
        new("TDH.MNG.KEY.CONFIG/package", 0x0000081500000000, TwoPackages, made => made.Call(TdxFunction.MngKeyConfig, Tdr)),
        new("TDH.MNG.ADDCX/number", 0xc000061000000000, With(Building, (_, td) => td.ControlPageList.AddRange([default, default, default])), made => made.Call(TdxFunction.MngAddcx, Free, Tdr)),
        new("TDH.MNG.ADDCX/op-state", 0xc000060800000000, Building, made => made.Call(TdxFunction.MngAddcx, Free, Tdr)),
        new("TDH.MNG.ADDCX/page-busy", 0x8000020000000001, Building, made => made.Call(TdxFunction.MngAddcx, Tdr, Tdr)),
        new("TDH.MNG.INIT/params-form", 0xc000010000000002, Uninitialized, made => made.Call(TdxFunction.MngInit, Tdr, TdxWorld.Parameters + 0x200)),
        new("TDH.MNG.INIT/params-form", 0xc000010000000002, Uninitialized, made => made.Call(TdxFunction.MngInit, Tdr, 1UL << 52)),
        new("TDH.MNG.INIT/params-shared", 0xc000010000000002, Uninitialized, made => made.Call(TdxFunction.MngInit, Tdr, WithKey(TdxWorld.Parameters))),
        new("TDH.MNG.INIT/params-shared", 0xc000010000000002, Uninitialized, made => made.Call(TdxFunction.MngInit, Tdr, 0x300000000)),
        new("TDH.MNG.INIT/attributes", 0xc000010000000040, Uninitialized, made => made.Init(Tdr, new TdParameters { Attributes = 2 })),
        new("TDH.MNG.INIT/attributes", 0xc000010000000040, Uninitialized, made => made.Init(Tdr, new TdParameters { Attributes = 1 | (1UL << 29) })),
        new("TDH.MNG.INIT/eptp", 0xc000010000000043, Uninitialized, made => made.Init(Tdr, TdParameters.Of(isWide: true))),
        new("TDH.MNG.INIT/eptp", 0xc000010000000043, Uninitialized, made => made.Init(Tdr, new TdParameters { EptpControls = 3 << 3 })),
        new("TDH.MNG.VPFLUSHDONE/lifecycle", 0xc000060700000000, Ended, made => made.Call(TdxFunction.MngVpFlushDone, Tdr)),
        new("TDH.MNG.VPFLUSHDONE/associated", 0x8000082400000000, Running, made => made.Call(TdxFunction.MngVpFlushDone, Tdr)),
        new("TDH.MR.FINALIZE/vcpus", 0xc000060900000000, Building, made => made.Call(TdxFunction.MrFinalize, Tdr)),
        new("TDH.MR.EXTEND/gpa-form", 0xc000010000000001, Building, made => made.Call(TdxFunction.MrExtend, 0x1080, Tdr)),
        new("TDH.MR.EXTEND/gpa-private", 0xc000010000000001, Building, made => made.Call(TdxFunction.MrExtend, 1UL << 47, Tdr)),
        new("TDH.MR.EXTEND/gpa-private", 0xc000010000000001, Building, made => made.Call(TdxFunction.MrExtend, 1UL << 52, Tdr)),
        new("TDH.MR.EXTEND/walk", 0xc0000b0300000001, Building, made => made.Call(TdxFunction.MrExtend, 0x1000, Tdr)),
        new("TDH.MR.EXTEND/state", 0xc0000b0300000000, With(Building, WriteBlocked), made => made.Call(TdxFunction.MrExtend, 0x1000, Tdr)),
    ];

    private static IEnumerable<LifecycleCase> Vcpus() =>
    [
        new("TDH.VP.ADDCX/vcpu-state", 0xc000070000000000, With(Building, (made, _) => made.Expect(TdxFunction.VpInit, Vcpu)), made => made.Call(TdxFunction.VpAddcx, Free, Vcpu)),
        new("TDH.VP.ADDCX/number", 0xc000061000000000, With(Building, (_, td) => td.VcpuList[0].ControlPageList.AddRange(new Pfn[9])), made => made.Call(TdxFunction.VpAddcx, Free, Vcpu)),
        new("TDH.VP.ADDCX/page-busy", 0x8000020000000001, Building, made => made.Call(TdxFunction.VpAddcx, Vcpu, Vcpu)),
        new("TDH.VP.ADDCX/page-busy", 0x8000020000000001, Building, made => made.Call(TdxFunction.VpAddcx, Tdr, Vcpu)),
        new("TDH.VP.INIT/vcpu-state", 0xc000070000000000, With(Building, (made, _) => made.Expect(TdxFunction.VpInit, Vcpu)), made => made.Call(TdxFunction.VpInit, Vcpu)),
        new("TDH.VP.INIT/number", 0xc000070500000000, OneVcpu, made => made.Call(TdxFunction.VpInit, TdxWorld.Vcpu(1))),
        new("TDH.VP.ENTER/flags", 0xc000010000000001, Running, made => made.Call(TdxFunction.VpEnter, Vcpu | 1)),
        new("TDH.VP.ENTER/flags", 0xc000010000000001, Running, made => made.Call(TdxFunction.VpEnter, Vcpu | (1UL << 54))),
        new("TDH.VP.ENTER/vcpu-state", 0xc000070000000000, With(Running, (_, td) => td.VcpuList[0].IsInitialized = false), made => made.Call(TdxFunction.VpEnter, Vcpu)),
        new("TDH.VP.ENTER/associated", 0x8000070100000000, Running, made => made.Call(TdxFunction.VpEnter, Vcpu, processor: 1)),
        new("TDH.VP.ENTER/associated", 0x8000070100000000, Inside, made => made.Call(TdxFunction.VpEnter, Vcpu)),
        new("TDH.VP.ENTER/hint", 0xc000010000000001, Running, made => made.Call(TdxFunction.VpEnter, Vcpu | (1UL << 52))),
        new("TDH.VP.ENTER/resume-l1", 0xc000010000000001, Running, made => made.Call(TdxFunction.VpEnter, Vcpu | (1UL << 53))),
        new("TDH.VP.ENTER/epoch-busy", 0x80000200000000a9, Held(Running, HeldLock.Epoch(Frame(Tdr))), made => made.Call(TdxFunction.VpEnter, Vcpu)),
        new("TDH.VP.ENTER/op-state", 0xc000060800000000, Building, made => made.Call(TdxFunction.VpEnter, Vcpu)),
        new("TDH.VP.FLUSH/associated", 0x8000070200000000, Running, made => made.Call(TdxFunction.VpFlush, Vcpu, processor: 1)),
        new("TDH.VP.FLUSH/associated", 0x8000070200000000, Building, made => made.Call(TdxFunction.VpFlush, Vcpu)),
        new("TDH.VP.FLUSH/vcpu-busy", 0x8000020000000001, Inside, made => made.Call(TdxFunction.VpFlush, Vcpu)),
    ];

    private static IEnumerable<LifecycleCase> Keys() =>
    [
        new("TDH.MNG.CREATE/keys-busy", 0x80000200000000ba, Held(Building, HeldLock.Keys), made => made.Call(TdxFunction.MngCreate, Free, 34)),
        new("TDH.MNG.VPFLUSHDONE/keys-busy", 0x80000200000000ba, Held(Building, HeldLock.Keys), made => made.Call(TdxFunction.MngVpFlushDone, Tdr)),
        new("TDH.MNG.KEY.FREEID/keys-busy", 0x80000200000000ba, Held(Blocked, HeldLock.Keys), made => made.Call(TdxFunction.MngKeyFreeid, Tdr)),
        new("TDH.MNG.KEY.FREEID/lifecycle", 0xc000060700000000, Running, made => made.Call(TdxFunction.MngKeyFreeid, Tdr)),
        new("TDH.MNG.KEY.FREEID/written-back", 0x8000081700000000, Blocked, made => made.Call(TdxFunction.MngKeyFreeid, Tdr)),
        new("TDH.PHYMEM.CACHE.WB/command", 0xc000010000000001, Blocked, made => made.Call(TdxFunction.PhymemCacheWb, 2)),
        new("TDH.PHYMEM.CACHE.WB/busy", 0x80000200000000bc, Held(Blocked, HeldLock.CacheWriteBack(0)), made => made.Call(TdxFunction.PhymemCacheWb, 0)),
        new("TDH.PHYMEM.CACHE.WB/keys-busy", 0x80000200000000ba, Held(Blocked, HeldLock.Keys), made => made.Call(TdxFunction.PhymemCacheWb, 0)),
        new("TDH.PHYMEM.CACHE.WB/hkids", 0x0000082100000000, Running, made => made.Call(TdxFunction.PhymemCacheWb, 0)),
        new("TDH.PHYMEM.CACHE.WB/resume", 0xc000082300000000, Blocked, made => made.Call(TdxFunction.PhymemCacheWb, 1)),
    ];

    private static IEnumerable<LifecycleCase> Pages() =>
    [
        new("TDH.PHYMEM.PAGE.RECLAIM/type", 0xc000030000000001, Ended, made => made.Call(TdxFunction.PhymemPageReclaim, Free)),
        new("TDH.PHYMEM.PAGE.RECLAIM/type", 0xc000030000000001, Ended, made => made.Call(TdxFunction.PhymemPageReclaim, Reserved)),
        new("TDH.PHYMEM.PAGE.RECLAIM/size", 0xc000010000000001, With(Ended, Large), made => made.Call(TdxFunction.PhymemPageReclaim, Free + 4096)),
        new("TDH.PHYMEM.PAGE.RECLAIM/td-busy", 0x8000020000000080, Held(Ended, HeldLock.Pamt(PageSize.Size4K, Frame(Tdr))), made => made.Call(TdxFunction.PhymemPageReclaim, Vcpu)),
        new("TDH.PHYMEM.PAGE.RECLAIM/lifecycle", 0xc000060700000000, Blocked, made => made.Call(TdxFunction.PhymemPageReclaim, Vcpu)),
        new("TDH.PHYMEM.PAGE.RECLAIM/lifecycle", 0xc000060700000000, Blocked, made => made.Call(TdxFunction.PhymemPageReclaim, Tdr)),
        new("TDH.PHYMEM.PAGE.RECLAIM/children", 0xc000040000000000, Ended, made => made.Call(TdxFunction.PhymemPageReclaim, Tdr)),
        new("TDH.PHYMEM.PAGE.WBINVD/page-form", 0xc000010000000001, Running, made => made.Call(TdxFunction.PhymemPageWbinvd, WithKey(Free) + 0x800)),
        new("TDH.PHYMEM.PAGE.WBINVD/page-form", 0xc000010000000001, Running, made => made.Call(TdxFunction.PhymemPageWbinvd, Free | (1UL << 52))),
        new("TDH.PHYMEM.PAGE.WBINVD/page-range", 0xc000010100000001, Running, made => made.Call(TdxFunction.PhymemPageWbinvd, WithKey(Outside))),
        new("TDH.PHYMEM.PAGE.WBINVD/page-busy", 0x8000020000000001, Held(Running, HeldLock.Pamt(PageSize.Size4K, Frame(Free))), made => made.Call(TdxFunction.PhymemPageWbinvd, WithKey(Free))),
        new("TDH.PHYMEM.PAGE.WBINVD/page-pair", 0x8000030800000001, () => Building(Dynamic), made => made.Call(TdxFunction.PhymemPageWbinvd, WithKey(Free))),
        new("TDH.PHYMEM.PAGE.WBINVD/page-free", 0xc000030000000001, Running, made => made.Call(TdxFunction.PhymemPageWbinvd, WithKey(Vcpu))),
        new("TDH.SYS.TDMR.INIT/form", 0xc000010000000001, Running, made => made.Call(TdxFunction.SysTdmrInit, Tdr + 4096)),
        new("TDH.SYS.TDMR.INIT/tdmr", 0xc000010000000001, Running, made => made.Call(TdxFunction.SysTdmrInit, 0x80000000)),
        new("TDH.SYS.TDMR.INIT/busy", 0x8000020000000001, Held(Running, HeldLock.Tdmr(Frame(Tdr))), made => made.Call(TdxFunction.SysTdmrInit, Tdr)),
        new("TDH.SYS.TDMR.INIT/done", 0x00000a0300000000, Running, made => made.Call(TdxFunction.SysTdmrInit, Tdr)),
    ];

    private static IEnumerable<LifecycleCase> PamtPairs()
    {
        const TdxFunction add = TdxFunction.PhymemPamtAdd, remove = TdxFunction.PhymemPamtRemove;
        const ulong range = Free | 1, first = Pairs + 0x2000, second = Pairs + 0x3000;
        Func<TdxWorld> dynamic = () => Building(Dynamic);
        return
        [
            new("TDH.PHYMEM.PAMT.ADD/range-form", 0xc000010000000001, dynamic, made => made.Call(add, Free, first, second)),
            new("TDH.PHYMEM.PAMT.ADD/range-form", 0xc000010000000001, dynamic, made => made.Call(add, WithKey(range), first, second)),
            new("TDH.PHYMEM.PAMT.ADD/first-form", 0xc000010000000002, dynamic, made => made.Call(add, range, first + 8, second)),
            new("TDH.PHYMEM.PAMT.ADD/first-range", 0xc000010100000002, dynamic, made => made.Call(add, range, Outside, second)),
            new("TDH.PHYMEM.PAMT.ADD/second-form", 0xc000010000000008, dynamic, made => made.Call(add, range, first, second + 8)),
            new("TDH.PHYMEM.PAMT.ADD/second-range", 0xc000010100000008, dynamic, made => made.Call(add, range, first, Outside)),
            new("TDH.PHYMEM.PAMT.ADD/range-range", 0xc000010100000001, dynamic, made => made.Call(add, Outside | 1, first, second)),
            new("TDH.PHYMEM.PAMT.ADD/range-busy", 0x8000020000000001, Held(dynamic, HeldLock.Pamt(PageSize.Size2M, Frame(Free))), made => made.Call(add, range, first, second)),
            new("TDH.PHYMEM.PAMT.ADD/range-free", 0xc000030400000001, dynamic, made => made.Call(add, Tdr | 1, first, second)),
            new("TDH.PHYMEM.PAMT.ADD/first-busy", 0x8000020000000002, Held(dynamic, HeldLock.Pamt(PageSize.Size4K, Frame(first))), made => made.Call(add, range, first, second)),
            new("TDH.PHYMEM.PAMT.ADD/first-free", 0xc000030300000002, dynamic, made => made.Call(add, range, Vcpu, second)),
            new("TDH.PHYMEM.PAMT.ADD/second-busy", 0x8000020000000008, Held(dynamic, HeldLock.Pamt(PageSize.Size4K, Frame(second))), made => made.Call(add, range, first, second)),
            new("TDH.PHYMEM.PAMT.ADD/second-free", 0xc000030300000008, dynamic, made => made.Call(add, range, first, Vcpu)),
            new("TDH.PHYMEM.PAMT.ADD/first-serves", 0xc000030300000002, dynamic, made => made.Call(add, range, Pairs, second)),
            new("TDH.PHYMEM.PAMT.ADD/second-serves", 0xc000030300000008, dynamic, made => made.Call(add, range, first, Pairs)),
            new("TDH.PHYMEM.PAMT.ADD/second-serves", 0xc000030300000008, dynamic, made => made.Call(add, range, first, first)),
            new("TDH.PHYMEM.PAMT.REMOVE/range-form", 0xc000010000000001, dynamic, made => made.Call(remove, Tdr | 2)),
            new("TDH.PHYMEM.PAMT.REMOVE/range-range", 0xc000010100000001, dynamic, made => made.Call(remove, Outside | 1)),
            new("TDH.PHYMEM.PAMT.REMOVE/range-busy", 0x8000020000000001, Held(dynamic, HeldLock.Pamt(PageSize.Size2M, Frame(Tdr))), made => made.Call(remove, Tdr | 1)),
            new("TDH.PHYMEM.PAMT.REMOVE/pair", 0xc000030500000001, dynamic, made => made.Call(remove, range)),
            new("TDH.PHYMEM.PAMT.REMOVE/first-empty", 0xc000030600000000, dynamic, made => made.Call(remove, Tdr | 1)),
            new("TDH.PHYMEM.PAMT.REMOVE/second-empty", 0xc000030600000001, UpperHalf, made => made.Call(remove, range)),
        ];
    }

    private static TdxWorld TwoPackages()
    {
        var world = new TdxWorld(TdxWorld.Recorded with { Packages = 2 });
        world.Expect(TdxFunction.MngCreate, Tdr, 33);
        world.Expect(TdxFunction.MngKeyConfig, Tdr);
        return world;
    }

    private static TdxWorld Uninitialized()
    {
        var world = new TdxWorld();
        world.Expect(TdxFunction.MngCreate, Tdr, 33);
        world.Expect(TdxFunction.MngKeyConfig, Tdr);
        for (var page = 1UL; page <= Td.FewestControlPages; page++)
        {
            world.Expect(TdxFunction.MngAddcx, Tdr + (page * 4096), Tdr);
        }

        return world;
    }

    private static TdxWorld OneVcpu()
    {
        var world = new TdxWorld(TdxWorld.Recorded with { MostVcpus = 1 });
        world.BuildTd(finalize: false);
        world.AddVcpu(Tdr, 1, processor: 1, initialize: false);
        return world;
    }

    private static TdxWorld Inside()
    {
        var world = Running();
        world.Expect(TdxFunction.VpEnter, Vcpu);
        return world;
    }

    private static TdxWorld Blocked()
    {
        var world = Running();
        world.Expect(TdxFunction.VpFlush, Vcpu);
        world.Expect(TdxFunction.MngVpFlushDone, Tdr);
        return world;
    }

    private static TdxWorld UpperHalf()
    {
        var world = Building(Dynamic);
        world.Expect(TdxFunction.PhymemPamtAdd, Free | 1, Pairs + 0x2000, Pairs + 0x3000);
        world.Expect(TdxFunction.VpCreate, Free + 0x100000, Tdr);
        return world;
    }

    private static void WriteBlocked(TdxWorld world, Td td)
    {
        var place = td.Sept!.Walk(default, SeptLevel.Pt);
        place.Page[place.Index] = SeptEntry.Leaf(SeptEntryState.BlockedWrite, Frame(Free), SeptEntry.ReadExecute);
    }

    private static void Large(TdxWorld world, Td td) => world.Module.Pamt.Write(PageSize.Size2M, Frame(Free), new(PageType.Reg, td.Tdr, 0));
}
