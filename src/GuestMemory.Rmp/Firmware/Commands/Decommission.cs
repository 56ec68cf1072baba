using Call = GuestMemory.Rmp.FirmwareCall<GuestMemory.Rmp.ContextOperands>;

namespace GuestMemory.Rmp;

/// <summary>SNP_DECOMMISSION: a guest ends. Its pages keep their entries; its ASID waits for a flush. Source: snp-abi, 8.12.</summary>
public static class Decommission
{
    private const string Command = "SNP_DECOMMISSION";
    private const string Source = "snp-abi, 8.12";

    /// <summary>The checks, in order.</summary>
    public static RuleTable<Call, SevStatus> Checks { get; } = new(
    [
        .. FirmwareChecks<ContextOperands>.WithContext(Command, Source),
    ]);

    internal static void Commit(in Call call)
    {
        call.Firmware.End(call.Operands.Context.Frame, call.Guest);
        call.SetEntry(call.Operands.Context, FirmwareEntries.Firmware);
    }
}
