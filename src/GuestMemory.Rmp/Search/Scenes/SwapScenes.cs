using static GuestMemory.Rmp.FirmwareMoves;
using static GuestMemory.Rmp.GuestMoves;
using static GuestMemory.Rmp.HostMoves;
using static GuestMemory.Rmp.SceneSetup;
using static GuestMemory.Rmp.SnpSceneWorld;

namespace GuestMemory.Rmp;

/// <summary>Scenes of pages that move, leave and come back.</summary>
internal static class SwapScenes
{
    // A page bound at this guest address looks like one of A's metadata pages to who only compares addresses.
    private static readonly Gpa s_contextsNumber = new(ContextA.Address.Value);
    private static readonly SwapOperands s_out = SceneSetup.Swap(H(5), Y(9));
    private static readonly SwapOperands s_forgedOut = SceneSetup.Swap(Y(12), Y(13), SwapPageType.Metadata) with { IsRoot = true };
    private static readonly SwapOperands s_metadataOut = SceneSetup.Swap(MetadataA, Spare, SwapPageType.Metadata) with { IsRoot = true };

    public static IReadOnlyList<SnpScene> All { get; } = [Moving, Leaving, Coming, Changed, LargeComing, Forged, MetadataSwapping, Vectors];

    private static SnpScene Moving => new(
        "move",
        world =>
        {
            Launch(world);
            Run(world, H(5), G(5));
            PreSwap(world, A, H(7), G(7));
            PreSwap(world, B, H(6), G(6));
            PreGuest(world, A, Y(5), G(9));
            PreGuest(world, A, H(), G());
            PreGuest(world, A, Y(), G(1));
            Give(world, B, Y(6), G(8));
        },
        [
            Move(ContextA, H(7), H(5)), Move(ContextA, H(7), Y(5)), Move(ContextA, H(6), Y(5)), Move(ContextA, H(), Y(), isLarge: true), Move(ContextA, MetadataA, ContextB),
            Move(ContextA, MetadataA, Spare), Move(ContextA, Y(6), Y(8)), Read(B, G(6), Y(5)), Read(B, G(8), Y(6)), Read(B, G(8), Y(8)), Read(A, G(7), Y(5)),
        ]);

    private static SnpScene Leaving => new(
        "swap-out",
        world =>
        {
            Launch(world);
            SceneSetup.Metadata(world, ContextA, Y(4));
            Give(world, B, Y(5), G(5));
            Give(world, B, Y(6), s_contextsNumber);
            PreSwap(world, A, H(5), G(5));
            PreSwap(world, A, H(), G());
            Give(world, A, H(7), G(6));
            PreSwap(world, B, H(6), G(6));
            FirmwarePage(world, Y(9));
            FirmwarePage(world, Y());
        },
        [
            FirmwareMoves.SwapOut(s_out), FirmwareMoves.SwapOut(s_out with { Metadata = Y(4).Address + 0xfe0 }), FirmwareMoves.SwapOut(s_out with { Metadata = Y(6).Address }),
            FirmwareMoves.SwapOut(SceneSetup.Swap(H(), Y()) with { IsLarge = true }), FirmwareMoves.SwapOut(SceneSetup.Swap(H(5), Y(5))), FirmwareMoves.SwapOut(SceneSetup.Swap(H(6), Y(9))),
            SwapIn(Back(s_out, Y(10))), Assign(Y(10), A, G(6), immutable: true), Assign(Y(10), A, G(5), immutable: true), Read(B, G(5), Y(5)), Read(B, s_contextsNumber, Y(6)),
        ]);

    private static SnpScene Coming => new(
        "swap-in",
        world =>
        {
            Launch(world);
            Run(world, H(6), G(6));
            SceneSetup.SwapOut(world);
        },
        [
            Assign(Y(10), A, G(5), immutable: true), Assign(Y(10), B, G(5), immutable: true), Assign(Y(11), A, G(5), immutable: true), Share(Y(10)), FirmwareMoves.Reclaim(Y(10)),
            SwapIn(Back(s_out, Y(10))), SwapIn(Back(s_out, Y(11))), SwapIn(Back(s_out, H(6))), Read(A, G(5), Y(10)), GuestMoves.Write(A, G(5), Y(10)),
        ]);

