using Call = GuestMemory.Rmp.FirmwareCall<GuestMemory.Rmp.InitOperands>;

namespace GuestMemory.Rmp;

/// <summary>SNP_INIT_EX: the firmware begins, and builds the table where it is told to. Source: snp-abi, 8.8.</summary>
public static class InitEx
{
    private const string Command = "SNP_INIT_EX";
    private const string Source = "snp-abi, 8.8";

    /// <summary>The checks, in order.</summary>
    public static RuleTable<Call, SevStatus> Checks { get; } = new(
    [
        FirmwareChecks<InitOperands>.Reserved(Command),
        new($"{Command}/platform", Source, "a table built under running guests", InitChecks.IsInitialised, SevStatus.InvalidPlatformState, CheckClass.Security),
        new($"{Command}/not-built", Source, "guests without a table", IsTableMissing, SevStatus.RmpInitRequired, CheckClass.Security),
        new($"{Command}/configuration", Source, "a processor that does not check", IsConfigurationBad, SevStatus.InvalidConfig, CheckClass.Integrity),
        new($"{Command}/bounds", Source, "a table the hypervisor can write", AreBoundsBad, SevStatus.InvalidAddress, CheckClass.Security),
        new($"{Command}/list-alone", Source, "ranges fixed in a table that stands", IsListAlone, SevStatus.InvalidParam),
        new($"{Command}/ranges", Source, "fixing what is no page", InitChecks.IsAnyRangeBad, SevStatus.InvalidAddress),
    ]);

    internal static void Commit(in Call call)
    {
        if (call.Operands.BuildsTable)
        {
            call.Firmware.BuildTable(call.Operands);
        }

        call.Firmware.Begin();
    }

    private static bool IsTableMissing(ref Call call) => !call.Operands.BuildsTable && !call.Firmware.IsTableBuilt;

    private static bool IsConfigurationBad(ref Call call) => call.Operands.BuildsTable && InitChecks.IsConfigurationBad(ref call);

    private static bool AreBoundsBad(ref Call call) => call.Operands.BuildsTable && InitChecks.AreBoundsBad(ref call);

    private static bool IsListAlone(ref Call call) => !call.Operands.BuildsTable && call.Operands.FixedRanges is not null;
}
