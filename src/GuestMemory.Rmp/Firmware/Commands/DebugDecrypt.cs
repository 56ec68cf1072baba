using Call = GuestMemory.Rmp.FirmwareCall<GuestMemory.Rmp.DebugOperands>;

namespace GuestMemory.Rmp;

/// <summary>SNP_DBG_DECRYPT: 4K of a guest that allows it, in plain. Source: snp-abi, 8.27.</summary>
public static class DebugDecrypt
{
    private const string Command = "SNP_DBG_DECRYPT";
    private const string Source = "snp-abi, 8.27";

    /// <summary>The checks, in order.</summary>
    public static RuleTable<Call, SevStatus> Checks { get; } = new(
    [
        .. FirmwareChecks<DebugOperands>.WithActiveGuest(Command, Source),
        new($"{Command}/policy", Source, "reading a guest that does not allow it", IsNotDebugged, SevStatus.PolicyFailure, CheckClass.Security),
        new($"{Command}/address", Source, "reading what is no page", IsAddressBad, SevStatus.InvalidAddress, CheckClass.Integrity),
        new($"{Command}/page-state", Source, "plain bytes over somebody's page", IsStateBad, SevStatus.InvalidPageState, CheckClass.Security),
        new($"{Command}/owner", Source, "another guest's page read", IsOthers, SevStatus.InvalidPageOwner, CheckClass.Integrity),
    ]);

    internal static void Commit(in Call call) => call.Contents.Copy(
        call.Operands.Source.Frame, call.MemoryKey, call.Operands.Destination.Frame, ContentKey.None);

    private static bool IsNotDebugged(ref Call call) => !DebugPolicy.IsDebugged(call.Guest);

    private static bool IsAddressBad(ref Call call) => call.IsBad(call.Operands.Source) || call.IsBad(call.Operands.Destination);

    private static bool IsStateBad(ref Call call) =>
        call.StateAt(call.Operands.Source) is not (RmpPageState.PreGuest or RmpPageState.PreSwap or RmpPageState.GuestInvalid or RmpPageState.GuestValid)
        || call.StateAt(call.Operands.Destination) != RmpPageState.Firmware;

    private static bool IsOthers(ref Call call) => call.EntryAt(call.Operands.Source).Asid != call.Guest.Asid;
}
