using static GuestMemory.Rmp.HostMoves;

namespace GuestMemory.Rmp;

/// <summary>The firmware's commands in a scene, given by the host.</summary>
internal static class FirmwareMoves
{
    public static SnpMove GctxCreate(Pfn page) => Of($"SNP_GCTX_CREATE page={Text(page)}", firmware => firmware.GctxCreate(page));

    public static SnpMove Activate(Pfn context, Asid asid) => Of($"SNP_ACTIVATE context={Text(context)} asid={asid.Value}", firmware => firmware.Activate(context, asid));

    public static SnpMove LaunchUpdate(Pfn context, Pfn page, LaunchPageType type, bool isLarge = false) => Of(
        $"SNP_LAUNCH_UPDATE context={Text(context)} page={Text(page)} size={Size(isLarge)} type={type}",
        firmware => firmware.LaunchUpdate(new LaunchUpdateOperands(context.Address, page.Address, isLarge, type)));

    public static SnpMove LaunchFinish(Pfn context) => Of($"SNP_LAUNCH_FINISH context={Text(context)}", firmware => firmware.LaunchFinish(context));

    public static SnpMove GuestRequest(Pfn context, Spa request, Spa response) => Of(
        $"SNP_GUEST_REQUEST context={Text(context)} request=0x{request.Value:x} response=0x{response.Value:x}",
        firmware => firmware.GuestRequest(new(context.Address, request, response)));

    public static SnpMove DebugDecrypt(Pfn context, Pfn from, Pfn to) => Of(
        $"SNP_DBG_DECRYPT context={Text(context)} from={Text(from)} to={Text(to)}", firmware => firmware.DebugDecrypt(new(context.Address, from.Address, to.Address)));

    public static SnpMove DebugEncrypt(Pfn context, Pfn from, Pfn to) => Of(
        $"SNP_DBG_ENCRYPT context={Text(context)} from={Text(from)} to={Text(to)}", firmware => firmware.DebugEncrypt(new(context.Address, from.Address, to.Address)));

    public static SnpMove Reclaim(Pfn page) => Of($"SNP_PAGE_RECLAIM page={Text(page)}", firmware => firmware.PageReclaim(new PageOperands(page.Address)));

    public static SnpMove SetState(Pfn page, ulong pages) => Of($"SNP_PAGE_SET_STATE page={Text(page)} pages={pages}", firmware => firmware.PageSetState(new FirmwareRange(page.Address, pages)));

    public static SnpMove MetadataInit(Pfn context, Pfn page) => Of($"SNP_PAGE_MD_INIT context={Text(context)} page={Text(page)}", firmware => firmware.MetadataInit(context, page));

    public static SnpMove Move(Pfn context, Pfn from, Pfn to, bool isLarge = false) => Of(
        $"SNP_PAGE_MOVE context={Text(context)} from={Text(from)} to={Text(to)} size={Size(isLarge)}",
        firmware => firmware.PageMove(new PageMoveOperands(context.Address, from.Address, to.Address, isLarge)));

    public static SnpMove Unsmash(Pfn page) => Of($"SNP_PAGE_UNSMASH page={Text(page)}", firmware => firmware.PageUnsmash(page));

    public static SnpMove SwapOut(SwapOperands operands) => Of($"SNP_PAGE_SWAP_OUT {Swapping(operands)}", firmware => firmware.SwapOut(operands));

    public static SnpMove SwapIn(SwapOperands operands) => Of($"SNP_PAGE_SWAP_IN {Swapping(operands)}", firmware => firmware.SwapIn(operands));

    public static SnpMove InitEx(bool builds) => Of($"SNP_INIT_EX build={(builds ? 1 : 0)}", firmware => firmware.InitEx(new(builds)));

    public static SnpMove RmpCreate() => Of("SNP_RMP_CREATE", firmware => firmware.RmpCreate(new(true)));

    public static SnpMove Shutdown(bool iommu = false) => Of($"SNP_SHUTDOWN_EX iommu={(iommu ? 1 : 0)}", firmware => firmware.ShutdownEx(iommu));

    /// <summary>A command of SEV's that writes a page: the model has no more of it on this platform than where it may write.</summary>
    public static SnpMove OlderWrite(Pfn page) => new($"older-command-write page={Text(page)}", SnpActor.Host, world =>
    {
        var result = world.Firmware.CheckLegacyTarget(page);
        if (result.IsSuccess)
        {
            world.Platform.Contents.Write(page.Address, 8, 1);
        }

        world.Platform.Emit(new(SnpOperationKind.Firmware, new(page, 1), result.ToOutcome()));
        return result.ToOutcome();
    });

    private static SnpMove Of(string text, Func<SnpFirmware, FirmwareResult> command) => new(text, SnpActor.Host, world => command(world.Firmware).ToOutcome());

    private static string Size(bool isLarge) => isLarge ? "2M" : "4K";

    private static string Swapping(in SwapOperands operands) =>
        $"context=0x{operands.Context.Frame.Value:x} from=0x{operands.Source.Frame.Value:x} to=0x{operands.Destination.Frame.Value:x} size={Size(operands.IsLarge)} "
        + $"type={operands.Type} entry={(operands.IsRoot ? "root" : $"0x{operands.Metadata.Value:x}")}";
}
