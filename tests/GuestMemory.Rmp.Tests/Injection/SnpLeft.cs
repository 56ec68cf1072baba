using GuestMemory.Kvm;
using GuestMemory.Rmp.Tests.Host;
using GuestMemory.Testing;

namespace GuestMemory.Rmp.Tests.Injection;

/// <summary>What is declared to stay of each operation, made by hand.</summary>
internal static class SnpLeft
{
    private const ulong At = SnpSystem.At;
    private const ulong Page = SnpSystem.Page;

    /// <summary>So many failures in a row that what should come back does not.</summary>
    public static bool LosesPage(InjectedStrike strike) =>
        strike.Length > 1 && strike.Point is InjectionPoint.FirmwareFailure or InjectionPoint.HardwareBusy;

    public static DeclaredEffect<SnpSystem>? OfStart(InjectedStrike strike) => strike switch
    {
        { Outcome.IsSuccess: true } or { Point: InjectionPoint.FrameAllocation } => null,
        { Point: InjectionPoint.HardwareBusy } => new(SnpPartialEffects.LostPage, LoseNewPage),
        _ => new(strike.Length > 1 ? SnpPartialEffects.LostPage : SnpPartialEffects.Context, system => StartUpTo(system, strike.Number, strike.Length > 1)),
    };

    public static DeclaredEffect<SnpSystem>? OfUpdate(InjectedStrike strike)
    {
        var done = (ulong)strike.Number - 1;
        return strike.Point switch
        {
            InjectionPoint.Signal or InjectionPoint.FrameAllocation => done == 0 ? null : new(VirtualMachine.PopulatePartialEffect, system => system.Update(done)),
            InjectionPoint.HardwareBusy => strike.Length == 1 ? null : new(SnpPartialEffects.LaunchPage, system => UpdateHeld(system, done)),
            _ => new(SnpPartialEffects.LaunchPage, system => UpdateRefused(system, done, strike.Length > 1)),
        };
    }

    public static DeclaredEffect<SnpSystem>? OfFinish(InjectedStrike strike) => strike switch
    {
        { Outcome.IsSuccess: true } or { Point: InjectionPoint.FrameAllocation, Number: 1 } => null,
        { Point: InjectionPoint.FrameAllocation } => new(SnpPartialEffects.FinishPages, TakeVmcb),
        { Point: InjectionPoint.HardwareBusy } => new(SnpPartialEffects.FinishPages, FinishHeld),
        { Number: 1 } => new(strike.Length > 1 ? SnpPartialEffects.LostPage : SnpPartialEffects.FinishPages, system => FinishRefused(system, strike.Length > 1)),
        _ => new(SnpPartialEffects.FinishPages, MakeSaveArea),
    };

    public static DeclaredEffect<SnpSystem>? OfFault(InjectedStrike strike, ulong page) => strike switch
    {
        { Point: InjectionPoint.HardwareBusy, Length: > 1 } => new(SnpPartialEffects.UnpreparedPage, system => PrepareHeld(system, page)),
        { Point: InjectionPoint.Signal, Number: > 1 } => new(KvmHost.RunPartialEffect, system => Fault(system, page)),
        _ => null,
    };

    public static DeclaredEffect<SnpSystem>? OfPreFault(InjectedStrike strike)
    {
        var done = (ulong)strike.Number - 1;
        return strike switch
        {
            { Point: InjectionPoint.HardwareBusy, Length: 1 } => null,
            { Point: InjectionPoint.HardwareBusy } => new(SnpPartialEffects.UnpreparedPage, system => PreFaultThenHold(system, done)),
            _ => done == 0 ? null : new(KvmHost.PreFaultPartialEffect, system => SnpOperations.PreFault(system, done)),
        };
    }

    public static DeclaredEffect<SnpSystem>? OfPunch(InjectedStrike strike, ulong pages) => strike.Length == 1
        ? null
        : new(SnpPartialEffects.FreedPage, system => system.Held(system.World.FrameOf(At + ((ulong)strike.Number * Page)), () => system.Punch(pages)));

    public static DeclaredEffect<SnpSystem>? OfSmash(InjectedStrike strike) => strike switch
    {
        { Outcome.IsSuccess: true } or { Point: InjectionPoint.Signal, Number: 1 } or { Point: InjectionPoint.HardwareBusy } => null,
        { Point: InjectionPoint.Signal } => new(SnpPartialEffects.SmashedPage, system => { Smash(system); Fault(system, 513); }),
        _ => new(SnpPartialEffects.SmashedPage, Smash),
    };

    public static DeclaredEffect<SnpSystem>? OfPartialPunch(InjectedStrike strike) => strike.Length == 1
        ? null
        : new(SnpPartialEffects.FreedPage, system => PunchHeld(system, isSmashed: strike.Number > 1));

    private static void PunchHeld(SnpSystem system, bool isSmashed)
    {
        var (host, frame) = (system.World.Host, system.World.FrameOf(At + KvmSnp.Large));
        if (isSmashed)
        {
            host.Smash(frame);
        }

        // The direct map is split for the entry of 4K that the host asks for.
        system.Held(frame, () =>
        {
            host.Update(RmpUpdateOperands.Share(new(frame, PageSize.Size4K)));
            system.World.Kvm.Fallocate(system.World.File, 3, (long)KvmSnp.Large, (long)Page);
        });
    }

