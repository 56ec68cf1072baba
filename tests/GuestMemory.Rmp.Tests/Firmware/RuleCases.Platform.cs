using static GuestMemory.Rmp.Tests.Firmware.FirmwareWorld;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Firmware;

/// <content>The platform's own commands.</content>
internal static partial class RuleCases
{
    private static IEnumerable<RuleCase> PlatformCases() =>
    [
        Case("SNP_INIT_EX/reserved", SevStatus.InvalidParam, world => world.Firmware.InitEx(new(true, HasReservedBits: true))),
        Case("SNP_INIT_EX/platform", SevStatus.InvalidPlatformState, world => world.Firmware.InitEx(new(true))),
        Case("SNP_INIT_EX/platform", SevStatus.InvalidPlatformState, rules => Prepared(Uninit(rules), Legacy), world => world.Firmware.InitEx(new(true))),
        Case("SNP_INIT_EX/not-built", SevStatus.RmpInitRequired, NotBuilt, world => world.Firmware.InitEx(new(false))),
        Case("SNP_INIT_EX/configuration", SevStatus.InvalidConfig, rules => Prepared(Uninit(rules), Off), world => world.Firmware.InitEx(new(true))),
        Case("SNP_INIT_EX/configuration", SevStatus.InvalidConfig, rules => Prepared(Uninit(rules), Saves), world => world.Firmware.InitEx(new(true))),
        Case("SNP_INIT_EX/list-alone", SevStatus.InvalidParam, Uninit, world => world.Firmware.InitEx(new(false, []))),
        Case("SNP_INIT_EX/ranges", SevStatus.InvalidAddress, Uninit, world => world.Firmware.InitEx(new(true, [new(Beyond, 1)]))),
        Case("SNP_INIT_EX/ranges", SevStatus.InvalidAddress, Uninit, world => world.Firmware.InitEx(new(true, [new(H().Address + 1, 1)]))),
        Case("SNP_RMP_CREATE/reserved", SevStatus.InvalidParam, world => world.Firmware.RmpCreate(new(true, HasReservedBits: true))),
        Case("SNP_RMP_CREATE/platform", SevStatus.InvalidPlatformState, world => world.Firmware.RmpCreate(new(true))),
        Case("SNP_RMP_CREATE/configuration", SevStatus.InvalidConfig, rules => Prepared(Uninit(rules), Off), world => world.Firmware.RmpCreate(new(true))),
        Case("SNP_RMP_CREATE/ranges", SevStatus.InvalidAddress, Uninit, world => world.Firmware.RmpCreate(new(true, [new(H().Address, ulong.MaxValue)]))),
        Case("SNP_DF_FLUSH/wbinvd", SevStatus.WbinvdRequired, world => world.Firmware.DfFlush(), world => Ok(world.Firmware.Decommission(ContextA))),
        Case("SNP_SHUTDOWN_EX/reserved", SevStatus.InvalidParam, world => world.Firmware.ShutdownEx(new ShutdownOperands(false, false, true))),
        Case("SNP_SHUTDOWN_EX/x86-alone", SevStatus.InvalidParam, world => world.Firmware.ShutdownEx(x86: true)),
        Case("SNP_SHUTDOWN_EX/legacy", SevStatus.InvalidPlatformState, world => world.Firmware.ShutdownEx(iommu: true), Legacy),
        Case("SNP_SHUTDOWN_EX/already", SevStatus.Success, Uninit, world => world.Firmware.ShutdownEx()),
        Case("SNP_SHUTDOWN_EX/asids", SevStatus.DfFlushRequired, world => world.Firmware.ShutdownEx()),
        Case("SNP_SHUTDOWN_EX/asids", SevStatus.DfFlushRequired, Unflushed, world => world.Firmware.ShutdownEx()),
    ];

    private static void Legacy(FirmwareWorld world) => world.Firmware.IsLegacyInitialised = true;

    private static void Off(FirmwareWorld world) => world.Platform.IsOn = false;

    private static void Saves(FirmwareWorld world) => world.Platform.WriteHsave(H());

    private static FirmwareWorld NotBuilt(RuleSwitches rules) => Prepared(new(rules: rules), world => Ok(world.Firmware.ShutdownEx(iommu: true)));

    private static FirmwareWorld Unflushed(RuleSwitches rules) => Prepared(new(rules: rules), world =>
    {
        world.Start(ContextA, A);
        Ok(world.Firmware.Decommission(ContextA));
    });
}
