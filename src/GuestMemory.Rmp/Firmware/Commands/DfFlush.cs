using Call = GuestMemory.Rmp.FirmwareCall<GuestMemory.Rmp.FlushOperands>;

namespace GuestMemory.Rmp;

/// <summary>SNP_DF_FLUSH: the ASIDs of ended guests can be used again. Source: snp-abi, 8.13.</summary>
public static class DfFlush
{
    private const string Command = "SNP_DF_FLUSH";
    private const string Source = "snp-abi, 8.13";

    /// <summary>The checks, in order.</summary>
    public static RuleTable<Call, SevStatus> Checks { get; } = new(
    [
        .. FirmwareChecks<FlushOperands>.WithoutContext(Command, Source),
        new($"{Command}/wbinvd", Source, "lines of an ended guest's left in a processor", IsWbinvdOwed, SevStatus.WbinvdRequired, CheckClass.Integrity),
    ]);

    internal static void Commit(in Call call) => call.Firmware.Flushed();

    private static bool IsWbinvdOwed(ref Call call) => call.Firmware.OwesWbinvd;
}