    private static void LoseNewPage(SnpSystem system)
    {
        var host = system.World.Host;
        host.TryTakePage(out var page);
        system.Held(page, () => host.Update(RmpUpdateOperands.ToFirmware(new(page, PageSize.Size4K))));
        host.Leak(new(page, 1));
    }

    // So many commands of the start were done: none, the context's creation, the launch's begin.
    private static void StartUpTo(SnpSystem system, int failing, bool loses)
    {
        var host = system.World.Host;
        host.TryTakeFirmwarePage(out var context);
        if (failing > 1)
        {
            host.Platform.Firmware.GctxCreate(context);
        }

        if (failing > 2)
        {
            host.Platform.Firmware.LaunchStart(context, KvmSnp.Policy);
        }

        if (loses)
        {
            host.Leak(new(context, 1));
            return;
        }

        if (failing > 1)
        {
            host.Platform.Firmware.Decommission(context);
        }

        host.ReturnFirmwarePage(context);
    }

    private static RmpUpdateOperands Assign(SnpSystem system, Pfn frame, ulong page) =>
        RmpUpdateOperands.Assign(new(frame, PageSize.Size4K), system.World.Guest.Asid, new(At + (page * Page)), immutable: true);

    private static Pfn FillFile(SnpSystem system, ulong page)
    {
        var frame = system.Allocate(page);
        Span<byte> bytes = stackalloc byte[4096];
        bytes.Clear();
        BitConverter.TryWriteBytes(bytes, 0x1234UL);
        system.Machine.Contents.Fill(frame, bytes);
        return frame;
    }

    private static void UpdateHeld(SnpSystem system, ulong done)
    {
        system.Update(done);
        var frame = FillFile(system, done);
        system.Held(frame, () => system.World.Host.Update(Assign(system, frame, done)));
    }

    private static void UpdateRefused(SnpSystem system, ulong done, bool loses)
    {
        system.Update(done);
        var frame = FillFile(system, done);
        system.World.Host.Update(Assign(system, frame, done));
        if (!loses)
        {
            system.World.Host.TakeBack(frame);
            return;
        }

        system.World.Host.List(frame);
        system.World.Kvm.Descriptors.TryGet(system.World.File, out _, out var open);
        system.Machine.File(open.Object).Store.AddFlags(new(new(done), 1), StoredPageFlags.Prepared);
    }

    private static void TakeVmcb(SnpSystem system)
    {
        system.World.Host.TryTakePage(out var vmcb);
        system.World.Guest.Vmcb = vmcb;
    }

    private static RmpUpdateOperands AssignSaveArea(SnpSystem system, Pfn vmsa) => RmpUpdateOperands.Assign(
        new(vmsa, PageSize.Size4K), system.World.Guest.Asid, system.World.Host.Options.Switches.VmsaGpa, immutable: true);

    private static void FinishHeld(SnpSystem system)
    {
        TakeVmcb(system);
        system.World.Host.TryTakePage(out var vmsa);
        system.Held(vmsa, () => system.World.Host.Update(AssignSaveArea(system, vmsa)));
        system.Machine.Frames.GiveBack(new(vmsa, 1));
    }

    private static void FinishRefused(SnpSystem system, bool loses)
    {
        TakeVmcb(system);
        system.World.Host.TryTakePage(out var vmsa);
        system.World.Host.Update(AssignSaveArea(system, vmsa));
        if (loses)
        {
            system.World.Host.Leak(new(vmsa, 1));
        }
        else
        {
            system.World.Host.ReturnPage(vmsa, reclaims: true);
        }
    }

    private static void MakeSaveArea(SnpSystem system)
    {
        TakeVmcb(system);
        var host = system.World.Host;
        host.TryTakePage(out var vmsa);
        host.Update(AssignSaveArea(system, vmsa));
        host.Platform.Firmware.LaunchUpdate(system.World.Guest.Context!.Value, new PhysicalPage(vmsa, PageSize.Size4K), LaunchPageType.Vmsa);
        system.World.Guest.Vmsa = vmsa;
    }

    private static void PrepareHeld(SnpSystem system, ulong page)
    {
        var frame = system.Allocate(page);
        system.Held(frame, () => Fault(system, page));
    }

    private static void PreFaultThenHold(SnpSystem system, ulong done)
    {
        if (done > 0)
        {
            SnpOperations.PreFault(system, done);
        }

        PrepareHeld(system, done + 1);
    }

    private static void Fault(SnpSystem system, ulong page)
    {
        var vm = system.World.Kvm.VmOf(system.World.Vm)!;
        new GuestFault(vm, new((At >> 12) + page), isWrite: true, PageKind.Private).Run();
    }

    private static void Smash(SnpSystem system) =>
        RmpFaultHandler.Handle(system.World.Kvm.VmOf(system.World.Vm)!, new((At >> 12) + 513));
}
