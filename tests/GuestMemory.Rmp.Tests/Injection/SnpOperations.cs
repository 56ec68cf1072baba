using GuestMemory.Kvm;
using GuestMemory.Rmp.Tests.Host;
using GuestMemory.Testing;

namespace GuestMemory.Rmp.Tests.Injection;

/// <summary>What the host does for an SNP guest, where the table, the firmware, memory or a signal can fail it.</summary>
internal static class SnpOperations
{
    private const ulong At = SnpSystem.At;
    private const ulong Page = SnpSystem.Page;

    // As often as the host tries an instruction.
    private const int Attempts = 8;

    public static IReadOnlyDictionary<string, InjectedOperation<SnpSystem>> All { get; } =
        Launch().Concat(Running()).ToDictionary(operation => operation.Name, StringComparer.Ordinal);

    private static IEnumerable<InjectedOperation<SnpSystem>> Launch()
    {
        yield return Of("KVM_SEV_INIT2", system => system.World.Kvm.CreateVm(4), Init);
        yield return Of("KVM_SEV_SNP_LAUNCH_START", _ => { }, system => system.World.Start().ToOutcome()) with { Leaves = SnpLeft.OfStart, Loses = SnpLeft.LosesPage };
        yield return Of("KVM_SEV_SNP_LAUNCH_UPDATE", Started, system => system.Command(SnpCommand.LaunchUpdate, system.Block)) with { Leaves = SnpLeft.OfUpdate, Completes = strike => !SnpLeft.LosesPage(strike) };
        yield return Of("KVM_SEV_SNP_LAUNCH_FINISH", Updated, system => system.World.Finish().ToOutcome()) with { Leaves = SnpLeft.OfFinish, Loses = SnpLeft.LosesPage };
    }

    private static IEnumerable<InjectedOperation<SnpSystem>> Running()
    {
        yield return Of("PVALIDATE of a page not there", Launched, system => system.Validate(At + (3 * Page)), undo: system => system.World.Punch(3 * Page, Page)) with { Leaves = strike => SnpLeft.OfFault(strike, 3) };
        yield return Of("load of an accepted page", Accepted, system => system.Load(At + Page));
        yield return Of("KVM_PRE_FAULT_MEMORY", Launched, system => PreFault(system, 2), undo: system => system.Punch(2)) with { Leaves = SnpLeft.OfPreFault };
        yield return Of("punch", Accepted, system => system.Punch(2)) with { Leaves = strike => SnpLeft.OfPunch(strike, 2) };
        yield return Of("conversion to shared", Accepted, system => system.Convert(0));
        yield return Of("conversion to private", SharedPages, system => system.Convert(8));
        yield return Of("PVALIDATE of 4K in 2M", LargeAccepted, system => system.Validate(At + KvmSnp.Large + Page), largestOrder: 9) with { Leaves = SnpLeft.OfSmash };
        yield return Of("punch of a part of 2M", LargeAccepted, system => system.World.Kvm.Fallocate(system.World.File, 3, (long)KvmSnp.Large, (long)Page).ToOutcome(), largestOrder: 9) with { Leaves = SnpLeft.OfPartialPunch };
        yield return Of("closing the VM", Accepted, Close) with { Leaves = SnpEnd.Of, Completes = _ => false };
    }

    private static InjectedOperation<SnpSystem> Of(string name, Action<SnpSystem> prepare, Func<SnpSystem, Outcome> operate, Action<SnpSystem>? undo = null, int largestOrder = 0) => new(
        name, injector => Made(injector, prepare, largestOrder), system => system.World.Kvm, operate)
    {
        Lengths = [1, Attempts], Undo = undo, Holds = system => system.Holds, FindBreach = system => system.Breach,
    };

    private static SnpSystem Made(IFaultInjector injector, Action<SnpSystem> prepare, int largestOrder)
    {
        var system = new SnpSystem(injector, largestOrder);
        prepare(system);
        return system;
    }

    private static Outcome Init(SnpSystem system) =>
        system.World.Kvm.MemoryEncryptOp(system.World.Kvm.Descriptors.Find(new(OpenFileKind.Vm, 2)), (uint)SnpCommand.Init2, new byte[64]).ToOutcome();

    private static void Started(SnpSystem system)
    {
        KvmSnp.Done(system.World.Start());
        KvmSnp.Done(system.World.Kvm.CopyTo(system.World.Memory, 0x1234));
        KvmSnp.Done(system.World.Kvm.CopyTo(system.World.Memory + Page, 0x1234));
        KvmSnp.Done(system.World.Kvm.CopyTo(system.World.Memory + (2 * Page), 0x1234));
    }

    private static void Updated(SnpSystem system)
    {
        Started(system);
        system.Update(1);
    }

    private static void Launched(SnpSystem system)
    {
        system.World.Launch();
        system.World.Load(At);
    }

    private static void Accepted(SnpSystem system)
    {
        Launched(system);
        system.World.Accept(At + Page);
        system.World.Accept(At + (2 * Page));
    }

    private static void LargeAccepted(SnpSystem system)
    {
        Launched(system);
        system.World.Accept(At + KvmSnp.Large, isLarge: true);
    }

    private static void SharedPages(SnpSystem system)
    {
        Launched(system);
        system.Convert(0);
        system.World.Store(At + Page, 1, isPrivate: false);
    }

    public static Outcome PreFault(SnpSystem system, ulong pages)
    {
        var (address, size) = (At + Page, pages * Page);
        return system.World.Kvm.PreFaultMemory(system.World.Vm, ref address, ref size, 0, out _).ToOutcome() with { Info = size };
    }

    public static Outcome Close(SnpSystem system)
    {
        var kvm = system.World.Kvm;
        kvm.Close(system.World.File);
        kvm.Close(kvm.Descriptors.Find(new(OpenFileKind.Vcpu, 1)));
        return kvm.Close(system.World.Vm).ToOutcome();
    }
}
