using GuestMemory.Testing;

namespace GuestMemory.Kvm.Tests.Injection;

/// <summary>The calls of the kernel's face at which something can fail.</summary>
internal static partial class KvmOperations
{
    private const ulong Page = World.Page;
    private const HostRights ReadWrite = HostRights.Read | HostRights.Write;

    public static IReadOnlyDictionary<string, InjectedOperation<World>> All { get; } =
        new[] { Objects(), Files(), Addresses(), Slots(), Guests() }.SelectMany(some => some).ToDictionary(operation => operation.Name, StringComparer.Ordinal);

    private static IEnumerable<InjectedOperation<World>> Objects()
    {
        yield return KvmOperation.Of(
            "CreateVm", _ => { }, world => world.Kvm.CreateVm(1).ToOutcome(), world => Close(world, OpenFileKind.Vm, 2));
        yield return KvmOperation.Of(
            "CreateVcpu", world => world.Kvm.CreateVm(1), world => world.Kvm.CreateVcpu(world.Find(OpenFileKind.Vm, 2)).ToOutcome(), world => Close(world, OpenFileKind.Vcpu, 2));
        yield return KvmOperation.Of(
            "CreateGuestMemfd", _ => { }, world => world.Kvm.CreateGuestMemfd(world.Vm, Page, 0).ToOutcome(), world => Close(world, OpenFileKind.GuestMemfd, 0));
        yield return KvmOperation.Of(
            "CreateMemfd", _ => { }, world => world.Kvm.CreateMemfd(Page).ToOutcome(), world => Close(world, OpenFileKind.Memfd, 1));
    }

    private static IEnumerable<InjectedOperation<World>> Files()
    {
        yield return KvmOperation.Of("Fallocate", world => world.File(), world => Allocate(world, 4), world => world.Punch(world.Find(OpenFileKind.GuestMemfd, 0), 0, World.FileSize))
            with
        { Leaves = LeftOfAllocation };
        yield return KvmOperation.Of("Fallocate, of an ordinary file", world => world.Kvm.CreateMemfd(Page), AllocateMemfd, world => Fallocate(world, OpenFileKind.Memfd, 1, 3, 4));
        yield return KvmOperation.Of("Fallocate, to punch", world => Allocate(world, 4, world.File()), world => Fallocate(world, OpenFileKind.GuestMemfd, 0, 3, 4));
    }

    // The page struck is the strike's number; a frame is asked for once a page, and a signal before it.
    private static DeclaredEffect<World>? LeftOfAllocation(InjectedStrike strike)
    {
        var effect = strike.Point == InjectionPoint.Signal ? BackingStore.InterruptedPartialEffect : BackingStore.AllocatePartialEffect;
        return strike.Number > 1 ? new(effect, world => Allocate(world, (ulong)strike.Number - 1)) : null;
    }

    private static Outcome AllocateMemfd(World world) => Fallocate(world, OpenFileKind.Memfd, 1, 0, 4);

    private static Outcome Allocate(World world, ulong pages) => Allocate(world, pages, world.Find(OpenFileKind.GuestMemfd, 0));

    private static Outcome Allocate(World world, ulong pages, int file) => world.Kvm.Fallocate(file, 1, 0, (long)(pages * Page)).ToOutcome();

    private static Outcome Fallocate(World world, OpenFileKind kind, int number, ulong mode, ulong pages) =>
        world.Kvm.Fallocate(world.Find(kind, number), mode, 0, (long)(pages * Page)).ToOutcome();

    private static void Close(World world, OpenFileKind kind, int number) => World.Done(world.Kvm.Close(world.Find(kind, number)));
}
