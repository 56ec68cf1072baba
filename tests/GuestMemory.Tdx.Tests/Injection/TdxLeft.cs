using GuestMemory.Kvm;
using GuestMemory.Tdx.Tests.Host;
using GuestMemory.Testing;

namespace GuestMemory.Tdx.Tests.Injection;

/// <summary>What is declared to stay of each operation, made by hand.</summary>
internal static class TdxLeft
{
    private const ulong At = TdxSystem.At;
    private const ulong Page = TdxSystem.Page;

    // Of the first page a frame for the file, three tables and a source; the tables serve the second as well.
    private const int FramesOfFirst = 5;

    public static DeclaredEffect<TdxSystem>? OfRegion(InjectedStrike strike) => strike switch
    {
        { Outcome.IsSuccess: true } or { Number: 1, Point: InjectionPoint.Signal or InjectionPoint.FrameAllocation } => null,
        { Point: InjectionPoint.Signal } or { Number: FramesOfFirst + 1 } => new(VirtualMachine.PopulatePartialEffect, system => AddOne(system)),
        { Number: > FramesOfFirst } => new(TdxPartialEffects.LaunchPage, system => { AddOne(system); Allocate(system, 1); }),
        _ => new(TdxPartialEffects.LaunchPage, system => MakeTables(system, strike.Number - 2)),
    };

    public static DeclaredEffect<TdxSystem>? OfAccept(InjectedStrike strike) => strike switch
    {
        { Outcome.IsSuccess: true } or { Point: InjectionPoint.Signal, Number: 1 } => null,
        { Point: InjectionPoint.Signal } => new(TdxPartialEffects.GuestCall, system => { Try(system); Fault(system, 1); }),
        _ => new(TdxPartialEffects.GuestCall, Try),
    };

    public static DeclaredEffect<TdxSystem>? OfPreFault(InjectedStrike strike) => strike.Number > 1 && strike.Point != InjectionPoint.HardwareBusy
        ? new(KvmHost.PreFaultPartialEffect, system => TdxOperations.PreFault(system, 1))
        : null;

    private static void AddOne(TdxSystem system) => KvmTdx.Done(system.World.AddRegion(At, system.World.Memory, 1));

    private static void Allocate(TdxSystem system, ulong page) =>
        KvmTdx.Done(system.World.Kvm.Fallocate(system.World.File, 1, (long)(page * Page), (long)Page));

    private static void MakeTables(TdxSystem system, int tables)
    {
        Allocate(system, 0);
        if (tables > 0)
        {
            system.World.Host.AddTables(system.World.Hosted, new(At >> 12), (SeptLevel)((int)SeptLevel.Pml4 - tables), out _);
        }
    }

    // The guest is inside, asks, and is out again.
    private static void Try(TdxSystem system)
    {
        var vcpu = system.World.Hosted.Vcpus[0];
        system.World.Host.Call(system.World.Hosted, TdxFunction.VpEnter, new(vcpu.Address.Value));
        system.World.Module.Tdcall(TdxFunction.GuestPageAccept, vcpu, new(At + Page));
        if (system.World.Module.FindVcpu(vcpu) is { IsInside: true })
        {
            system.World.Module.Exit(vcpu);
        }
    }

    private static void Fault(TdxSystem system, ulong page) =>
        new GuestFault(system.World.Guest, new((At >> 12) + page), isWrite: true, PageKind.Private).Run();
}
