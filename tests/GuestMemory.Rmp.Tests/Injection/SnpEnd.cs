using GuestMemory.Kvm;
using GuestMemory.Testing;

namespace GuestMemory.Rmp.Tests.Injection;

/// <summary>What is declared to stay of a VM that ends, made by hand: its three pages are freed, then its context, then its save area.</summary>
internal static class SnpEnd
{
    private const int Pages = 3;

    public static DeclaredEffect<SnpSystem>? Of(InjectedStrike strike) => strike switch
    {
        { Point: InjectionPoint.HardwareBusy, Length: 1 } => null,
        { Point: InjectionPoint.HardwareBusy, Number: <= Pages } => new(SnpPartialEffects.FreedPage, system => CloseHeld(system, strike.Number - 1)),
        { Point: InjectionPoint.HardwareBusy } => new(SnpPartialEffects.LostPage, system => EndHeld(system, isContext: strike.Number == Pages + 1)),
        { Point: InjectionPoint.FirmwareFailure, Number: 1 } => new(SnpPartialEffects.LostAsid, system => EndWith(system, KeepContext)),
        _ => new(SnpPartialEffects.LostPage, system => EndWith(system, LoseContext)),
    };

    private static void CloseHeld(SnpSystem system, int page) =>
        system.Held(system.World.FrameOf(SnpSystem.At + ((ulong)page * SnpSystem.Page)), () => SnpOperations.Close(system));

    private static void EndHeld(SnpSystem system, bool isContext)
    {
        var guest = system.World.Guest;
        system.Held((isContext ? guest.Context : guest.Vmsa)!.Value, () => SnpOperations.Close(system));
    }

    private static void KeepContext(SnpSystem system)
    {
        system.World.Host.Lose(system.World.Guest.Asid);
        system.World.Host.Leak(new(system.World.Guest.Context!.Value, 1));
    }

    private static void LoseContext(SnpSystem system)
    {
        system.World.Host.Platform.Firmware.Decommission(system.World.Guest.Context!.Value);
        system.World.Host.Leak(new(system.World.Guest.Context!.Value, 1));
    }

    // The file first, then what the host made for the guest, then the VM itself.
    private static void EndWith(SnpSystem system, Action<SnpSystem> endContext)
    {
        var (kvm, host, guest) = (system.World.Kvm, system.World.Host, system.World.Guest);
        kvm.Close(system.World.File);
        kvm.Close(kvm.Descriptors.Find(new(OpenFileKind.Vcpu, 1)));
        endContext(system);
        host.ReturnPage(guest.Vmsa!.Value, reclaims: false);
        system.Machine.Frames.GiveBack(new(guest.Vmcb!.Value, 1));
        host.Remove(guest.Guest);
        kvm.Close(system.World.Vm);
    }
}
