using Xunit;
using static GuestMemory.Rmp.Tests.Firmware.FirmwareWorld;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Firmware;

/// <content>Commands of a guest's life.</content>
internal static partial class RuleCases
{
    private const ulong DebugPolicy = 1UL << 19;

    private static FirmwareResult Update(FirmwareWorld world, Spa page, LaunchPageType type = LaunchPageType.Normal, bool isLarge = false, VmplPermissions mask = default) =>
        world.Firmware.LaunchUpdate(new(ContextA.Address, page, isLarge, type, mask));

    private static IEnumerable<RuleCase> GuestCases() =>
    [
        Case("SNP_GCTX_CREATE/address", SevStatus.InvalidAddress, world => world.Firmware.GctxCreate(new ContextOperands(Own))),
        Case("SNP_GCTX_CREATE/address", SevStatus.InvalidAddress, world => world.Firmware.GctxCreate(default(Pfn)), world => world.FirmwarePage(default)),
        Case("SNP_GCTX_CREATE/page-state", SevStatus.InvalidPageState, world => world.Firmware.GctxCreate(ContextA)),
        Case("SNP_GCTX_CREATE/page-size", SevStatus.InvalidPageSize, world => world.Firmware.GctxCreate(Y(1)), world => Assert.True(world.Snp.ToFirmware(Y(), PageSize.Size2M).IsSuccess)),
        Case("SNP_LAUNCH_START/guest-state", SevStatus.InvalidGuestState, world => world.Firmware.LaunchStart(ContextIdle)),
        Case("SNP_LAUNCH_START/policy", SevStatus.PolicyFailure, world => world.Firmware.LaunchStart(ContextNew, 0x13a)),
        Case("SNP_LAUNCH_START/policy", SevStatus.PolicyFailure, world => world.Firmware.LaunchStart(ContextNew, 1UL << 24)),
        Case("SNP_ACTIVATE/asid", SevStatus.InvalidAsid, world => world.Firmware.Activate(ContextIdle, default)),
        Case("SNP_ACTIVATE/asid", SevStatus.InvalidAsid, world => world.Firmware.Activate(ContextIdle, new(510))),
        Case("SNP_ACTIVATE/owned", SevStatus.AsidOwned, world => world.Firmware.Activate(ContextIdle, B)),
        Case("SNP_ACTIVATE/active", SevStatus.Active, world => world.Firmware.Activate(ContextA, A)),
        Case("SNP_ACTIVATE/flush", SevStatus.DfFlushRequired, world => world.Firmware.Activate(ContextIdle, A), world => Ok(world.Firmware.Decommission(ContextA))),
        Case("SNP_ACTIVATE/pages", SevStatus.InvalidConfig, world => world.Firmware.Activate(ContextIdle, new(9)), world => Assert.True(world.Snp.Assign(H(), G(), asid: new(9)).IsSuccess)),
        Case("SNP_ACTIVATE/sockets", SevStatus.PolicyFailure, TwoSockets, world => world.Firmware.Activate(ContextA, A)),
        Case("SNP_LAUNCH_UPDATE/address", SevStatus.InvalidAddress, world => Update(world, Own)),
        Case("SNP_LAUNCH_UPDATE/address", SevStatus.InvalidAddress, world => Update(world, H(1).Address, isLarge: true)),
        Case("SNP_LAUNCH_UPDATE/guest-state", SevStatus.InvalidGuestState, world => world.Firmware.LaunchUpdate(ContextNew, Small(H()), LaunchPageType.Normal)),
        Case("SNP_LAUNCH_UPDATE/page-state", SevStatus.InvalidPageState, world => Update(world, Spare.Address)),
        Case("SNP_LAUNCH_UPDATE/active", SevStatus.Inactive, world => world.Firmware.LaunchUpdate(ContextIdle, Small(H()), LaunchPageType.Normal), world => world.PreGuest(H(), G())),
        Case("SNP_LAUNCH_UPDATE/owner", SevStatus.InvalidPageOwner, world => Update(world, H().Address), world => world.PreGuest(H(), G(), B)),
        Case("SNP_LAUNCH_UPDATE/page-size", SevStatus.InvalidPageSize, world => Update(world, H().Address, isLarge: true), world => world.PreGuest(H(), G())),
        Case("SNP_LAUNCH_UPDATE/migration-image", SevStatus.InvalidParam, world => world.Firmware.LaunchUpdate(new(ContextA.Address, H().Address, false, LaunchPageType.Normal, IsMigrationImage: true)), world => world.PreGuest(H(), G())),
        Case("SNP_LAUNCH_UPDATE/vmpl", SevStatus.InvalidParam, WithoutLevels, world => Update(world, H().Address, mask: VmplPermissions.Read)),
        Case("SNP_LAUNCH_UPDATE/small-only", SevStatus.InvalidPageSize, world => Update(world, H().Address, LaunchPageType.Cpuid, isLarge: true), world => Assert.True(world.Snp.AssignLarge(H(), G(), immutable: true).IsSuccess)),
        Case("SNP_LAUNCH_UPDATE/cpuid", SevStatus.InvalidParam, world => Update(world, H().Address, LaunchPageType.Cpuid), BadCpuid),
        Case("SNP_LAUNCH_UPDATE/type", SevStatus.InvalidParam, world => Update(world, H().Address, (LaunchPageType)7), world => world.PreGuest(H(), G())),
        Case("SNP_LAUNCH_FINISH/guest-state", SevStatus.InvalidGuestState, world => world.Firmware.LaunchFinish(ContextNew)),
        Case("SNP_LAUNCH_FINISH/guest-state", SevStatus.InvalidGuestState, world => world.Firmware.LaunchFinish(ContextNew), world => Ok(world.Firmware.LaunchStart(new LaunchStartOperands(ContextNew.Address, 0, IsMigrationImage: true)))),
        Case("SNP_LAUNCH_FINISH/active", SevStatus.Inactive, world => world.Firmware.LaunchFinish(ContextIdle)),
        Case("SNP_LAUNCH_FINISH/id-address", SevStatus.InvalidAddress, world => Finish(world, new(Own, 0, 0))),
        Case("SNP_LAUNCH_FINISH/digest", SevStatus.BadMeasurement, world => Finish(world, new(default, 1, 0))),
        Case("SNP_LAUNCH_FINISH/policy", SevStatus.PolicyFailure, world => Finish(world, new(default, 0, 1))),
        Case("SNP_LAUNCH_FINISH/signature", SevStatus.BadSignature, world => Finish(world, new(default, 0, 0, IsSigned: false))),
        Case("SNP_GUEST_REQUEST/guest-state", SevStatus.InvalidGuestState, world => Request(world, H().Address, Spare.Address)),
        Case("SNP_GUEST_REQUEST/address", SevStatus.InvalidAddress, world => Request(world, Own, Spare.Address), Run),
        Case("SNP_GUEST_REQUEST/address", SevStatus.InvalidAddress, world => Request(world, H().Address, Beyond), Run),
        Case("SNP_GUEST_REQUEST/crosses-page", SevStatus.InvalidAddress, world => Request(world, H().Address, Spare.Address + 0xfc0), Run),
        Case("SNP_GUEST_REQUEST/page-size", SevStatus.InvalidPageSize, world => Request(world, H().Address, Y(1).Address), LargeFirmwareAndRun),
        Case("SNP_GUEST_REQUEST/page-size", SevStatus.InvalidPageSize, world => Request(world, Y(1).Address, Spare.Address), LargeFirmwareAndRun),
        Case("SNP_GUEST_REQUEST/page-state", SevStatus.InvalidPageState, world => Request(world, H().Address, H(1).Address), Run),
        Case("SNP_DBG_DECRYPT/policy", SevStatus.PolicyFailure, world => world.Firmware.DebugDecrypt(new(ContextA.Address, H().Address, Spare.Address))),
        Case("SNP_DBG_DECRYPT/address", SevStatus.InvalidAddress, Debugged, world => world.Firmware.DebugDecrypt(new(ContextA.Address, H().Address, Own))),
        Case("SNP_DBG_DECRYPT/page-state", SevStatus.InvalidPageState, Debugged, world => world.Firmware.DebugDecrypt(new(ContextA.Address, H().Address, H(1).Address))),
        Case("SNP_DBG_DECRYPT/page-state", SevStatus.InvalidPageState, Debugged, world => world.Firmware.DebugDecrypt(new(ContextA.Address, MetadataA.Address, Spare.Address))),
        Case("SNP_DBG_DECRYPT/owner", SevStatus.InvalidPageOwner, Debugged, world => world.Firmware.DebugDecrypt(new(ContextB.Address, H().Address, Spare.Address))),
        Case("SNP_DBG_ENCRYPT/guest-state", SevStatus.InvalidGuestState, ActiveWithoutLaunch, world => world.Firmware.DebugEncrypt(new(ContextNew.Address, Spare.Address, H().Address))),
        Case("SNP_DBG_ENCRYPT/active", SevStatus.Inactive, world => world.Firmware.DebugEncrypt(new(ContextNew.Address, Spare.Address, H().Address))),
        Case("SNP_DBG_ENCRYPT/policy", SevStatus.PolicyFailure, world => world.Firmware.DebugEncrypt(new(ContextA.Address, Spare.Address, H().Address))),
        Case("SNP_DBG_ENCRYPT/address", SevStatus.InvalidAddress, Debugged, world => world.Firmware.DebugEncrypt(new(ContextA.Address, Own, H().Address))),
        Case("SNP_DBG_ENCRYPT/page-state", SevStatus.InvalidPageState, Debugged, world => world.Firmware.DebugEncrypt(new(ContextA.Address, Spare.Address, MetadataA.Address))),
        Case("SNP_DBG_ENCRYPT/owner", SevStatus.InvalidPageOwner, Debugged, world => world.Firmware.DebugEncrypt(new(ContextB.Address, Spare.Address, H().Address))),
    ];

