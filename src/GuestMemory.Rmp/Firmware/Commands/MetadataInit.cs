using Call = GuestMemory.Rmp.FirmwareCall<GuestMemory.Rmp.MetadataInitOperands>;

namespace GuestMemory.Rmp;

/// <summary>SNP_PAGE_MD_INIT: a page of the firmware's will hold a guest's metadata entries. Source: snp-abi, 8.21.</summary>
public static class MetadataInit
{
    private const string Command = "SNP_PAGE_MD_INIT";
    private const string Source = "snp-abi, 8.21";

    /// <summary>The checks, in order.</summary>
    public static RuleTable<Call, SevStatus> Checks { get; } = new(
    [
        .. FirmwareChecks<MetadataInitOperands>.WithStartedGuest(Command, Source),
        new($"{Command}/address", Source, "a metadata page that is no page", IsAddressBad, SevStatus.InvalidAddress, CheckClass.Integrity),
        new($"{Command}/page-state", Source, "metadata entries in a page that is somebody's", IsNotFirmware, SevStatus.InvalidPageState, CheckClass.Security),
        new($"{Command}/page-size", "snp-model, large metadata page", "a large page bound to an address of a small one", IsLarge, SevStatus.InvalidPageSize, CheckClass.Integrity),
    ]);

    internal static void Commit(in Call call)
    {
        call.Contents.Clear(call.Operands.Frames);
        call.SetEntry(call.Operands.Page, FirmwareEntries.MetadataOf(call.Operands.Context));
    }

    private static bool IsAddressBad(ref Call call) => call.IsBad(call.Operands.Page);

    private static bool IsNotFirmware(ref Call call) => call.StateAt(call.Operands.Page) != RmpPageState.Firmware;

    private static bool IsLarge(ref Call call) => !call.IsSize(call.Operands.Page, isLarge: false);
}
