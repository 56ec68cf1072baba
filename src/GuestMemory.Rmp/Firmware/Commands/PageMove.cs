using Call = GuestMemory.Rmp.FirmwareCall<GuestMemory.Rmp.PageMoveOperands>;

namespace GuestMemory.Rmp;

/// <summary>SNP_PAGE_MOVE: a guest's page, or a metadata page, gets another frame. Source: snp-abi, 8.20.</summary>
public static class PageMove
{
    private const string Command = "SNP_PAGE_MOVE";
    private const string Source = "snp-abi, 8.20";

    /// <summary>The checks, in order.</summary>
    public static RuleTable<Call, SevStatus> Checks { get; } = new(
    [
        .. FirmwareChecks<PageMoveOperands>.WithActiveGuest(Command, Source),
        new($"{Command}/address", Source, "moving what is no page", IsAddressBad, SevStatus.InvalidAddress, CheckClass.Integrity),
        new($"{Command}/page-size", Source, "half a large page", IsWrongSize, SevStatus.InvalidPageSize, CheckClass.Security),
        new($"{Command}/guest-destination", Source, "a guest's page moved over another's", IsGuestDestinationBad, SevStatus.InvalidPageState, CheckClass.Security),
        new($"{Command}/guest-owner", Source, "another guest's page moved", IsGuestOthers, SevStatus.InvalidPageOwner, CheckClass.Security),
        new($"{Command}/metadata-destination", Source, "metadata moved over a page that is somebody's", IsMetadataDestinationBad, SevStatus.InvalidPageState, CheckClass.Security),
        new($"{Command}/metadata-owner", Source, "another guest's metadata moved", IsMetadataOthers, SevStatus.InvalidPageOwner, CheckClass.Integrity),
        new($"{Command}/source-state", "snp-model, source of a move", "moving what is on its way nowhere", IsSourceBad, SevStatus.InvalidPageState, CheckClass.Security),
    ]);

    internal static void Commit(in Call call)
    {
        var (source, destination, isMetadata) = (call.Operands.Source, call.Operands.Destination, IsMetadata(call));
        var key = isMetadata ? ContentKey.None : call.MemoryKey;
        for (var page = 0UL; page < FirmwareAddress.SizeOf(call.Operands.IsLarge).FrameCount(); page++)
        {
            call.Contents.Copy(source.Frame + page, key, destination.Frame + page, key);
        }

        var entry = call.EntryAt(source);
        call.SetEntry(source, isMetadata ? FirmwareEntries.Firmware : entry with { Immutable = false, Validated = false });
        call.SetEntry(destination, isMetadata ? entry : entry with { Immutable = false });
    }

    private static bool IsMetadata(in Call call) => call.StateAt(call.Operands.Source) == RmpPageState.Metadata;

    private static bool IsGuests(in Call call) => call.StateAt(call.Operands.Source) is RmpPageState.PreSwap or RmpPageState.PreGuest;

    private static bool IsAddressBad(ref Call call) =>
        call.IsBad(call.Operands.Source, call.Operands.IsLarge) || call.IsBad(call.Operands.Destination, call.Operands.IsLarge);

    private static bool IsWrongSize(ref Call call) =>
        !call.IsSize(call.Operands.Source, call.Operands.IsLarge) || !call.IsSize(call.Operands.Destination, call.Operands.IsLarge);

    private static bool IsGuestDestinationBad(ref Call call) =>
        IsGuests(call) && call.StateAt(call.Operands.Destination) != RmpPageState.PreGuest;

    private static bool IsGuestOthers(ref Call call) => IsGuests(call)
        && (call.EntryAt(call.Operands.Source).Asid != call.Guest.Asid || call.EntryAt(call.Operands.Destination).Asid != call.Guest.Asid);

    private static bool IsMetadataDestinationBad(ref Call call) =>
        IsMetadata(call) && call.StateAt(call.Operands.Destination) != RmpPageState.Firmware;

    private static bool IsMetadataOthers(ref Call call) => IsMetadata(call) && !call.IsOwnMetadata(call.Operands.Source);

    private static bool IsSourceBad(ref Call call) => !IsGuests(call) && !IsMetadata(call);
}
