using GuestMemory.Testing;

namespace GuestMemory.Kvm.Tests.Injection;

/// <summary>One call of the kernel's face, prepared, made and taken back.</summary>
internal static class KvmOperation
{
    /// <summary>A call that leaves nothing when it is refused.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="prepare">Readies a fresh world.</param>
    /// <param name="operate">The call.</param>
    /// <param name="undo">Takes it back.</param>
    public static InjectedOperation<World> Of(string name, Action<World> prepare, Func<World, Outcome> operate, Action<World>? undo = null) => new(
        name, injector => Made(injector, prepare), world => world.Kvm, operate)
    {
        Lengths = [1, int.MaxValue], Undo = undo, Holds = HoldsOf, FindBreach = BreachOf,
    };

    /// <summary>The same call, with what it leaves.</summary>
    public static InjectedOperation<World> Leaving(
        this InjectedOperation<World> operation, PartialEffect effect, Func<InjectedStrike, ulong> pages, Action<World, ulong> reference) =>
        operation with { Leaves = strike => pages(strike) is var done and > 0 ? new(effect, world => reference(world, done)) : null };

    public static Outcome Outcome(this VcpuExit exit) =>
        exit.Errno == Errno.OK ? GuestMemory.Outcome.Success : new(Lane.Status, (ulong)exit.Errno, (ulong)exit.Reason, exit.DecidedBy);

    public static Outcome Outcome(this HostFault fault) => new(Lane.Status, (ulong)fault, 0, null);

    public static int Find(this World world, OpenFileKind kind, int number) => world.Kvm.Descriptors.Find(new(kind, number));

    private static World Made(IFaultInjector injector, Action<World> prepare)
    {
        var world = new World(injector: injector);
        prepare(world);
        return world;
    }

    private static string HoldsOf(World world)
    {
        var frames = world.Machine.Frames;
        return $"{frames.CountOf(FrameState.InUse)} frames, {frames.CountOf(FrameState.Leaked)} leaked, {frames.CountOf(FrameState.Deferred)} deferred, {frames.Pins.All.Count} pins, {world.Kvm.Descriptors.Count} descriptors";
    }

    private static string? BreachOf(World world) => world.Broken() is [var first, ..] ? $"breaks {first}" : null;
}
