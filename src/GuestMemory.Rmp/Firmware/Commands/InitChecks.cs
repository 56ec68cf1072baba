using Call = GuestMemory.Rmp.FirmwareCall<GuestMemory.Rmp.InitOperands>;

namespace GuestMemory.Rmp;

/// <summary>What both ways of building the table look at.</summary>
internal static class InitChecks
{
    private const ulong BoundsGrain = 1024 * 1024 / 4096;

    public static bool IsInitialised(ref Call call) => call.Firmware.State != SnpPlatformState.Uninit || call.Firmware.IsLegacyInitialised;

    // Every core's SYSCFG must have SNP on, and VM_HSAVE_PA must be 0.
    public static bool IsConfigurationBad(ref Call call) => !call.Platform.IsOn || (call.Platform.HsavePage?.Value ?? 0) != 0;

    public static bool AreBoundsBad(ref Call call)
    {
        var coverage = call.Platform.Table.Coverage;
        foreach (var own in coverage.OwnPages)
        {
            if (own.Start.Value % BoundsGrain != 0 || own.End.Value % BoundsGrain != 0
                || own.IsEmpty || !coverage.Covers(own.Start) || !coverage.Covers(new(own.End.Value - 1)))
            {
                return true;
            }
        }

        return false;
    }

    public static bool IsAnyRangeBad(ref Call call) => IsAnyBad(call.Operands.FixedRanges) || IsAnyBad(call.Operands.IommuBuffers);

    private static bool IsAnyBad(IReadOnlyList<FirmwareRange>? ranges)
    {
        foreach (var range in ranges ?? [])
        {
            if (FirmwareAddress.IsOutside(range.Start, PageSize.Size4K.Bytes(), range.Pages))
            {
                return true;
            }
        }

        return false;
    }
}
