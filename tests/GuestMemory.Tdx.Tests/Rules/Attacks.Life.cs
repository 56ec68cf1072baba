using static GuestMemory.Tdx.Tests.Lifecycle.LifecycleWorlds;

namespace GuestMemory.Tdx.Tests.Rules;

/// <content>On TDs, vCPUs and keys.</content>
internal static partial class Attacks
{
    private const ulong Source = 0x30_0000;

    private static readonly Dictionary<string, (string Invariant, Func<TdxWorld> World, Func<Caller, IEnumerable<Rule?>> Do)> s_life = new(StringComparer.Ordinal)
    {
        ["TDH.MNG.CREATE/hkid"] = ("INV-TDX-14", Building, on => [on.Call(TdxFunction.MngCreate, Free, 5)]),
        ["TDH.MNG.CREATE/hkid-free"] = ("INV-TDX-14", Building, on => [on.Call(TdxFunction.MngCreate, Free, 33)]),
        ["TDH.MNG.CREATE/page-range"] = ("INV-TDX-5", Building, on => [on.Call(TdxFunction.MngCreate, Outside, 34)]),
        ["TDH.MNG.CREATE/page-free"] = ("INV-TDX-6", Building, on => [on.Call(TdxFunction.MngCreate, Vcpu, 34)]),
        ["TDH.MNG.KEY.CONFIG/lifecycle"] = ("INV-TDX-14", HalfConfiguredAndEnded, on => [on.Call(TdxFunction.MngKeyConfig, Tdr, processor: TwoPackages.ProcessorsPerPackage)]),
        ["TDH.MNG.ADDCX/keys"] = ("INV-TDX-15", Without(Fresh), on => [on.Call(TdxFunction.MngAddcx, Free, Tdr)]),
        ["TDH.MNG.ADDCX/page-range"] = ("INV-TDX-6", Fresh, on => [on.Call(TdxFunction.MngAddcx, Outside, Tdr)]),
        ["TDH.MNG.ADDCX/page-free"] = ("INV-TDX-16", Fresh, on => [on.Call(TdxFunction.MngAddcx, Reserved, Tdr)]),
        ["TDH.MNG.INIT/keys"] = ("INV-TDX-15", Without(Fresh), on => [on.Call(TdxFunction.MngInit, Tdr, TdxWorld.Parameters)]),
        ["TDH.MNG.INIT/op-state"] = ("INV-TDX-4", Populated, on => [on.Call(TdxFunction.MngInit, Tdr, TdxWorld.Parameters)]),
        ["TDH.IMPORT.STATE.IMMUTABLE/op-state"] = ("INV-TDX-4", Populated, on => [on.Call(TdxFunction.ImportStateImmutable, Tdr, r8: TdxWorld.Parameters | (64UL << 52))]),
        ["TDH.VP.CREATE/keys"] = ("INV-TDX-15", Without(Building), on => [on.Call(TdxFunction.VpCreate, Free, Tdr)]),
        ["TDH.VP.CREATE/page-range"] = ("INV-TDX-6", Building, on => [on.Call(TdxFunction.VpCreate, Outside, Tdr)]),
        ["TDH.VP.CREATE/page-free"] = ("INV-TDX-16", Building, on => [on.Call(TdxFunction.VpCreate, Reserved, Tdr)]),
        ["TDH.VP.ADDCX/keys"] = ("INV-TDX-15", Without(With(Building, (_, td) => td.VcpuList[0].ControlPageList.RemoveAt(4))), on => [on.Call(TdxFunction.VpAddcx, Free, Vcpu)]),
        ["TDH.VP.ADDCX/page-range"] = ("INV-TDX-6", Building, on => [on.Call(TdxFunction.VpAddcx, Outside, Vcpu)]),
        ["TDH.VP.ADDCX/page-free"] = ("INV-TDX-16", Building, on => [on.Call(TdxFunction.VpAddcx, Reserved, Vcpu)]),
        ["TDH.VP.INIT/keys"] = ("INV-TDX-15", Without(Building), on => [on.Call(TdxFunction.VpInit, Vcpu)]),
        ["TDH.VP.ENTER/keys"] = ("INV-TDX-15", Without(Running), on => [on.Call(TdxFunction.VpEnter, Vcpu)]),
        ["TDH.VP.ENTER/associated"] = ("INV-TDX-9", With(Running, (made, _) => made.Expect(TdxFunction.VpEnter, Vcpu)), on => [on.Call(TdxFunction.VpEnter, Vcpu, processor: 1)]),
        ["TDH.VP.ENTER/op-state"] = ("INV-TDX-8", Populated, UseThenLose),
        ["TDH.VP.FLUSH/keys"] = ("INV-TDX-15", Without(Running), on => [on.Call(TdxFunction.VpFlush, Vcpu)]),
        ["TDH.VP.FLUSH/vcpu-busy"] = ("INV-TDX-14", With(Running, (made, _) => made.Expect(TdxFunction.VpEnter, Vcpu)),
            on => [on.Call(TdxFunction.VpFlush, Vcpu), on.Call(TdxFunction.MngVpFlushDone, Tdr)]),
        ["TDH.MR.EXTEND/keys"] = ("INV-TDX-15", Without(Populated), on => [on.Call(TdxFunction.MrExtend, 0, Tdr)]),
        ["TDH.MR.FINALIZE/keys"] = ("INV-TDX-15", Without(Populated), on => [on.Call(TdxFunction.MrFinalize, Tdr)]),
        ["TDH.MNG.VPFLUSHDONE/associated"] = ("INV-TDX-14", Running, on => [on.Call(TdxFunction.MngVpFlushDone, Tdr)]),
        ["TDH.MNG.KEY.FREEID/lifecycle"] = ("INV-TDX-14", Running, on => [on.Call(TdxFunction.MngKeyFreeid, Tdr)]),
        ["TDH.MNG.KEY.FREEID/written-back"] = ("INV-TDX-14", Building, on => [on.Call(TdxFunction.MngVpFlushDone, Tdr), on.Call(TdxFunction.MngKeyFreeid, Tdr)]),
        ["TDH.PHYMEM.PAGE.RECLAIM/lifecycle"] = ("INV-TDX-15", Running, on => [on.Call(TdxFunction.PhymemPageReclaim, Vcpu)]),
        ["TDH.PHYMEM.PAGE.RECLAIM/children"] = ("INV-TDX-6", Ended, on => [on.Call(TdxFunction.PhymemPageReclaim, Tdr)]),
    };

