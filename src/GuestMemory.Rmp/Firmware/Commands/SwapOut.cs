using Call = GuestMemory.Rmp.FirmwareCall<GuestMemory.Rmp.SwapOperands>;

namespace GuestMemory.Rmp;

/// <summary>SNP_PAGE_SWAP_OUT: a page's bytes go out wrapped, and its entry is kept in a metadata page. Source: snp-abi, 8.22.</summary>
public static class SwapOut
{
    private const string Command = "SNP_PAGE_SWAP_OUT";
    private const string Source = "snp-abi, 8.22";

    /// <summary>The checks, in order.</summary>
    public static RuleTable<Call, SevStatus> Checks { get; } = new(
    [
        new($"{Command}/type", "snp-model, reserved bits", "a page nobody knows how to wrap", SwapChecks.IsTypeUnknown, SevStatus.InvalidParam),
        .. FirmwareChecks<SwapOperands>.WithActiveGuest(Command, Source),
        new($"{Command}/address", Source, "swapping what is no page", SwapChecks.IsAddressBad, SevStatus.InvalidAddress, CheckClass.Integrity),
        new($"{Command}/entry-address", Source, "an entry that runs into the next page, or lies in the page it is about", SwapChecks.IsEntryAddressBad, SevStatus.InvalidAddress, CheckClass.Security),
        new($"{Command}/page-size", Source, "half a large page", IsWrongSize, SevStatus.InvalidPageSize, CheckClass.Security),
        new($"{Command}/entry-state", Source, "metadata entries the hypervisor can write", SwapChecks.IsEntryPageOther, SevStatus.InvalidPageState, CheckClass.Security),
        new($"{Command}/entry-owner", Source, "an entry among another guest's", SwapChecks.IsEntryPageOthers, SevStatus.InvalidPageOwner, CheckClass.Integrity),
        new($"{Command}/page-state", Source, "wrapping what the guest still uses, or over a page that is somebody's", IsGuestStateBad, SevStatus.InvalidPageState, CheckClass.Security),
        new($"{Command}/owner", Source, "another guest's page wrapped", IsGuestOthers, SevStatus.InvalidPageOwner, CheckClass.Security),
        new($"{Command}/metadata-state", Source, "wrapping as metadata what is none", IsMetadataStateBad, SevStatus.InvalidPageState, CheckClass.Security),
        new($"{Command}/metadata-owner", Source, "another guest's metadata wrapped", IsMetadataOthers, SevStatus.InvalidPageOwner, CheckClass.Integrity),
        new($"{Command}/vectors", Source, "one vector for two pages", AreVectorsUsedUp, SevStatus.AeadOverflow, CheckClass.Security),
    ]);

    internal static void Commit(in Call call)
    {
        var (operands, entry, vector) = (call.Operands, call.EntryAt(call.Operands.Source), unchecked(call.Guest.Vector + 1));
        var isMetadata = operands.Type == SwapPageType.Metadata;
        var wrapping = new PageWrapping(call.Contents, call.Guest.OfflineKey, vector);
        var tag = wrapping.Wrap(operands.SourceFrames, isMetadata ? ContentKey.None : call.MemoryKey, operands.Destination.Frame);
        var metadata = SwapMetadata.Of(entry, isMetadata, operands.IsLarge, operands.SoftwareData, vector, tag);
        call.SetGuest(call.Guest with { Vector = vector });
        SwapChecks.Keep(call, metadata);
        call.SetEntry(operands.Source, isMetadata ? FirmwareEntries.Firmware : entry with { Validated = false });
    }

    private static bool IsWrongSize(ref Call call) =>
        !call.IsSize(call.Operands.Source, call.Operands.IsLarge)
        || (call.StateAt(call.Operands.Destination) != RmpPageState.Default && !call.IsSize(call.Operands.Destination, call.Operands.IsLarge));

    private static bool IsDestinationBad(in Call call) => call.StateAt(call.Operands.Destination) is not (RmpPageState.Firmware or RmpPageState.Default);

    private static bool IsGuestStateBad(ref Call call) => call.Operands.Type != SwapPageType.Metadata
        && (call.StateAt(call.Operands.Source) is not (RmpPageState.PreSwap or RmpPageState.PreGuest) || IsDestinationBad(call));

    private static bool IsGuestOthers(ref Call call) =>
        call.Operands.Type != SwapPageType.Metadata && call.EntryAt(call.Operands.Source).Asid != call.Guest.Asid;

    private static bool IsMetadataStateBad(ref Call call) => call.Operands.Type == SwapPageType.Metadata
        && (call.StateAt(call.Operands.Source) != RmpPageState.Metadata || IsDestinationBad(call));

    private static bool IsMetadataOthers(ref Call call) => call.Operands.Type == SwapPageType.Metadata && !call.IsOwnMetadata(call.Operands.Source);

    private static bool AreVectorsUsedUp(ref Call call) => call.Guest.Vector == ulong.MaxValue;
}
