using Call = GuestMemory.Rmp.FirmwareCall<GuestMemory.Rmp.PageOperands>;

namespace GuestMemory.Rmp;

/// <summary>Where commands of SEV and SEV-ES may write while SNP is on: the firmware's pages and those without an entry. Source: snp-abi, 5.3.9.</summary>
public static class LegacyTarget
{
    /// <summary>The checks, in order.</summary>
    public static RuleTable<Call, SevStatus> Checks { get; } = new(
        new("SEV_LEGACY/address", "snp-model, the table's own pages", "an older command writing the table", IsOwnPage, SevStatus.InvalidAddress, CheckClass.Integrity),
        new("SEV_LEGACY/page-state", "snp-abi, 5.3.9", "an older command writing a guest's page", IsOther, SevStatus.InvalidPageState, CheckClass.Security));

    private static bool IsOn(in Call call) => call.Firmware.State == SnpPlatformState.Init;

    private static bool IsOwnPage(ref Call call) => IsOn(call) && FirmwareAddress.IsOwn(call.Platform.Table.Coverage, call.Operands.Page, 1);

    private static bool IsOther(ref Call call) => IsOn(call) && call.StateAt(call.Operands.Page) is not (RmpPageState.Firmware or RmpPageState.Default);
}
