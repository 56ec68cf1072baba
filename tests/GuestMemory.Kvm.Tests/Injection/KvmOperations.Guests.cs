using GuestMemory.Testing;

namespace GuestMemory.Kvm.Tests.Injection;

/// <content>What vCPUs do, and what is done ahead for them.</content>
internal static partial class KvmOperations
{
    private static readonly Gfn s_gfn = new(World.At >> 12);

    private static IEnumerable<InjectedOperation<World>> Guests()
    {
        const ulong across = World.At + (2 * Page) - 4;
        yield return KvmOperation.Of("GuestLoad", Used, world => world.Load(across).Outcome(), FreeFile).Leaving(KvmHost.RunPartialEffect, PagesOfRun, (world, done) => Fault(world, done, isWrite: false));
        yield return KvmOperation.Of("GuestStore", Used, world => world.Store(across, 1).Outcome(), FreeFile).Leaving(KvmHost.RunPartialEffect, PagesOfRun, (world, done) => Fault(world, done, isWrite: true));
        yield return KvmOperation.Of("GuestExchangeAdd", Used, world => world.Kvm.GuestExchangeAdd(world.Vm, across, 8, 1).Outcome(), FreeFile)
            .Leaving(KvmHost.RunPartialEffect, PagesOfRun, (world, done) => Fault(world, done, isWrite: true));
        yield return KvmOperation.Of("GuestStore, of shared memory", PlainUsed, world => world.Store(World.At + Page, 1).Outcome(), DiscardSecond)
            .Leaving(KvmHost.RunPartialEffect, strike => strike.Point == InjectionPoint.Signal ? PagesOfRun(strike) : 0, (world, done) => Fault(world, 1, isWrite: true));
        yield return KvmOperation.Of("GuestExecute", Halting, world => world.Kvm.GuestExecute(world.Vm, World.At + Page).Outcome()).Leaving(KvmHost.RunPartialEffect, PagesOfRun, (world, done) => Fault(world, 1, isWrite: false));
        yield return KvmOperation.Of("PreFaultMemory", Used, world => PreFault(world, 3), FreeFile).Leaving(KvmHost.PreFaultPartialEffect, Before, (world, done) => PreFault(world, done));
        yield return KvmOperation.Of("Populate", PrivateSlot, world => Populate(world, 3), FreeFile).Leaving(VirtualMachine.PopulatePartialEffect, Before, (world, done) => Populate(world, done))
            with
        { Completes = strike => strike.Number == 1 };
    }

    // A signal is looked for on the way in and after every fault; a table and a frame are asked for once a fault.
    private static ulong PagesOfRun(InjectedStrike strike) => (ulong)strike.Number - 1;

    private static void Fault(World world, ulong pages, bool isWrite)
    {
        for (var page = 1UL; page <= pages; page++)
        {
            new GuestFault(world.Guest, s_gfn + page, isWrite, world.Guest.Attributes.KindOf(s_gfn + page)).Run();
        }
    }

    private static Outcome PreFault(World world, ulong pages)
    {
        var (address, size) = (World.At + Page, pages * Page);
        var result = world.Kvm.PreFaultMemory(world.Vm, ref address, ref size, 0, out _);
        return result.ToOutcome() with { Info = size };
    }

    private static Outcome Populate(World world, ulong pages) => world.Guest.Populate(new(s_gfn + 1, pages), [], new Filler(), out _);

    private static void PrivateSlot(World world)
    {
        world.FileSlot();
        world.Convert(World.At, World.SlotSize);
    }

    private static void Halting(World world)
    {
        PlainUsed(world);
        world.Kvm.Store(world.Memory + Page, 8, 0xf4);
    }

    private static void FreeFile(World world) => world.Punch(world.Find(OpenFileKind.GuestMemfd, 0), Page, World.FileSize - Page);

    private static void DiscardSecond(World world) => World.Done(world.Kvm.Madvise(world.Memory + Page, Page, MemoryAdvice.DontNeed, out _));

    private sealed class Filler : IPopulateFiller
    {
        public Outcome Fill(VirtualMachine vm, Gfn gfn, Pfn frame, ReadOnlySpan<byte> bytes) =>
            vm.Machine.Ownership.Prepare(new(new(frame, 1), vm.Id, gfn, PageKind.Private));
    }
}
