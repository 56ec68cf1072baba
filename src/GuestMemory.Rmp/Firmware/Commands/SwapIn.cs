using Call = GuestMemory.Rmp.FirmwareCall<GuestMemory.Rmp.SwapOperands>;

namespace GuestMemory.Rmp;

/// <summary>SNP_PAGE_SWAP_IN: a wrapped page comes back as what it was, where it was in the guest, once. Source: snp-abi, 8.23.</summary>
public static class SwapIn
{
    private const string Command = "SNP_PAGE_SWAP_IN";
    private const string Source = "snp-abi, 8.23";

    /// <summary>The checks, in order.</summary>
    public static RuleTable<Call, SevStatus> Checks { get; } = new(
    [
        new($"{Command}/type", "snp-model, reserved bits", "a page nobody knows how to unwrap", SwapChecks.IsTypeUnknown, SevStatus.InvalidParam),
        .. FirmwareChecks<SwapOperands>.WithActiveGuest(Command, Source),
        new($"{Command}/address", Source, "swapping what is no page", SwapChecks.IsAddressBad, SevStatus.InvalidAddress, CheckClass.Integrity),
        new($"{Command}/entry-address", Source, "an entry within the page it is about", SwapChecks.IsEntryAddressBad, SevStatus.InvalidAddress, CheckClass.Integrity),
        new($"{Command}/entry-state", Source, "metadata entries the hypervisor can write", SwapChecks.IsEntryPageOther, SevStatus.InvalidPageState, CheckClass.Security),
        new($"{Command}/entry-owner", Source, "an entry of another guest's", SwapChecks.IsEntryPageOthers, SevStatus.InvalidPageOwner, CheckClass.Integrity),
        new($"{Command}/page-size", Source, "half a large page", IsWrongSize, SevStatus.InvalidPageSize, CheckClass.Security),
        new($"{Command}/entry", Source, "an old page brought back once more", IsEntryUnfit, SevStatus.InvalidMetadataEntry, CheckClass.Security),
        new($"{Command}/in-place", Source, "unwrapping in place from elsewhere", IsNotInPlace, SevStatus.InvalidAddress),
        new($"{Command}/small-place", Source, "metadata or a save area in place", IsWronglyInPlace, SevStatus.InvalidParam),
        new($"{Command}/vmsa-size", Source, "a save area of 2M", IsVmsaLarge, SevStatus.InvalidPageSize, CheckClass.Integrity),
        new($"{Command}/page-state", Source, "bytes unwrapped where the hypervisor or another guest has them", IsGuestStateBad, SevStatus.InvalidPageState, CheckClass.Security),
        new($"{Command}/owner", Source, "bytes unwrapped into another guest's page", IsGuestOthers, SevStatus.InvalidPageOwner, CheckClass.Security),
        new($"{Command}/metadata-state", Source, "metadata unwrapped over a page that is somebody's", IsMetadataStateBad, SevStatus.InvalidPageState, CheckClass.Security),
        new($"{Command}/tag", Source, "bytes the hypervisor changed", IsTampered, SevStatus.BadMeasurement, CheckClass.Security),
    ]);

    internal static void Commit(in Call call)
    {
        var (operands, kept) = (call.Operands, SwapChecks.Kept(call));
        var isMetadata = operands.Type == SwapPageType.Metadata;
        SwapChecks.Keep(call, kept.UsedUp());
        Wrapping(call, kept).Unwrap(operands.SourceFrames, operands.Destination.Frame, isMetadata ? ContentKey.None : call.MemoryKey);
        call.SetEntry(operands.Destination, isMetadata ? FirmwareEntries.MetadataOf(operands.Context) : call.EntryAt(operands.Destination) with
        {
            Gpa = kept.Gpa,
            Vmsa = kept.Type == SwapPageType.Vmsa,
            Permissions = kept.Permissions,
            Validated = kept.IsValidated,
        });
    }

    private static PageWrapping Wrapping(in Call call, in SwapMetadata kept) => new(call.Contents, call.Guest.OfflineKey, kept.Vector);

    private static bool IsWrongSize(ref Call call) =>
        !call.IsSize(call.Operands.Destination, call.Operands.IsLarge)
        || (call.StateAt(call.Operands.Source) != RmpPageState.Default && !call.IsSize(call.Operands.Source, call.Operands.IsLarge))
        || SwapChecks.Kept(call).IsLarge != call.Operands.IsLarge;

    private static bool IsEntryUnfit(ref Call call)
    {
        var kept = SwapChecks.Kept(call);
        return kept.Type != call.Operands.Type || !kept.IsValid;
    }

    private static bool IsNotInPlace(ref Call call) =>
        call.Operands is { Type: SwapPageType.Data, IsInPlace: true } && call.Operands.Source != call.Operands.Destination;

    private static bool IsWronglyInPlace(ref Call call) => call.Operands.Type != SwapPageType.Data && call.Operands.IsInPlace;

    private static bool IsVmsaLarge(ref Call call) => call.Operands is { Type: SwapPageType.Vmsa, IsLarge: true };

    private static bool IsGuestStateBad(ref Call call) =>
        call.Operands.Type != SwapPageType.Metadata && call.StateAt(call.Operands.Destination) != RmpPageState.PreGuest;

    private static bool IsGuestOthers(ref Call call) =>
        call.Operands.Type != SwapPageType.Metadata && call.EntryAt(call.Operands.Destination).Asid != call.Guest.Asid;

    private static bool IsMetadataStateBad(ref Call call) =>
        call.Operands.Type == SwapPageType.Metadata && call.StateAt(call.Operands.Destination) != RmpPageState.Firmware;

    private static bool IsTampered(ref Call call)
    {
        var kept = SwapChecks.Kept(call);
        return Wrapping(call, kept).TagOf(call.Operands.SourceFrames) != kept.Tag;
    }
}
