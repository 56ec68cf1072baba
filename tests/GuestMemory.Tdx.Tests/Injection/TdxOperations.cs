using GuestMemory.Kvm;
using GuestMemory.Tdx.Tests.Host;
using GuestMemory.Testing;

namespace GuestMemory.Tdx.Tests.Injection;

/// <summary>What the host does for a TD, where the module, memory, an interrupt or a signal can fail it.</summary>
internal static class TdxOperations
{
    private const ulong At = TdxSystem.At;
    private const ulong Page = TdxSystem.Page;

    public static IReadOnlyDictionary<string, InjectedOperation<TdxSystem>> All { get; } =
        Build().Concat(Running()).ToDictionary(operation => operation.Name, StringComparer.Ordinal);

    private static IEnumerable<InjectedOperation<TdxSystem>> Build()
    {
        yield return Of("KVM_TDX_INIT_VM", system => system.World.Kvm.CreateVm(5), system => Other(system, TdxCommand.InitVm, KvmTdx.Block(KvmTdx.VeDisable, 48)));
        yield return Of("KVM_TDX_INIT_VCPU", _ => { }, system => system.Command(TdxCommand.InitVcpu), hasVcpu: false);
        yield return Of("KVM_TDX_INIT_MEM_REGION", Filled, system => system.Command(TdxCommand.InitMemRegion, system.Block)) with { Leaves = TdxLeft.OfRegion };
        yield return Of("KVM_TDX_FINALIZE_VM", Filled, system => system.Command(TdxCommand.FinalizeVm));
    }

    private static IEnumerable<InjectedOperation<TdxSystem>> Running()
    {
        yield return Of("TDG.MEM.PAGE.ACCEPT of a page not there", Launched, system => system.Accept(At + Page)) with { Leaves = TdxLeft.OfAccept };
        yield return Of("load of an accepted page", Accepted, system => system.Load(At + Page));
        yield return Of("KVM_PRE_FAULT_MEMORY", Launched, system => PreFault(system, 2)) with { Leaves = TdxLeft.OfPreFault };
        yield return Of("punch", Accepted, system => system.World.Punch(Page, 2 * Page).ToOutcome());
        yield return Of("conversion to shared", Accepted, system => system.Convert(0));
        yield return Of("conversion to private", SharedPages, system => system.Convert(8));
        yield return Of("KVM_TDX_TERMINATE_VM", Accepted, system => system.Command(TdxCommand.TerminateVm));
        yield return Of("closing the VM", Accepted, Close);
    }

    private static InjectedOperation<TdxSystem> Of(string name, Action<TdxSystem> prepare, Func<TdxSystem, Outcome> operate, bool hasVcpu = true) => new(
        name, injector => Made(injector, prepare, hasVcpu), system => system.World.Kvm, system => TdxSystem.Waited(() => operate(system)))
    {
        Holds = system => system.Holds, FindBreach = system => system.Breach,
    };

    private static TdxSystem Made(IFaultInjector injector, Action<TdxSystem> prepare, bool hasVcpu)
    {
        var system = new TdxSystem(injector, hasVcpu);
        prepare(system);
        return system;
    }

    private static Outcome Other(TdxSystem system, TdxCommand command, byte[] block) =>
        system.World.CommandOf(system.World.Kvm.Descriptors.Find(new(OpenFileKind.Vm, 2)), command, block).ToOutcome();

    private static void Filled(TdxSystem system)
    {
        KvmTdx.Done(system.World.Kvm.CopyTo(system.World.Memory, 0x1234));
        KvmTdx.Done(system.World.Kvm.CopyTo(system.World.Memory + Page, 0x1234));
    }

    private static void Launched(TdxSystem system)
    {
        system.World.Launch();
        system.World.Load(At);
    }

    private static void Accepted(TdxSystem system)
    {
        Launched(system);
        system.World.Accept(At + Page);
        system.World.Accept(At + (2 * Page));
    }

    private static void SharedPages(TdxSystem system)
    {
        Launched(system);
        system.Convert(0);
        system.World.Store(At + Page, 1, isPrivate: false);
    }

    public static Outcome PreFault(TdxSystem system, ulong pages)
    {
        var (address, size) = (At + Page, pages * Page);
        return system.World.Kvm.PreFaultMemory(system.World.Vm, ref address, ref size, 0, out _).ToOutcome() with { Info = size };
    }

    public static Outcome Close(TdxSystem system)
    {
        system.World.CloseAll();
        return Outcome.Success;
    }
}
