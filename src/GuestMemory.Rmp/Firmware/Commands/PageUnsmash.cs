using Call = GuestMemory.Rmp.FirmwareCall<GuestMemory.Rmp.PageOperands>;

namespace GuestMemory.Rmp;

/// <summary>SNP_PAGE_UNSMASH: 512 like pages become one of 2M. Source: snp-abi, 8.25.</summary>
public static class PageUnsmash
{
    private const string Command = "SNP_PAGE_UNSMASH";
    private const string Source = "snp-abi, 8.25";

    /// <summary>The checks, in order.</summary>
    public static RuleTable<Call, SevStatus> Checks { get; } = new(
    [
        .. FirmwareChecks<PageOperands>.WithoutContext(Command, Source),
        new($"{Command}/address", Source, "joining what is no page", IsAddressBad, SevStatus.InvalidAddress, CheckClass.Integrity),
        new($"{Command}/alike", Source, "one entry for unlike pages", IsAnyUnlike, SevStatus.InvalidPageState, CheckClass.Security),
        new($"{Command}/consecutive", Source, "guest addresses moved by joining", IsNotConsecutive, SevStatus.InvalidPageState, CheckClass.Security),
        new($"{Command}/alignment", Source, "a large page that starts mid-block", IsMisaligned, SevStatus.InvalidPageState, CheckClass.Integrity),
    ]);

    private const ulong Pages = ReverseMapTable.PagesPerBlock;

    internal static void Commit(in Call call)
    {
        var head = call.Operands.Page.Frame.AlignDown(PageSize.Size2M);
        call.Platform.Table.WriteLarge(head, call.Platform.Table.Resolve(head));
    }

    private static bool IsAddressBad(ref Call call) =>
        FirmwareAddress.IsOutside(call.Operands.Page, PageSize.Size4K.Bytes(), Pages) || FirmwareAddress.IsOwn(call.Platform.Table.Coverage, call.Operands.Page, Pages);

    private static bool IsAnyUnlike(ref Call call)
    {
        var first = call.EntryAt(call.Operands.Page);
        for (var page = 0UL; page < Pages; page++)
        {
            var entry = call.Platform.Table.Resolve(call.Operands.Page.Frame + page);
            if (entry.Size != PageSize.Size4K || !entry.Immutable || entry.Vmsa || !entry.Asid.IsGuest || !IsLike(entry, first))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsLike(in RmpEntry entry, in RmpEntry first) =>
        entry.Validated == first.Validated && entry.Assigned == first.Assigned && entry.Asid == first.Asid && entry.Permissions == first.Permissions;

    private static bool IsNotConsecutive(ref Call call)
    {
        var first = call.EntryAt(call.Operands.Page).Gpa.Value;
        for (var page = 1UL; page < Pages; page++)
        {
            if (call.Platform.Table.Resolve(call.Operands.Page.Frame + page).Gpa.Value != unchecked(first + (page << 12)))
            {
                return true;
            }
        }

        return (first & (PageSize.Size2M.Bytes() - 1)) != 0;
    }

    private static bool IsMisaligned(ref Call call) => !call.Operands.Page.Frame.IsAligned(PageSize.Size2M);
}
