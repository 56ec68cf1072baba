namespace GuestMemory.Rmp.Tests.Docs;

/// <summary>Few pages, and the firmware's commands on them: one line a command.</summary>
internal static class CommandWorlds
{
    private const ulong Frames = 2048;
    private static readonly Asid s_guest = new(1);
    private static readonly Pfn s_context = new(513);
    private static readonly Pfn s_metadata = new(514);
    private static readonly Pfn s_one = new(515);
    private static readonly Pfn s_other = new(516);
    private static readonly Pfn s_block = new(1024);

    /// <summary>A guest in LAUNCH with two pages, and a metadata page.</summary>
    public static SmallWorld Pages()
    {
        var platform = New();
        ToFirmware(platform, s_context);
        ToFirmware(platform, s_metadata);
        platform.Firmware.GctxCreate(s_context);
        platform.Firmware.LaunchStart(s_context);
        platform.Firmware.Activate(s_context, s_guest);
        platform.Firmware.MetadataInit(s_context, s_metadata);
        return Of(platform, [s_one, s_other], [.. PageMoves(s_one), .. PageMoves(s_other), .. Moves(s_one, s_other), .. Moves(s_other, s_one)]);
    }

    /// <summary>A page that may become a context page.</summary>
    public static SmallWorld Contexts() => Of(New(), [s_context],
    [
        .. Host.Updates(s_context, s_guest),
        new("SNP_GCTX_CREATE", "", platform => platform.Firmware.GctxCreate(s_context)),
        new("SNP_LAUNCH_START", "", platform => platform.Firmware.LaunchStart(s_context)),
        new("SNP_ACTIVATE", "", platform => platform.Firmware.Activate(s_context, s_guest)),
        new("SNP_LAUNCH_FINISH", "", platform => platform.Firmware.LaunchFinish(s_context)),
        new("SNP_PAGE_RECLAIM", "", platform => platform.Firmware.PageReclaim(Small(s_context))),
        new("SNP_DECOMMISSION", "", platform => platform.Firmware.Decommission(s_context)),
        new("SNP_DF_FLUSH", "", platform => platform.Firmware.DfFlush()),
    ]);

    /// <summary>512 pages that all go the same way.</summary>
    public static SmallWorld Blocks() => Of(New(), [s_block],
    [
        .. Host.Updates(s_block, s_guest, PageSize.Size2M),
        .. Host.UpdatesOfEach(s_block, s_guest),
        new("PVALIDATE", "1", platform => platform.Pvalidate(CpuState.Guest(s_guest), Host.WalkTo(s_block) with { NestedSize = PageSize.Size2M }, true, true)),
        new("PSMASH", "", platform => platform.Psmash(s_block.Address)),
        new("SNP_PAGE_SET_STATE", "", platform => platform.Firmware.PageSetState(FirmwareRange.Of(new(s_block, 512)))),
        new("SNP_PAGE_UNSMASH", "", platform => platform.Firmware.PageUnsmash(s_block)),
        new("SNP_PAGE_RECLAIM", "", platform => platform.Firmware.PageReclaim(new(s_block, PageSize.Size2M))),
    ]);

    /// <summary>A table that is built and given up again.</summary>
    public static SmallWorld Beginnings()
    {
        var platform = New();
        platform.Firmware.ShutdownEx(iommu: true);
        platform.Table.Clear();
        var init = new InitOperands(true, [FirmwareRange.Of(new(s_one, 1))], [FirmwareRange.Of(new(s_other, 1))]);
        return Of(platform, [s_one, s_other, s_context, platform.Table.Coverage.OwnPages[0].Start],
        [
            new("SNP_INIT_EX", "", platform => platform.Firmware.InitEx(new(true)), IsBeginning: true),
            new("SNP_INIT_EX", "listed pages, IOMMU buffers", platform => platform.Firmware.InitEx(init), IsBeginning: true),
            new("SNP_RMP_CREATE", "", platform => platform.Firmware.RmpCreate(new(true)), IsBeginning: true),
            new("SNP_RMP_CREATE", "listed pages, IOMMU buffers", platform => platform.Firmware.RmpCreate(init), IsBeginning: true),
            new("SNP_SHUTDOWN_EX", "for the IOMMUs", platform => platform.Firmware.ShutdownEx(iommu: true)),
            new("RMPUPDATE", "assigned, ASID 0, immutable", platform => ToFirmware(platform, s_context)),
        ]);
    }

    private static IEnumerable<Move> PageMoves(Pfn page) =>
    [
        .. Host.Updates(page, s_guest),
        new("PVALIDATE", "1", platform => platform.Pvalidate(CpuState.Guest(s_guest), Host.WalkTo(page), false, true)),
        new("SNP_LAUNCH_UPDATE", "", platform => platform.Firmware.LaunchUpdate(s_context, Small(page), LaunchPageType.Normal)),
        new("SNP_LAUNCH_UPDATE", "", platform => platform.Firmware.LaunchUpdate(s_context, Small(page), LaunchPageType.Vmsa)),
        new("SNP_PAGE_RECLAIM", "", platform => platform.Firmware.PageReclaim(Small(page))),
        new("SNP_PAGE_MD_INIT", "", platform => platform.Firmware.MetadataInit(s_context, page)),
    ];

    private static IEnumerable<Move> Moves(Pfn from, Pfn to) =>
    [
        new("SNP_PAGE_MOVE", "", platform => platform.Firmware.PageMove(s_context, Small(from), Small(to)), from),
        .. Swaps(from, to, SwapPageType.Data), .. Swaps(from, to, SwapPageType.Vmsa), .. Swaps(from, to, SwapPageType.Metadata),
    ];

    private static IEnumerable<Move> Swaps(Pfn from, Pfn to, SwapPageType type)
    {
        var operands = new SwapOperands(s_context.Address, from.Address, to.Address, s_metadata.Address, type);
        return
        [
            new("SNP_PAGE_SWAP_OUT", "", platform => platform.Firmware.SwapOut(operands), from),
            new("SNP_PAGE_SWAP_IN", "", platform => platform.Firmware.SwapIn(operands), from),
        ];
    }

    private static SnpPlatform New() => new(RmpCoverage.AtEndOf(new(default, Frames)));

    private static PhysicalPage Small(Pfn page) => new(page, PageSize.Size4K);

    private static void ToFirmware(SnpPlatform platform, Pfn page) => platform.RmpUpdate(RmpUpdateOperands.ToFirmware(Small(page)));

    private static SmallWorld Of(SnpPlatform platform, IReadOnlyList<Pfn> watched, IReadOnlyList<Move> moves) =>
        new(platform, watched, moves, now => string.Join(' ', [.. watched.Select(page => EntryOf(now, page)), GuestOf(now), $"{SwapMetadata.Read(now.Contents, s_metadata.Address).Flags:x}", $"{now.Firmware.State} {now.Firmware.OwesFlush(s_guest)}"]));

    private static string EntryOf(SnpPlatform platform, Pfn page) => $"{platform.Table.Resolve(page).Low:x}-{platform.Table.Resolve(page).High:x}";

    private static string GuestOf(SnpPlatform platform) => platform.Firmware.TryGetGuest(s_context, out var guest) ? $"{guest.State} {guest.Asid}" : "none";
}
