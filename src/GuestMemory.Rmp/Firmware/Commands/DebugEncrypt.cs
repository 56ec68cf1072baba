using Call = GuestMemory.Rmp.FirmwareCall<GuestMemory.Rmp.DebugOperands>;

namespace GuestMemory.Rmp;

/// <summary>SNP_DBG_ENCRYPT: 4K into a guest that allows it. Source: snp-abi, 8.28.</summary>
public static class DebugEncrypt
{
    private const string Command = "SNP_DBG_ENCRYPT";
    private const string Source = "snp-abi, 8.28";

    /// <summary>The checks, in order.</summary>
    public static RuleTable<Call, SevStatus> Checks { get; } = new(
    [
        .. FirmwareChecks<DebugOperands>.WithContext(Command, Source),
        FirmwareChecks<DebugOperands>.Active(Command, Source),
        FirmwareChecks<DebugOperands>.Started(Command, Source),
        new($"{Command}/policy", Source, "writing a guest that does not allow it", IsNotDebugged, SevStatus.PolicyFailure, CheckClass.Security),
        new($"{Command}/address", Source, "writing what is no page", IsAddressBad, SevStatus.InvalidAddress, CheckClass.Integrity),
        new($"{Command}/page-state", Source, "bytes changed under a running guest", IsStateBad, SevStatus.InvalidPageState, CheckClass.Integrity),
        new($"{Command}/owner", Source, "another guest's page written", IsOthers, SevStatus.InvalidPageOwner, CheckClass.Security),
    ]);

    internal static void Commit(in Call call) => call.Contents.Copy(
        call.Operands.Source.Frame, ContentKey.None, call.Operands.Destination.Frame, call.MemoryKey);

    private static bool IsNotDebugged(ref Call call) => !DebugPolicy.IsDebugged(call.Guest);

    private static bool IsAddressBad(ref Call call) => call.IsBad(call.Operands.Source) || call.IsBad(call.Operands.Destination);

    private static bool IsStateBad(ref Call call) =>
        call.StateAt(call.Operands.Destination) is not (RmpPageState.PreGuest or RmpPageState.PreSwap);

    private static bool IsOthers(ref Call call) => call.EntryAt(call.Operands.Destination).Asid != call.Guest.Asid;
}
