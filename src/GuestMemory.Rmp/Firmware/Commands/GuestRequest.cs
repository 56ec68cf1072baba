using Call = GuestMemory.Rmp.FirmwareCall<GuestMemory.Rmp.GuestRequestOperands>;

namespace GuestMemory.Rmp;

/// <summary>SNP_GUEST_REQUEST: the firmware answers a guest's message. Only what it does to memory is modelled. Source: snp-abi, 8.26.</summary>
public static class GuestRequest
{
    private const string Command = "SNP_GUEST_REQUEST";
    private const string Source = "snp-abi, 8.26";

    /// <summary>The checks, in order.</summary>
    public static RuleTable<Call, SevStatus> Checks { get; } = new(
    [
        .. FirmwareChecks<GuestRequestOperands>.WithContext(Command, Source),
        new($"{Command}/guest-state", Source, "answers to a guest not yet measured", IsNotRunning, SevStatus.InvalidGuestState, CheckClass.Integrity),
        new($"{Command}/address", Source, "a message that is not in memory", IsAddressBad, SevStatus.InvalidAddress, CheckClass.Integrity),
        new($"{Command}/crosses-page", Source, "an answer running into the next page", IsCrossing, SevStatus.InvalidAddress, CheckClass.Security),
        new($"{Command}/page-size", Source, "an answer in a large page", IsLarge, SevStatus.InvalidPageSize, CheckClass.Integrity),
        new($"{Command}/page-state", Source, "an answer the hypervisor can change", IsNotFirmware, SevStatus.InvalidPageState, CheckClass.Security),
    ]);

    private const ulong MessageBytes = 128;

    // Stands for the sealed message: each differs by guest, and by what was asked.
    internal static void Commit(in Call call)
    {
        var (request, response) = (call.Operands.Request, call.Operands.Response);
        for (var offset = 0UL; offset < MessageBytes; offset += 16)
        {
            var low = call.Contents.Read(new(request.Value & ~7UL), 8);
            var high = offset;
            ContentCipher.Encrypt(ref low, ref high, call.Guest.OfflineKey, offset);
            call.Contents.Write(response + offset, 8, low);
            call.Contents.Write(response + offset + 8, 8, high);
        }
    }

    private static bool IsNotRunning(ref Call call) => call.Guest.State != SnpGuestState.Running;

    private static bool IsAddressBad(ref Call call) => call.IsBadByte(call.Operands.Request) || call.IsBadByte(call.Operands.Response);

    private static bool IsCrossing(ref Call call) => call.Operands.Response.Offset + MessageBytes > PageSize.Size4K.Bytes();

    private static bool IsLarge(ref Call call) => !call.IsSize(call.Operands.Request, isLarge: false) || !call.IsSize(call.Operands.Response, isLarge: false);

    private static bool IsNotFirmware(ref Call call) => call.StateAt(call.Operands.Response) != RmpPageState.Firmware;
}
