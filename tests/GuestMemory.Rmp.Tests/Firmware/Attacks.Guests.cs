using Xunit;
using static GuestMemory.Rmp.Tests.Firmware.FirmwareWorld;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Firmware;

/// <content>Commands of a guest's life.</content>
internal static partial class Attacks
{
    private const ulong AllowsDebugging = 1UL << 19;

    private static IEnumerable<KeyValuePair<string, Attack>> OfGuests() =>
    [
        On("SNP_GCTX_CREATE/page-state", "INV-SNP-20", world => world.Firmware.GctxCreate(H(5)), RunningOn(H(5))),
        On("SNP_ACTIVATE/owned", "INV-SNP-27", world => world.Firmware.Activate(ContextIdle, A), use: ReadThroughTheOther, world: WithDebuggedGuest),
        On("SNP_ACTIVATE/pages", "INV-SNP-10", world => world.Firmware.Activate(ContextIdle, new(9)), world => Assert.True(world.Snp.Assign(H(), G(), asid: new(9)).IsSuccess)),
        On("SNP_LAUNCH_UPDATE/guest-state", "INV-SNP-17", world => world.Firmware.LaunchUpdate(ContextA, Small(Y(5)), LaunchPageType.Normal), RunsWithItsPage),
        On("SNP_LAUNCH_UPDATE/page-state", "INV-SNP-18", world => world.Firmware.LaunchUpdate(ContextA, Small(H(5)), LaunchPageType.Zero), GiveOwn, OwnReads(H(5))),
        On("SNP_LAUNCH_UPDATE/owner", "INV-SNP-17", world => world.Firmware.LaunchUpdate(ContextA, Small(Y(5)), LaunchPageType.Normal), VictimRunsWithItsPage),
        On("SNP_LAUNCH_UPDATE/page-size", "INV-SNP-18", world => world.Firmware.LaunchUpdate(ContextA, Large(H()), LaunchPageType.Zero), SmallPageBeforeVictim, VictimReads(H(5))),
        On("SNP_GUEST_REQUEST/crosses-page", "INV-SNP-18", world => Request(world, Y(4).Address + 0xfc0), world => Prepared(world, Runs, VictimAt(Y(5))).FirmwarePage(Y(4)), VictimReads(Y(5))),
        On("SNP_GUEST_REQUEST/page-state", "INV-SNP-18", world => Request(world, H(5).Address), world => Prepared(world, Runs, VictimAt(H(5))), VictimReads(H(5))),
        On("SNP_DBG_DECRYPT/policy", "INV-SNP-27", world => world.Firmware.DebugDecrypt(new(ContextA.Address, H(5).Address, Spare.Address)), GiveOwn),
        On("SNP_DBG_DECRYPT/page-state", "INV-SNP-18", world => world.Firmware.DebugDecrypt(new(ContextA.Address, H(6).Address, H(5).Address)), DebuggedPageBesideVictim, VictimReads(H(5)), Debugged),
        On("SNP_DBG_ENCRYPT/policy", "INV-SNP-18", world => world.Firmware.DebugEncrypt(new(ContextA.Address, Spare.Address, H(5).Address)), world => world.PreSwap(H(5), G(5)), OwnReadsAgain),
        On("SNP_DBG_ENCRYPT/owner", "INV-SNP-18", world => world.Firmware.DebugEncrypt(new(ContextA.Address, Spare.Address, H(5).Address)), VictimOnItsWayOut, VictimReadsAgain, Debugged),
    ];

    private static FirmwareResult Request(FirmwareWorld world, Spa response) => world.Firmware.GuestRequest(new(ContextA.Address, H().Address, response));

    private static void Runs(FirmwareWorld world) => Ok(world.Firmware.LaunchFinish(ContextA));

    // The page is measured no more: the host brings it to an address where the guest has one.
    private static void RunsWithItsPage(FirmwareWorld world)
    {
        Runs(world);
        world.Snp.Give(H(5), G(5));
        world.PreGuest(Y(5), G(5));
    }

    private static void VictimRunsWithItsPage(FirmwareWorld world)
    {
        Ok(world.Firmware.LaunchFinish(ContextB));
        GiveVictim(world, H(5), G(5));
        world.PreGuest(Y(5), G(5), B);
    }

    private static void SmallPageBeforeVictim(FirmwareWorld world)
    {
        world.PreGuest(H(), G());
        GiveVictim(world, H(5), G(5));
    }

    private static void DebuggedPageBesideVictim(FirmwareWorld world)
    {
        world.PreGuest(H(6), G(6));
        GiveVictim(world, H(5), G(5));
    }

    private static void OwnReadsAgain(FirmwareWorld world)
    {
        Reclaim(world, H(5));
        OwnReads(H(5))(world);
    }

    private static void VictimReadsAgain(FirmwareWorld world)
    {
        Reclaim(world, H(5));
        VictimReads(H(5))(world);
    }

    // A allows debugging, B does not.
    private static FirmwareWorld Debugged(RuleSwitches rules) => Prepared(
        new(rules: rules), world => world.Start(ContextA, A, AllowsDebugging), world => world.Start(ContextB, B), world => world.FirmwarePage(Spare));

    // A does not; the guest that is to share its ASID does.
    private static FirmwareWorld WithDebuggedGuest(RuleSwitches rules) => Prepared(
        new(rules: rules), world => world.Start(ContextA, A), world => world.Start(ContextIdle, null, AllowsDebugging), world => world.FirmwarePage(Spare));

    private static void ReadThroughTheOther(FirmwareWorld world)
    {
        GiveOwn(world);
        Ok(world.Firmware.DebugDecrypt(new(ContextIdle.Address, H(5).Address, Spare.Address)));
        Assert.True(world.Snp.HostRead(Spare, out var value).IsAllowed);
        Assert.Equal(Secret, value);
    }
}