    private static TdxPlatform TwoPackages => TdxWorld.Recorded with { Packages = 2 };

    // A vCPU enters before tracking is asked for, uses a page, loses it, and uses it still.
    private static IEnumerable<Rule?> UseThenLose(Caller on)
    {
        yield return on.Call(TdxFunction.VpEnter, Vcpu);
        on.Module.GuestRead(Frame(Vcpu), new(0), 8);
        on.Call(TdxFunction.MemPageRemove, 0, Tdr);
        on.Module.GuestRead(Frame(Vcpu), new(0), 8);
    }

    private static Func<TdxWorld> Without(Func<TdxWorld> world) => With(world, (_, td) => td.Lifecycle = TdLifecycle.Blocked);

    // Six control pages and nothing more.
    private static TdxWorld Fresh() => With(Building, (made, td) =>
    {
        new TdParameters().WriteTo(made.Module.Memory.Contents, new(TdxWorld.Parameters));
        td.OpState = TdxOpState.Uninitialized;
    })();

    // A TD being built, with tables, a page at address 0 and a vCPU that could run.
    private static TdxWorld Populated()
    {
        var made = Building();
        made.Module.CachesTranslations = true;
        made.Expect(TdxFunction.VpInit, Vcpu);
        for (var level = SeptLevel.Pml4; level >= SeptLevel.Pd; level--)
        {
            made.Expect(TdxFunction.MemSeptAdd, (ulong)level, Tdr, Free + 0x10000 + ((ulong)level << 12));
        }

        made.Expect(TdxFunction.MemPageAdd, 0, Tdr, Free + 0x1000, Source);
        new TdParameters().WriteTo(made.Module.Memory.Contents, new(TdxWorld.Parameters));
        return made;
    }

    // One of two packages has its key when the TD ends.
    private static TdxWorld HalfConfiguredAndEnded()
    {
        var made = new TdxWorld(TwoPackages);
        made.Expect(TdxFunction.MngCreate, Tdr, 33);
        made.Expect(TdxFunction.MngKeyConfig, Tdr);
        made.EndTd();
        return made;
    }
}
