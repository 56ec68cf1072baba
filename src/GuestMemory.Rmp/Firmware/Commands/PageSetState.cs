using Call = GuestMemory.Rmp.FirmwareCall<GuestMemory.Rmp.SetStateOperands>;

namespace GuestMemory.Rmp;

/// <summary>SNP_PAGE_SET_STATE: pages of the firmware's become the hypervisor's for good. Ranges are taken in order; an error takes all of them back. Source: snp-abi, 8.29.</summary>
public static class PageSetState
{
    private const string Command = "SNP_PAGE_SET_STATE";
    private const string Source = "snp-abi, 8.29";

    /// <summary>The checks, in order.</summary>
    public static RuleTable<Call, SevStatus> Checks { get; } = new(
    [
        .. FirmwareChecks<SetStateOperands>.WithoutContext(Command, Source),
        new($"{Command}/list-address", Source, "a list that is not in memory", IsListBad, SevStatus.InvalidAddress),
    ]);

    /// <summary>The checks of each range, in order.</summary>
    public static RuleTable<FirmwareCall<FirmwareRange>, SevStatus> RangeChecks { get; } = new(
        new($"{Command}/range-address", Source, "fixing what is no page", IsRangeBad, SevStatus.InvalidAddress, CheckClass.Integrity),
        new($"{Command}/range-alignment", Source, "half a large page fixed", IsMisaligned, SevStatus.InvalidParam, CheckClass.Integrity),
        new($"{Command}/page-state", Source, "a page of somebody's fixed as the hypervisor's", IsAnyOther, SevStatus.InvalidPageState, CheckClass.Security));

    internal static Check<FirmwareCall<FirmwareRange>, SevStatus>? Apply(IFirmwarePlatform platform, in SetStateOperands operands)
    {
        var replaced = new List<(Pfn Frame, RmpEntry Entry)>();
        foreach (var range in operands.Ranges)
        {
            var call = new FirmwareCall<FirmwareRange>(platform, range);
            if (range.Pages != 0 && RangeChecks.Decide(ref call, platform.Rules) is { } refusal)
            {
                Revert(platform.Table, replaced);
                return refusal;
            }

            Fix(platform.Table, range, replaced);
        }

        return null;
    }

    private static void Fix(ReverseMapTable table, FirmwareRange range, List<(Pfn Frame, RmpEntry Entry)> replaced)
    {
        for (var frame = range.Frames.Start; frame < range.Frames.End; frame += 1)
        {
            if (table.Coverage.Covers(frame))
            {
                replaced.Add((frame, table.Resolve(frame)));
                table.Change(frame, FirmwareEntries.HvFixed);
            }
        }
    }

    private static void Revert(ReverseMapTable table, List<(Pfn Frame, RmpEntry Entry)> replaced)
    {
        for (var at = replaced.Count - 1; at >= 0; at--)
        {
            table.Change(replaced[at].Frame, replaced[at].Entry);
        }
    }

    private static bool IsListBad(ref Call call) => call.IsBadByte(call.Operands.List);

    private static bool IsRangeBad(ref FirmwareCall<FirmwareRange> call) =>
        call.Operands.IsOutside || FirmwareAddress.IsOwn(call.Platform.Table.Coverage, call.Operands.Start, call.Operands.Pages);

    private static bool IsMisaligned(ref FirmwareCall<FirmwareRange> call) =>
        call.Operands.Start.Value % PageSize.Size2M.Bytes() != 0 || call.Operands.Pages % PageSize.Size2M.FrameCount() != 0;

    private static bool IsAnyOther(ref FirmwareCall<FirmwareRange> call)
    {
        for (var frame = call.Operands.Frames.Start; frame < call.Operands.Frames.End; frame += 1)
        {
            var entry = call.Platform.Table.Resolve(frame);
            if (call.Platform.Table.Coverage.Covers(frame) && (entry.State != RmpPageState.Firmware || entry.Size != PageSize.Size4K))
            {
                return true;
            }
        }

        return false;
    }
}