    // The wrapped page is the hypervisor's again.
    private static SnpScene Changed => new(
        "swap-changed",
        world =>
        {
            Launch(world);
            SceneSetup.SwapOut(world);
            SceneSetup.Reclaim(world, Y(9));
            SceneSetup.Share(world, Y(9));
            PreGuest(world, A, Y(10), G(5));
        },
        [HostMoves.Write(Y(9)), SwapIn(Back(s_out, Y(10))), FirmwareMoves.Reclaim(Y(10)), Read(A, G(5), Y(10))]);

    // One small page is out; the host has a large one for it.
    private static SnpScene LargeComing => new(
        "swap-in-large",
        world =>
        {
            Launch(world);
            PreSwap(world, A, H(), G());
            FirmwarePage(world, Y(9));
            Ok(world.Firmware.SwapOut(SceneSetup.Swap(H(), Y(9))));
        },
        [
            Assign(Z(), A, G(), isLarge: true, immutable: true), Assign(Z(), A, G(), immutable: true), Share(Z(), isLarge: true), FirmwareMoves.Reclaim(Z()),
            SwapIn(Back(SceneSetup.Swap(H(), Y(9)), Z())), Read(A, G(), Z()),
        ]);

    // The host kept a copy of an entry while it was good, in a page that looks like A's metadata; the page came back meanwhile, and is gone again.
    private static SnpScene Forged => new(
        "swap-forged",
        world =>
        {
            Launch(world);
            SceneSetup.SwapOut(world);
            for (var offset = 0; offset < SwapMetadata.Bytes; offset += 8)
            {
                world.Platform.Read(RmpAccess.Host(AccessKind.Read, MetadataA), offset, 8, out var value);
                world.Platform.Write(RmpAccess.Host(AccessKind.Write, Y(12)), offset, 8, value);
            }

            Ok(world.Platform.RmpUpdate(RmpUpdateOperands.Assign(new(Y(12), PageSize.Size4K), new(9), s_contextsNumber)));
            FirmwarePage(world, Y(13));
            PreGuest(world, A, Y(10), G(5));
            Ok(world.Firmware.SwapIn(Back(s_out, Y(10))));
            SceneSetup.Reclaim(world, Y(10));
            SceneSetup.Share(world, Y(10));
            PreGuest(world, A, Y(11), G(5));
        },
        [
            FirmwareMoves.SwapOut(s_forgedOut), SwapIn(Back(s_forgedOut, Y(12))), SwapIn(Back(s_out, Y(11)) with { Metadata = Y(12).Address }), SwapIn(Back(s_out, Y(11))),
            FirmwareMoves.Reclaim(Y(11)), Read(A, G(5), Y(11)),
        ]);

    private static SnpScene MetadataSwapping => new(
        "swap-metadata",
        world => Launch(world),
        [
            FirmwareMoves.SwapOut(s_metadataOut), SwapIn(Back(s_metadataOut, ContextB)), SwapIn(Back(s_metadataOut, MetadataA)), SwapIn(Back(s_metadataOut, Spare)),
            ToFirmware(Y(9)), SwapIn(Back(s_metadataOut, Y(9))),
        ]);

    // The guest's initialisation vectors are used up; its first page came back and is gone.
    private static SnpScene Vectors => new(
        "swap-vectors",
        world =>
        {
            Launch(world);
            SceneSetup.SwapOut(world);
            PreGuest(world, A, Y(10), G(5));
            Ok(world.Firmware.SwapIn(Back(s_out, Y(10))));
            world.Firmware.TryGetGuest(ContextA, out var guest);
            world.Firmware.SetGuest(ContextA, guest with { Vector = ulong.MaxValue });
            PreSwap(world, A, H(7), G(7));
            PreSwap(world, A, H(8), G(8));
            FirmwarePage(world, Y(7));
            FirmwarePage(world, Y(8));
        },
        [
            FirmwareMoves.SwapOut(SceneSetup.Swap(H(7), Y(7), index: 1)), FirmwareMoves.SwapOut(SceneSetup.Swap(H(8), Y(8), index: 2)),
            SwapIn(Back(SceneSetup.Swap(H(7), Y(7), index: 1), H(7))), SwapIn(Back(SceneSetup.Swap(H(8), Y(8), index: 2), H(8))),
        ]);
}
