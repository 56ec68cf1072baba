using static GuestMemory.Rmp.FirmwareMoves;
using static GuestMemory.Rmp.GuestMoves;
using static GuestMemory.Rmp.HostMoves;
using static GuestMemory.Rmp.SceneSetup;
using static GuestMemory.Rmp.SnpSceneWorld;

namespace GuestMemory.Rmp;

/// <summary>Scenes of guests' lives and of the platform's.</summary>
internal static class GuestScenes
{
    public static IReadOnlyList<SnpScene> All { get; } = [Launching, EarlyRun, Activation, Requests, Debugging, Firmware, Ended, OutsideItself, Unsmashing];

    // Guest A is being launched: its page at G[5] is ready, the host has another for the same address once it runs. Guest B runs, with pages at G[6] and G[7].
    private static SnpScene Launching => new(
        "launch",
        world =>
        {
            Launch(world);
            Ok(world.Firmware.LaunchFinish(ContextB));
            PreGuest(world, A, H(5), G(5));
            PreGuest(world, A, Y(), G());
            Give(world, B, H(6), G(6));
            Give(world, B, Y(6), G(7));
        },
        [
            FirmwareMoves.LaunchUpdate(ContextA, H(5), LaunchPageType.Normal), FirmwareMoves.LaunchUpdate(ContextA, Y(5), LaunchPageType.Normal),
            FirmwareMoves.LaunchUpdate(ContextA, Y(), LaunchPageType.Zero, isLarge: true), FirmwareMoves.LaunchFinish(ContextA),
            Assign(Y(5), A, G(5), immutable: true) with { IsOffered = AIsLaunched }, Assign(Y(5), B, G(6), immutable: true), Share(Y(5)), FirmwareMoves.Reclaim(Y(5)),
            Read(A, G(5), H(5)), Read(B, G(6), H(6)), Read(B, G(7), Y(6)),
        ]);

    // The host entered guest A before its launch was finished; a vCPU of it runs.
    private static SnpScene EarlyRun => new(
        "launch-early",
        world =>
        {
            Launch(world);
            Give(world, A, H(5), G(5));
            Run(world, H(8), G(8));
        },
        [FirmwareMoves.LaunchUpdate(ContextA, H(5), LaunchPageType.Zero), FirmwareMoves.GctxCreate(H(8)), FirmwareMoves.LaunchFinish(ContextA), GuestMoves.Write(A, G(5), H(5)), Read(A, G(5), H(5))]);

    // Guest A has an ASID and no page yet; another that allows debugging has none.
    private static SnpScene Activation => new(
        "activate",
        world =>
        {
            Start(world, ContextA, A);
            Start(world, ContextIdle, null, AllowsDebugging);
            FirmwarePage(world, Spare);
        },
        [
            FirmwareMoves.Activate(ContextIdle, A), FirmwareMoves.Activate(ContextIdle, B), FirmwareMoves.Activate(ContextIdle, new(9)), Assign(H(6), new(9), G(6)), Share(H(6)),
            FirmwareMoves.DebugDecrypt(ContextIdle, H(5), Spare), FirmwareMoves.DebugDecrypt(ContextA, H(5), Spare),
            Assign(H(5), A, G(5)), Accept(A, G(5), H(5)), GuestMoves.Write(A, G(5), H(5)), Read(A, G(5), H(5)),
        ]);

    // Guest A asks the firmware for messages; guest B has a page behind a page of the firmware's.
    private static SnpScene Requests => new(
        "request",
        world =>
        {
            Launch(world);
            Ok(world.Firmware.LaunchFinish(ContextA));
            FirmwarePage(world, Y(4));
            Give(world, B, Y(5), G(5));
        },
        [
            FirmwareMoves.GuestRequest(ContextA, H().Address, Y(4).Address), FirmwareMoves.GuestRequest(ContextA, H().Address, Y(4).Address + 0xfc0),
            FirmwareMoves.GuestRequest(ContextA, H().Address, Y(5).Address), FirmwareMoves.Reclaim(Y(4)), OlderWrite(Y(5)), OlderWrite(Y(6)), Read(B, G(5), Y(5)),
        ]);

    // Guest A allows debugging, guest B does not.
    private static SnpScene Debugging => new(
        "debug",
        world =>
        {
            Launch(world, AllowsDebugging);
            PreGuest(world, A, H(6), G(6));
            Give(world, B, H(5), G(5));
            PreSwap(world, B, H(7), G(7));
        },
        [
            FirmwareMoves.DebugDecrypt(ContextB, H(5), Spare), FirmwareMoves.DebugDecrypt(ContextA, H(6), Spare), FirmwareMoves.DebugDecrypt(ContextA, H(6), H(5)),
            FirmwareMoves.DebugEncrypt(ContextB, Spare, H(7)), FirmwareMoves.DebugEncrypt(ContextA, Spare, H(6)), FirmwareMoves.DebugEncrypt(ContextA, Spare, H(7)),
            FirmwareMoves.Reclaim(H(7)), Read(B, G(5), H(5)), Read(B, G(7), H(7)),
        ]);

    // Pages of the firmware's, and its beginning and end.
    private static SnpScene Firmware => new(
        "firmware",
        world =>
        {
            Launch(world);
            Give(world, A, H(5), G(5));
        },
        [
            FirmwareMoves.Reclaim(ContextB), FirmwareMoves.Reclaim(Spare), FirmwareMoves.SetState(default, 512), FirmwareMoves.MetadataInit(ContextA, ContextB),
            FirmwareMoves.MetadataInit(ContextA, Spare), FirmwareMoves.InitEx(true), FirmwareMoves.InitEx(false), FirmwareMoves.RmpCreate(), FirmwareMoves.Shutdown(), Read(A, G(5), H(5)),
        ]);

    // The firmware was ended and its table undone.
    private static SnpScene Ended => new(
        "ended",
        world => Ok(world.Firmware.ShutdownEx(iommu: true)),
        [
            FirmwareMoves.InitEx(false), FirmwareMoves.InitEx(true), FirmwareMoves.RmpCreate(), FirmwareMoves.Shutdown(), Assign(H(5), A, G(5)), Share(H(5)), DeviceWrite(H(5)),
        ]);

    // The table lies where it has no entries for itself.
    private static SnpScene OutsideItself => new(
        "outside-itself",
        world => Ok(world.Firmware.ShutdownEx(iommu: true)),
        [FirmwareMoves.InitEx(true), FirmwareMoves.InitEx(false), FirmwareMoves.RmpCreate(), FirmwareMoves.Shutdown()])
    {
        Coverage = RmpCoverage.Flat(new(0x4000_0000), new(0x400f_ffff)),
        Scope = CheckScope.Everything,
    };

    // Of 512 pages of guest A's one is guest B's in H, and two have changed places in Y.
    private static SnpScene Unsmashing => new(
        "unsmash",
        world =>
        {
            world.Platform.Observer = null;
            for (var page = 0UL; page < 512; page++)
            {
                PreGuest(world, page == 9 ? B : A, H(page), G(page));
                PreGuest(world, A, Y(page), G(512 + (page is 1 or 2 ? 3 - page : page)));
            }

            world.Checker.Restart(world.Platform);
            world.Platform.Observer = world.Checker;
        },
        [FirmwareMoves.Unsmash(H()), FirmwareMoves.Unsmash(Y()), FirmwareMoves.Reclaim(H(9)), Share(H(9)), Assign(H(9), A, G(9), immutable: true)]);

    private static bool AIsLaunched(SnpSceneWorld world) => world.Firmware.TryGetGuest(ContextA, out var guest) && guest.State == SnpGuestState.Running;
}
