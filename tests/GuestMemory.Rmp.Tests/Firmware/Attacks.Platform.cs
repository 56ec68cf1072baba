using Xunit;
using static GuestMemory.Rmp.Tests.Firmware.FirmwareWorld;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Firmware;

/// <content>Commands of the platform's life.</content>
internal static partial class Attacks
{
    private static IEnumerable<KeyValuePair<string, Attack>> OfThePlatform() =>
    [
        On("SNP_INIT_EX/platform", "INV-SNP-21", world => world.Firmware.InitEx(new(true))),
        On("SNP_INIT_EX/not-built", "INV-SNP-12", world => world.Firmware.InitEx(new(false)), use: DeviceWrites, world: WithoutTable),
        On("SNP_INIT_EX/bounds", "INV-SNP-26", world => world.Firmware.InitEx(new(true)), world: OutsideItself),
        On("SNP_RMP_CREATE/platform", "INV-SNP-21", world => world.Firmware.RmpCreate(new(true))),
        On("SNP_RMP_CREATE/bounds", "INV-SNP-26", world => world.Firmware.RmpCreate(new(true)), use: world => Ok(world.Firmware.InitEx(new(false))), world: OutsideItself),
        On("SNP_SHUTDOWN_EX/asids", "INV-SNP-18", world => world.Firmware.ShutdownEx(), GiveOwn, OwnReads(H(5))),
        On("SEV_LEGACY/page-state", "INV-SNP-18", world => OlderCommandWrites(world, H(5)), VictimAt(H(5)), VictimReads(H(5))),
    ];

    private static FirmwareWorld WithoutTable(RuleSwitches rules) => Prepared(new(rules: rules), world => Ok(world.Firmware.ShutdownEx(iommu: true)));

    // The entries are at 1 GiB, and reach to 252 MiB.
    private static FirmwareWorld OutsideItself(RuleSwitches rules) =>
        Prepared(new(rules, RmpCoverage.Flat(new(0x4000_0000), new(0x400f_ffff))), world => Ok(world.Firmware.ShutdownEx()));

    // The IOMMUs check nothing since the shutdown.
    private static void DeviceWrites(FirmwareWorld world)
    {
        world.Start(ContextA, A);
        world.Snp.Give(H(5), G(5));
        Assert.True(world.Platform.Write(new(RmpAccessor.Device, AccessKind.Write, H(5)), 0, 8, 1).IsAllowed);
    }

    // A command of SEV's: the model has no more of it on this platform than where it may write.
    private static FirmwareResult OlderCommandWrites(FirmwareWorld world, Pfn frame)
    {
        var result = world.Firmware.CheckLegacyTarget(frame);
        if (result.IsSuccess)
        {
            world.Contents.Write(frame.Address, 8, 1);
            world.Platform.Emit(new(SnpOperationKind.Firmware, new(frame, 1), default));
        }

        return result;
    }
}
