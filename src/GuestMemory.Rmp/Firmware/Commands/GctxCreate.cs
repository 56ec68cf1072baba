using Call = GuestMemory.Rmp.FirmwareCall<GuestMemory.Rmp.ContextOperands>;

namespace GuestMemory.Rmp;

/// <summary>SNP_GCTX_CREATE: a page of the firmware's becomes a new guest's context. Source: snp-abi, 8.9.</summary>
public static class GctxCreate
{
    private const string Command = "SNP_GCTX_CREATE";
    private const string Source = "snp-abi, 8.9";

    /// <summary>The checks, in order.</summary>
    public static RuleTable<Call, SevStatus> Checks { get; } = new(
    [
        .. FirmwareChecks<ContextOperands>.WithoutContext(Command, Source),
        new($"{Command}/address", Source, "a context page that is no page", IsAddressBad, SevStatus.InvalidAddress, CheckClass.Integrity),
        new($"{Command}/page-state", Source, "a context made of a page that is somebody's", IsNotFirmware, SevStatus.InvalidPageState, CheckClass.Security),
        new($"{Command}/page-size", Source, "a context of 2M", IsLarge, SevStatus.InvalidPageSize, CheckClass.Integrity),
    ]);

    internal static void Commit(in Call call)
    {
        call.SetEntry(call.Operands.Context, FirmwareEntries.Context);
        call.SetGuest(new() { KeyNumber = call.Firmware.NextKeyNumber() });
    }

    // Metadata pages name a context by its address, and 0 there means none.
    private static bool IsAddressBad(ref Call call) => call.IsBad(call.Operands.Context) || call.Operands.Context.Value == 0;

    private static bool IsNotFirmware(ref Call call) => call.StateAt(call.Operands.Context) != RmpPageState.Firmware;

    private static bool IsLarge(ref Call call) => !call.IsSize(call.Operands.Context, isLarge: false);
}
