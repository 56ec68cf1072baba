using GuestMemory.Testing;

namespace GuestMemory.Kvm.Tests.Injection;

/// <content>Slots and attributes.</content>
internal static partial class KvmOperations
{
    private static IEnumerable<InjectedOperation<World>> Slots()
    {
        yield return KvmOperation.Of("SetUserMemoryRegion", _ => { }, world => world.Kvm.SetUserMemoryRegion(world.Vm, world.Region).ToOutcome(), world => world.Delete(1));
        yield return KvmOperation.Of("SetUserMemoryRegion2, with a file", world => world.File(), world => Set(world, OverFile(world)), world => world.Delete(1));
        yield return KvmOperation.Of("SetUserMemoryRegion2, to delete", Used, world => Set(world, new(1, 0, 0, 0, 0)));
        yield return KvmOperation.Of("SetUserMemoryRegion2, to move", PlainUsed, world => Set(world, Moved(world, 2 * World.At)), world => Set(world, Moved(world, World.At)))
            .Leaving(KvmHost.MoveShortagePartialEffect, Before, (world, _) => Set(world, Moved(world, 1UL << 40)));
        yield return KvmOperation.Of("SetUserMemoryRegion2, to log", PlainUsed, world => Set(world, world.Region with { Flags = MemoryRegion.LogDirtyPages }));
        yield return KvmOperation.Of("SetMemoryAttributes, to private", Shared, world => Attributes(world, 8), world => Attributes(world, 0));
        yield return KvmOperation.Of("SetMemoryAttributes, to shared", Used, world => Attributes(world, 0), world => Attributes(world, 8));
    }

    private static Outcome Set(World world, MemoryRegion region) => world.Kvm.SetUserMemoryRegion2(world.Vm, region).ToOutcome();

    private static MemoryRegion OverFile(World world) => world.Region with { Flags = MemoryRegion.HasGuestMemfd, GuestMemfd = world.Find(OpenFileKind.GuestMemfd, 0) };

    private static MemoryRegion Moved(World world, ulong to) => world.Region with { GuestPhysicalAddress = to };

    private static Outcome Attributes(World world, ulong attributes) => world.Kvm.SetMemoryAttributes(world.Vm, World.At, 2 * Page, attributes).ToOutcome();

    // A slot with a private side, its first page touched by the guest as private memory.
    private static void Used(World world)
    {
        world.FileSlot();
        world.Convert(World.At, World.SlotSize);
        world.Load(World.At);
    }

    private static void Shared(World world)
    {
        world.FileSlot();
        world.Store(World.At, 1);
    }

    private static void PlainUsed(World world)
    {
        world.Set(world.Region);
        world.Store(World.At, 1);
    }
}
