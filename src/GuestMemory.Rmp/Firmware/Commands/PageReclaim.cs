using Call = GuestMemory.Rmp.FirmwareCall<GuestMemory.Rmp.PageOperands>;

namespace GuestMemory.Rmp;

/// <summary>SNP_PAGE_RECLAIM: the firmware lets a page go, and the hypervisor can take it. Source: snp-abi, 8.24.</summary>
public static class PageReclaim
{
    private const string Command = "SNP_PAGE_RECLAIM";
    private const string Source = "snp-abi, 8.24";

    /// <summary>The checks, in order.</summary>
    public static RuleTable<Call, SevStatus> Checks { get; } = new(
    [
        .. FirmwareChecks<PageOperands>.WithoutContext(Command, Source),
        new($"{Command}/address", Source, "reclaiming what is no page", IsAddressBad, SevStatus.InvalidAddress, CheckClass.Integrity),
        new($"{Command}/mutable", Source, "work on a page the hypervisor can take already", IsMutable, SevStatus.Success, CheckClass.Integrity),
        new($"{Command}/page-state", Source, "a context page given away with its guest's keys", IsNotReclaimable, SevStatus.InvalidPageState, CheckClass.Security),
        new($"{Command}/page-size", Source, "half a large page", IsWrongSize, SevStatus.InvalidPageSize, CheckClass.Integrity),
        new($"{Command}/alignment", Source, "a large page that starts mid-block", IsMisaligned, SevStatus.InvalidAddress, CheckClass.Integrity),
    ]);

    internal static void Commit(in Call call)
    {
        var entry = call.EntryAt(call.Operands.Page);
        call.SetEntry(call.Operands.Page, entry.Asid.IsGuest ? entry with { Immutable = false } : FirmwareEntries.Reclaim with { Size = entry.Size });
    }

    private static bool IsAddressBad(ref Call call) => call.IsBad(call.Operands.Page);

    private static bool IsMutable(ref Call call) => !call.EntryAt(call.Operands.Page).Immutable;

    private static bool IsNotReclaimable(ref Call call) => call.StateAt(call.Operands.Page)
        is not (RmpPageState.Metadata or RmpPageState.Firmware or RmpPageState.PreGuest or RmpPageState.PreSwap);

    private static bool IsWrongSize(ref Call call) => !call.IsSize(call.Operands.Page, call.Operands.IsLarge);

    private static bool IsMisaligned(ref Call call) => call.Operands.IsLarge && !call.Operands.Page.Frame.IsAligned(PageSize.Size2M);
}