    private static void Run(FirmwareWorld world) => Ok(world.Firmware.LaunchFinish(ContextA));

    private static void LargeFirmwareAndRun(FirmwareWorld world)
    {
        Run(world);
        Assert.True(world.Snp.ToFirmware(Y(), PageSize.Size2M).IsSuccess);
    }

    private static FirmwareResult Request(FirmwareWorld world, Spa request, Spa response) => world.Firmware.GuestRequest(new(ContextA.Address, request, response));

    private static FirmwareResult Finish(FirmwareWorld world, LaunchIdBlock block) => world.Firmware.LaunchFinish(new LaunchFinishOperands(ContextA.Address, block));

    private static void BadCpuid(FirmwareWorld world)
    {
        world.Snp.HostWrite(H(), value: 65);
        world.PreGuest(H(), G());
    }

    private static FirmwareWorld TwoSockets(RuleSwitches rules) =>
        Prepared(new(new() { Sockets = 2 }, rules), world => world.Start(ContextA, null, 1UL << 20));

    private static FirmwareWorld WithoutLevels(RuleSwitches rules) =>
        Prepared(WithGuests(new() { ImplementedVmpls = 1 }, rules), world => world.PreGuest(H(), G()));

    private static FirmwareWorld Debugged(RuleSwitches rules) => Prepared(WithGuests(rules: rules, policy: DebugPolicy), world => world.PreGuest(H(), G()));

    // No command leads there: ACTIVATE asks for a launch. The order of the two checks shows only so.
    private static FirmwareWorld ActiveWithoutLaunch(RuleSwitches rules) =>
        Prepared(WithGuests(rules: rules), world => world.Firmware.SetGuest(ContextNew, world.Guest(ContextNew) with { Asid = new(9) }));
}
