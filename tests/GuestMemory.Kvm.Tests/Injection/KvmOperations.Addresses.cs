using GuestMemory.Testing;

namespace GuestMemory.Kvm.Tests.Injection;

/// <content>The process's addresses.</content>
internal static partial class KvmOperations
{
    private static IEnumerable<InjectedOperation<World>> Addresses()
    {
        yield return KvmOperation.Of("MapAnonymous", _ => { }, world => world.Kvm.MapAnonymous(4 * Page).ToOutcome(), Unmap);
        yield return KvmOperation.Of("Mmap", world => world.File(1), world => world.Kvm.Mmap(world.Find(OpenFileKind.GuestMemfd, 0), 0, 4 * Page, ReadWrite, isShared: true).ToOutcome(), Unmap);
        yield return KvmOperation.Of("Munmap", world => Touch(world, 3), world => world.Kvm.Munmap(world.Memory + Page, Page).ToOutcome());
        yield return KvmOperation.Of("Mprotect", Parted, world => Protect(world, 4)).Leaving(KvmHost.ProtectPartialEffect, Before, (world, done) => Protect(world, 2 * done));
        yield return KvmOperation.Of("Mlock", _ => { }, world => world.Kvm.Mlock(world.Memory, 3 * Page).ToOutcome(), Discard)
            with
        { Leaves = strike => new(KvmHost.TouchPartialEffect, world => LockSome(world, Before(strike))) };
        yield return KvmOperation.Of("Madvise, to bring in", _ => { }, world => BringIn(world, 3), Discard).Leaving(KvmHost.TouchPartialEffect, Before, (world, done) => BringIn(world, done));
        yield return KvmOperation.Of("Madvise, to move", world => Touch(world, 3), world => SoftOffline(world, 3)).Leaving(KvmHost.TouchPartialEffect, Before, (world, done) => SoftOffline(world, done));
        yield return KvmOperation.Of("Load", _ => { }, world => world.Kvm.Load(world.Memory + Page - 4, 8, out _).Outcome(), Discard)
            .Leaving(KvmHost.AccessPartialEffect, Before, (world, done) => world.Kvm.Load(world.Memory, 8, out _));
        yield return KvmOperation.Of("Store", _ => { }, world => world.Kvm.Store(world.Memory + Page - 4, 8, 1).Outcome(), Discard)
            .Leaving(KvmHost.AccessPartialEffect, Before, (world, done) => BringIn(world, 1));
        yield return KvmOperation.Of("CopyFrom", _ => { }, world => world.Kvm.CopyFrom(world.Memory, out _).ToOutcome(), Discard);
        yield return KvmOperation.Of("CopyTo", _ => { }, world => world.Kvm.CopyTo(world.Memory, 1).ToOutcome(), Discard);
    }

    // Everything done before the point struck: one point of its kind a page, or an area.
    private static ulong Before(InjectedStrike strike) => (ulong)strike.Number - 1;

    private static void Touch(World world, ulong pages)
    {
        for (var page = 0UL; page < pages; page++)
        {
            world.Kvm.Store(world.Memory + (page * Page), 8, page + 1);
        }
    }

    private static void Parted(World world) => World.Done(world.Kvm.Mprotect(world.Memory, 2 * Page, HostRights.Read));

    private static Outcome Protect(World world, ulong pages) => world.Kvm.Mprotect(world.Memory, pages * Page, HostRights.None).ToOutcome();

    private static Outcome BringIn(World world, ulong pages) => world.Kvm.Madvise(world.Memory, pages * Page, MemoryAdvice.PopulateWrite, out _).ToOutcome();

    private static Outcome SoftOffline(World world, ulong pages) => world.Kvm.Madvise(world.Memory, pages * Page, MemoryAdvice.SoftOffline, out _).ToOutcome();

    private static void LockSome(World world, ulong pages)
    {
        world.Kvm.Process.Lock(new(new(world.Memory >> 12), 3));
        if (pages > 0)
        {
            BringIn(world, pages);
        }
    }

    private static void Discard(World world) => World.Done(world.Kvm.Munmap(world.Memory, World.FileSize));

    private static void Unmap(World world) => World.Done(world.Kvm.Munmap(world.Kvm.Process.Areas[^1].Start << 12, 4 * Page));
}
