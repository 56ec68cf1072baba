using Call = GuestMemory.Rmp.FirmwareCall<GuestMemory.Rmp.InitOperands>;

namespace GuestMemory.Rmp;

/// <summary>SNP_RMP_CREATE and the installation of its table in one step: the table is built before SNP_INIT_EX. Source: snp-abi, 8.33.</summary>
public static class RmpCreate
{
    private const string Command = "SNP_RMP_CREATE";
    private const string Source = "snp-abi, 8.33";

    /// <summary>The checks, in order.</summary>
    public static RuleTable<Call, SevStatus> Checks { get; } = new(
    [
        FirmwareChecks<InitOperands>.Reserved(Command),
        new($"{Command}/platform", Source, "a table built under running guests", InitChecks.IsInitialised, SevStatus.InvalidPlatformState, CheckClass.Security),
        new($"{Command}/configuration", Source, "a processor that does not check", InitChecks.IsConfigurationBad, SevStatus.InvalidConfig, CheckClass.Integrity),
        new($"{Command}/bounds", Source, "a table the hypervisor can write", InitChecks.AreBoundsBad, SevStatus.InvalidAddress, CheckClass.Security),
        new($"{Command}/ranges", Source, "fixing what is no page", InitChecks.IsAnyRangeBad, SevStatus.InvalidAddress),
    ]);

    internal static void Commit(in Call call) => call.Firmware.BuildTable(call.Operands);
}
