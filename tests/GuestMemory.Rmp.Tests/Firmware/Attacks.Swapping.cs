using Xunit;
using static GuestMemory.Rmp.Tests.Firmware.FirmwareWorld;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Firmware;

/// <content>Swapping.</content>
internal static partial class Attacks
{
    private static readonly SwapOperands s_out = Swap(H(5), Y(9));
    private static readonly SwapOperands s_forgedOut = Swap(Y(12), Y(13), SwapPageType.Metadata) with { IsRoot = true };
    private static readonly SwapOperands s_metadataOut = Swap(MetadataA, Spare, SwapPageType.Metadata) with { IsRoot = true };

    // A page bound at this guest address looks like one of A's metadata pages to who only compares addresses.
    private static readonly Gpa s_contextsNumber = new(ContextA.Address.Value);

    private static IEnumerable<KeyValuePair<string, Attack>> OfSwapping() =>
    [
        On("SNP_PAGE_SWAP_OUT/entry-address", "INV-SNP-18", world => world.Firmware.SwapOut(s_out with { Metadata = Y(4).Address + 0xfe0 }), MetadataBeforeVictim, VictimReads(Y(5))),
        On("SNP_PAGE_SWAP_OUT/page-size", "INV-SNP-18", world => world.Firmware.SwapOut(Swap(H(), Y()) with { IsLarge = true }), SmallSwapBeforeVictim, VictimReads(Y(5))),
        On("SNP_PAGE_SWAP_OUT/entry-state", "INV-SNP-18", world => world.Firmware.SwapOut(s_out with { Metadata = Y(4).Address }), EntryInVictim, VictimReadsItsOddPage),
        On("SNP_PAGE_SWAP_OUT/page-state", "INV-SNP-18", world => world.Firmware.SwapOut(Swap(H(5), Y(5))), world => Prepared(world, VictimAt(Y(5))).PreSwap(H(5), G(5)), VictimReads(Y(5))),
        On("SNP_PAGE_SWAP_OUT/owner", "INV-SNP-17", world => world.Firmware.SwapOut(s_out), VictimBesideOwnPage, ComesBackAsOwn),
        On("SNP_PAGE_SWAP_OUT/metadata-state", "INV-SNP-22", world => world.Firmware.SwapOut(s_forgedOut), ForgeEntry, UseForgedEntry),
        On("SNP_PAGE_SWAP_OUT/vectors", "INV-SNP-22", world => world.Firmware.SwapOut(Swap(H(7), Y(7), index: 1)), VectorsRunOut, NextTakesUsedVector),
        On("SNP_PAGE_SWAP_IN/entry-state", "INV-SNP-22", world => world.Firmware.SwapIn(Back(s_out, Y(11)) with { Metadata = Y(12).Address }), ForgeEntry),
        On("SNP_PAGE_SWAP_IN/page-size", "INV-SNP-22", world => world.Firmware.SwapIn(Back(Swap(H(), Y(9)), Y(512))), SmallPageBeforeLarge),
        On("SNP_PAGE_SWAP_IN/entry", "INV-SNP-22", world => world.Firmware.SwapIn(Back(s_out, Y(11))), WasBack),
        On("SNP_PAGE_SWAP_IN/page-state", "INV-SNP-20", world => world.Firmware.SwapIn(Back(s_out, H(6))), world => Prepared(world, RunningOn(H(6))).SwappedOut()),
        On("SNP_PAGE_SWAP_IN/owner", "INV-SNP-22", world => world.Firmware.SwapIn(Back(s_out, Y(10))), IsOutBesideVictim),
        On("SNP_PAGE_SWAP_IN/metadata-state", "INV-SNP-21", world => world.Firmware.SwapIn(Back(s_metadataOut, ContextB)), world => Ok(world.Firmware.SwapOut(s_metadataOut))),
        On("SNP_PAGE_SWAP_IN/tag", "INV-SNP-18", world => world.Firmware.SwapIn(Back(s_out, Y(10))), HostChangesWrappedBytes, OwnReadsWhatCameBack),
    ];

    private static void MetadataBeforeVictim(FirmwareWorld world)
    {
        world.Metadata(ContextA, Y(4));
        GiveVictim(world, Y(5), G(5));
        world.PreSwap(H(5), G(5));
        world.FirmwarePage(Y(9));
    }

    private static void SmallSwapBeforeVictim(FirmwareWorld world)
    {
        world.PreSwap(H(), G());
        world.FirmwarePage(Y());
        GiveVictim(world, Y(5), G(5));
    }

