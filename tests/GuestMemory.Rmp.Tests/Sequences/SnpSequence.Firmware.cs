namespace GuestMemory.Rmp.Tests.Sequences;

/// <content>What the host asks the firmware to do.</content>
internal sealed partial class SnpSequence
{
    // Beside the blocks the guests live in: contexts, a metadata page of each guest's, and two buffers for swapped pages.
    private static readonly Pfn s_firmware = new(0x6_0000);

    /// <summary>The pages that steps on the firmware's pages name.</summary>
    public static IReadOnlyList<Pfn> FirmwarePages { get; } = [s_firmware, s_firmware + 1, s_firmware + 2, s_firmware + 3, s_firmware + 4, s_firmware + 5];

    /// <summary>Both guests are launched, active and have a metadata page.</summary>
    public void Launch()
    {
        foreach (var page in FirmwarePages)
        {
            World.World.ToFirmware(page);
        }

        foreach (var (context, asid) in ((Pfn, Asid)[])[(ContextOf(SnpWorld.A), SnpWorld.A), (ContextOf(SnpWorld.B), SnpWorld.B)])
        {
            var firmware = Platform.Firmware;
            Assert(firmware.GctxCreate(context), firmware.LaunchStart(context), firmware.Activate(context, asid), firmware.MetadataInit(context, context + 2));
        }
    }

    private static void Assert(params FirmwareResult[] results) => Xunit.Assert.All(results, result => Xunit.Assert.True(result.IsSuccess));

    private static Pfn ContextOf(Asid asid) => asid == SnpWorld.A ? s_firmware : s_firmware + 1;

    private static Spa EntryOf(SnpStep step) => (ContextOf(AsidOf(step)) + 2).Address + (ulong)((step.Bits >> 4) & 1) * SwapMetadata.Bytes;

    private static Pfn BufferOf(SnpStep step) => s_firmware + 4 + (ulong)((step.Bits >> 5) & 1);

    private Outcome ApplyFirmware(SnpStep step)
    {
        var (firmware, context, page) = (Platform.Firmware, ContextOf(AsidOf(step)), new PhysicalPage(Pages[step.Page], PageSize.Size4K));
        var result = step.Call switch
        {
            SnpCall.LaunchUpdate => firmware.LaunchUpdate(context, page, (step.Bits & 2) == 0 ? LaunchPageType.Normal : LaunchPageType.Vmsa, (VmplPermissions)(step.Bits >> 8 & 0x1f)),
            SnpCall.LaunchFinish => firmware.LaunchFinish(context),
            SnpCall.Reclaim => firmware.PageReclaim(new PageOperands(page.Start.Address, step.IsLarge)),
            SnpCall.ReclaimFirmware => firmware.PageReclaim(new PageOperands(FirmwarePages[step.Bits % FirmwarePages.Count].Address)),
            SnpCall.Move => firmware.PageMove(context, page, new(Pages[step.Bits % Pages.Count], PageSize.Size4K)),
            SnpCall.SwapOut => firmware.SwapOut(new(context.Address, page.Start.Address, BufferOf(step).Address, EntryOf(step), TypeOf(step), IsRoot: (step.Bits & 0x80) != 0)),
            SnpCall.SwapIn => firmware.SwapIn(new(context.Address, BufferOf(step).Address, page.Start.Address, EntryOf(step), TypeOf(step), IsRoot: (step.Bits & 0x80) != 0)),
            SnpCall.Unsmash => firmware.PageUnsmash(page.Start.AlignDown(PageSize.Size2M)),
            SnpCall.SetFixed => firmware.PageSetState(FirmwareRange.Of(new(page.Start.AlignDown(PageSize.Size2M), 512))),
            SnpCall.MetadataInit => firmware.MetadataInit(context, FirmwarePages[step.Bits % FirmwarePages.Count]),
            SnpCall.GctxCreate => firmware.GctxCreate(FirmwarePages[step.Bits % FirmwarePages.Count]),
            SnpCall.LaunchStart => firmware.LaunchStart(context),
            SnpCall.Activate => firmware.Activate(context, (step.Bits & 2) == 0 ? AsidOf(step) : new(7)),
            SnpCall.Decommission => firmware.Decommission(context),
            SnpCall.Flush => Flush(),
            _ => throw new ArgumentOutOfRangeException(nameof(step)),
        };
        return result.ToOutcome();
    }

    private static SwapPageType TypeOf(SnpStep step) => (step.Bits & 0x1c0) switch { 0x40 => SwapPageType.Vmsa, 0x140 => SwapPageType.Metadata, _ => SwapPageType.Data };

    // On its way out: the entry as it is, but immutable.
    private Outcome Freeze(SnpStep step)
    {
        var entry = Platform.Table.Raw(Pages[step.Page]);
        return Platform.RmpUpdate(new(Pages[step.Page].Address, entry.Assigned, entry.Asid, entry.Gpa.Value, entry.Size == PageSize.Size2M, Immutable: true)).ToOutcome();
    }

    private FirmwareResult Flush()
    {
        Platform.Firmware.Wbinvd();
        return Platform.Firmware.DfFlush();
    }
}
