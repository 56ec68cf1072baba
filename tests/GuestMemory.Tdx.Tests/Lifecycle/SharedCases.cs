using static GuestMemory.Tdx.Tests.Lifecycle.LifecycleWorlds;

namespace GuestMemory.Tdx.Tests.Lifecycle;

/// <summary>The cases of checks that several functions share.</summary>
internal static class SharedCases
{
    private static readonly TdxFunction[] s_ofTd =
        [TdxFunction.MngKeyConfig, TdxFunction.MngAddcx, TdxFunction.MngInit, TdxFunction.MngVpFlushDone, TdxFunction.MngKeyFreeid, TdxFunction.VpCreate, TdxFunction.MrExtend, TdxFunction.MrFinalize];

    private static readonly TdxFunction[] s_ofVcpu = [TdxFunction.VpAddcx, TdxFunction.VpInit, TdxFunction.VpEnter, TdxFunction.VpFlush];

    private static readonly TdxFunction[] s_locked = [TdxFunction.VpCreate, TdxFunction.VpAddcx, TdxFunction.VpInit, TdxFunction.VpEnter];

    private static readonly TdxFunction[] s_alive = [.. s_locked, TdxFunction.MngInit, TdxFunction.MrExtend, TdxFunction.MrFinalize];

    public static IEnumerable<LifecycleCase> All() => [.. Versions(), .. Tds(), .. Vcpus(), .. States(), .. Pages()];

    public static string Name(TdxFunction function) => HostFunctionTable.Find(function)!.Name;

    private static ulong Named(TdxFunction function) => s_ofVcpu.Contains(function) ? Vcpu : Tdr;

    private static uint Operand(TdxFunction function) => HostFunctionTable.Find(function)! is var known && s_ofVcpu.Contains(function) ? (uint)known.VcpuRegister : (uint)known.TdRegister;

    private static IEnumerable<LifecycleCase> Versions()
    {
        foreach (var function in LifecycleFunctions.All)
        {
            Func<TdxWorld> world = function.NeedsDynamicPamt ? () => Building(Dynamic) : Building;
            yield return new($"{function.Name}/version", 0xc000010000000000, world, made => Try(made, function.Function, Tdr, version: 2));
        }
    }

    private static IEnumerable<LifecycleCase> Tds()
    {
        foreach (var function in s_ofTd)
        {
            var (name, operand) = (Name(function), Operand(function));
            yield return new(name + "/td-form", 0xc000010000000000 | operand, Building, made => Try(made, function, WithKey(Tdr)));
            yield return new(name + "/td-form", 0xc000010000000000 | operand, Building, made => Try(made, function, Tdr + 0x10));
            yield return new(name + "/td-range", 0xc000010100000000 | operand, Building, made => Try(made, function, Outside));
            yield return new(name + "/td-busy", 0x8000020000000000 | operand, Held(Building, HeldLock.Pamt(PageSize.Size4K, Frame(Tdr))), made => Try(made, function, Tdr));
            yield return new(name + "/td-type", 0xc000030000000000 | operand, Building, made => Try(made, function, Free));
        }
    }

    private static IEnumerable<LifecycleCase> Vcpus()
    {
        foreach (var function in s_ofVcpu)
        {
            var (name, operand) = (Name(function), Operand(function));
            yield return new(name + "/vcpu-form", 0xc000010000000000 | operand, Running, made => Try(made, function, WithKey(Vcpu)));
            yield return new(name + "/vcpu-range", 0xc000010100000000 | operand, Running, made => Try(made, function, Outside));
            yield return new(name + "/vcpu-busy", 0x8000020000000000 | operand, Held(Running, HeldLock.Pamt(PageSize.Size4K, Frame(Vcpu))), made => Try(made, function, Vcpu));
            yield return new(name + "/vcpu-type", 0xc000030000000000 | operand, Running, made => Try(made, function, Tdr));
            yield return new(name + "/td-busy", 0x8000020000000080, Held(Running, HeldLock.Pamt(PageSize.Size4K, Frame(Tdr))), made => Try(made, function, Vcpu));
        }

        foreach (var function in new[] { TdxFunction.VpInit, TdxFunction.VpEnter, TdxFunction.VpFlush })
        {
            Func<TdxWorld> world = function == TdxFunction.VpInit ? Building : Running;
            yield return new(Name(function) + "/control-pages", 0xc000061000000000, With(world, (_, td) => td.VcpuList[0].ControlPageList.RemoveAt(4)), made => Try(made, function, Vcpu));
        }
    }

    private static IEnumerable<LifecycleCase> States()
    {
        foreach (var function in s_alive.Concat([TdxFunction.MngKeyConfig, TdxFunction.MngAddcx]))
        {
            yield return new(Name(function) + "/fatal", 0xe000060400000000, With(Running, (_, td) => td.IsFatal = true), made => Try(made, function, Named(function)));
        }

        foreach (var function in s_alive.Concat([TdxFunction.MngAddcx, TdxFunction.VpFlush]))
        {
            yield return new(Name(function) + "/keys", 0x8000081000000000, With(Running, (_, td) => td.Lifecycle = TdLifecycle.Blocked), made => Try(made, function, Named(function)));
        }

        foreach (var function in s_alive)
        {
            yield return new(Name(function) + "/tdcs", 0xc000060600000000, With(Running, (_, td) => td.ControlPageList.RemoveAt(5)), made => Try(made, function, Named(function)));
            yield return new(Name(function) + "/op-state", 0xc000060800000000, With(Running, (_, td) => td.OpState = TdxOpState.PausedExport), made => Try(made, function, Named(function)));
        }

        foreach (var function in s_locked)
        {
            yield return new(Name(function) + "/op-state-busy", 0x80000200000000ac, Held(Running, HeldLock.OpState(Frame(Tdr))), made => Try(made, function, Named(function)));
        }
    }

    private static IEnumerable<LifecycleCase> Pages()
    {
        foreach (var function in new[] { TdxFunction.MngCreate, TdxFunction.MngAddcx, TdxFunction.VpCreate, TdxFunction.VpAddcx })
        {
            var rdx = function switch { TdxFunction.MngCreate => 34UL, TdxFunction.VpAddcx => Vcpu, _ => Tdr };
            var name = Name(function);
            yield return new(name + "/page-form", 0xc000010000000001, Building, made => made.Call(function, Free + 0x10, rdx));
            yield return new(name + "/page-range", 0xc000010100000001, Building, made => made.Call(function, Outside, rdx));
            yield return new(name + "/page-busy", 0x8000020000000001, Held(Building, HeldLock.Pamt(PageSize.Size2M, Frame(Free))), made => made.Call(function, Free, rdx));
            yield return new(name + "/page-pair", 0x8000030800000001, () => Building(Dynamic), made => made.Call(function, Free, rdx));
            yield return new(name + "/page-free", 0xc000030000000001, Building, made => made.Call(function, Reserved, rdx));
        }

        foreach (var function in new[] { TdxFunction.PhymemPageRdmd, TdxFunction.PhymemPageReclaim })
        {
            var name = Name(function);
            yield return new(name + "/page-form", 0xc000010000000001, Building, made => made.Call(function, Free + 0x800));
            yield return new(name + "/page-form", 0xc000010000000001, Building, made => made.Call(function, WithKey(Free)));
            yield return new(name + "/page-range", 0xc000010100000001, Building, made => made.Call(function, Outside));
            yield return new(name + "/page-busy", 0x8000020000000001, Held(Building, HeldLock.Pamt(PageSize.Size4K, Frame(Free))), made => made.Call(function, Free));
        }
    }
}