    private static void EntryInVictim(FirmwareWorld world)
    {
        GiveVictim(world, Y(4), s_contextsNumber);
        world.PreSwap(H(5), G(5));
        world.FirmwarePage(Y(9));
    }

    private static void VictimReadsItsOddPage(FirmwareWorld world) =>
        Assert.True(world.Platform.Read(RmpAccess.Private(B, AccessKind.Read, s_contextsNumber, Y(4)), 0, 8, out _).IsAllowed);

    private static void VictimBesideOwnPage(FirmwareWorld world)
    {
        world.Snp.Give(H(6), G(5));
        VictimOnItsWayOut(world);
        world.FirmwarePage(Y(9));
    }

    // Guest A has two pages at G[5] then, and accepted one.
    private static void ComesBackAsOwn(FirmwareWorld world)
    {
        world.PreGuest(Y(10), G(5));
        Ok(world.Firmware.SwapIn(Back(s_out, Y(10))));
    }

    // The page came back once and is gone again; what it was wrapped as is still there.
    private static void WasBack(FirmwareWorld world)
    {
        world.SwappedOut();
        BringBack(world);
    }

    private static void BringBack(FirmwareWorld world)
    {
        world.PreGuest(Y(10), G(5));
        Ok(world.Firmware.SwapIn(Back(s_out, Y(10))));
        Reclaim(world, Y(10));
        Assert.True(world.Snp.Share(Y(10)).IsSuccess);
        world.PreGuest(Y(11), G(5));
    }

    // The host copies an entry while it is good, and gives the copy away in a page that looks like A's metadata.
    private static void ForgeEntry(FirmwareWorld world)
    {
        world.SwappedOut();
        for (var offset = 0; offset < (int)SwapMetadata.Bytes; offset += 8)
        {
            world.Platform.Read(RmpAccess.Host(AccessKind.Read, MetadataA), offset, 8, out var value);
            Assert.True(world.Platform.Write(RmpAccess.Host(AccessKind.Write, Y(12)), offset, 8, value).IsAllowed);
        }

        Assert.True(world.Snp.Assign(Y(12), s_contextsNumber, asid: new(9)).IsSuccess);
        world.FirmwarePage(Y(13));
        BringBack(world);
    }

    private static void UseForgedEntry(FirmwareWorld world)
    {
        Ok(world.Firmware.SwapIn(Back(s_forgedOut, Y(12))));
        Ok(world.Firmware.SwapIn(Back(s_out, Y(11)) with { Metadata = Y(12).Address }));
    }

    private static void VectorsRunOut(FirmwareWorld world)
    {
        WasBack(world);
        world.Firmware.SetGuest(ContextA, world.Guest(ContextA) with { Vector = ulong.MaxValue });
        world.PreSwap(H(7), G(7));
        world.PreSwap(H(8), G(8));
        world.FirmwarePage(Y(7));
        world.FirmwarePage(Y(8));
    }

    // Two pages wrapped under one vector: the tag, and with it the once of coming back, is worth nothing.
    private static void NextTakesUsedVector(FirmwareWorld world)
    {
        Ok(world.Firmware.SwapOut(Swap(H(8), Y(8), index: 2)));
        Ok(world.Firmware.SwapIn(Back(Swap(H(8), Y(8), index: 2), H(8))));
    }

    // One small page comes back, and 511 more are accepted with it.
    private static void SmallPageBeforeLarge(FirmwareWorld world)
    {
        world.PreSwap(H(), G());
        world.FirmwarePage(Y(9));
        Ok(world.Firmware.SwapOut(Swap(H(), Y(9))));
        Assert.True(world.Snp.AssignLarge(Y(512), G(), immutable: true).IsSuccess);
    }

    private static void IsOutBesideVictim(FirmwareWorld world)
    {
        world.SwappedOut();
        world.PreGuest(Y(10), G(5), B);
    }

    private static void HostChangesWrappedBytes(FirmwareWorld world)
    {
        world.SwappedOut();
        Reclaim(world, Y(9));
        Assert.True(world.Snp.Share(Y(9)).IsSuccess);
        Assert.True(world.Snp.HostWrite(Y(9), value: 1).IsAllowed);
        world.PreGuest(Y(10), G(5));
    }

    private static void OwnReadsWhatCameBack(FirmwareWorld world)
    {
        Reclaim(world, Y(10));
        OwnReads(Y(10))(world);
    }
}
