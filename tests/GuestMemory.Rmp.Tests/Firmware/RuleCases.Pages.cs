using Xunit;
using static GuestMemory.Rmp.Tests.Firmware.FirmwareWorld;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Firmware;

/// <content>Commands on pages, swapping left out.</content>
internal static partial class RuleCases
{
    private static IEnumerable<RuleCase> PageCases() =>
    [
        Case("SNP_PAGE_RECLAIM/address", SevStatus.InvalidAddress, world => world.Firmware.PageReclaim(new PageOperands(Own))),
        Case("SNP_PAGE_RECLAIM/address", SevStatus.InvalidAddress, world => world.Firmware.PageReclaim(new PageOperands(Beyond))),
        Case("SNP_PAGE_RECLAIM/mutable", SevStatus.Success, world => world.Firmware.PageReclaim(Large(H()))),
        Case("SNP_PAGE_RECLAIM/page-state", SevStatus.InvalidPageState, world => world.Firmware.PageReclaim(Small(ContextA))),
        Case("SNP_PAGE_RECLAIM/page-size", SevStatus.InvalidPageSize, world => world.Firmware.PageReclaim(new PageOperands(Spare.Address, true))),
        Case("SNP_PAGE_RECLAIM/page-size", SevStatus.InvalidPageSize, world => world.Firmware.PageReclaim(Small(Y(1))), LargeFirmware),
        Case("SNP_PAGE_RECLAIM/alignment", SevStatus.InvalidAddress, world => world.Firmware.PageReclaim(new PageOperands(Y(1).Address, true)), LargeFirmware),
        Case("SNP_PAGE_SET_STATE/list-address", SevStatus.InvalidAddress, world => world.Firmware.PageSetState(new SetStateOperands([], Beyond))),
        Case("SNP_PAGE_SET_STATE/range-address", SevStatus.InvalidAddress, world => world.Firmware.PageSetState(new FirmwareRange(Beyond, 512))),
        Case("SNP_PAGE_SET_STATE/range-address", SevStatus.InvalidAddress, world => world.Firmware.PageSetState(new FirmwareRange(Own, 1))),
        Case("SNP_PAGE_SET_STATE/range-address", SevStatus.InvalidAddress, world => world.Firmware.PageSetState(new FirmwareRange(H().Address, ulong.MaxValue))),
        Case("SNP_PAGE_SET_STATE/range-alignment", SevStatus.InvalidParam, world => world.Firmware.PageSetState(new FirmwareRange(H().Address, 511))),
        Case("SNP_PAGE_SET_STATE/page-state", SevStatus.InvalidPageState, world => world.Firmware.PageSetState(new FirmwareRange(H().Address, 512))),
        Case("SNP_PAGE_SET_STATE/page-state", SevStatus.InvalidPageState, world => world.Firmware.PageSetState(new FirmwareRange(Y().Address, 512)), LargeFirmware),
        Case("SNP_PAGE_MD_INIT/address", SevStatus.InvalidAddress, world => world.Firmware.MetadataInit(new(ContextA.Address, Own))),
        Case("SNP_PAGE_MD_INIT/page-state", SevStatus.InvalidPageState, world => world.Firmware.MetadataInit(ContextA, H())),
        Case("SNP_PAGE_MD_INIT/page-size", SevStatus.InvalidPageSize, world => world.Firmware.MetadataInit(ContextA, Y()), LargeFirmware),
        Case("SNP_PAGE_MOVE/address", SevStatus.InvalidAddress, world => world.Firmware.PageMove(new(ContextA.Address, H().Address, Own, false))),
        Case("SNP_PAGE_MOVE/address", SevStatus.InvalidAddress, world => world.Firmware.PageMove(new(ContextA.Address, H(1).Address, Y().Address, true))),
        Case("SNP_PAGE_MOVE/page-size", SevStatus.InvalidPageSize, world => world.Firmware.PageMove(ContextA, Large(H()), Large(Y())), world => world.PreGuest(H(), G())),
        Case("SNP_PAGE_MOVE/page-size", SevStatus.InvalidPageSize, world => world.Firmware.PageMove(ContextA, Small(H()), Small(Y())), world => LargeFirmware(world, () => world.PreGuest(H(), G()))),
        Case("SNP_PAGE_MOVE/guest-destination", SevStatus.InvalidPageState, world => world.Firmware.PageMove(ContextA, Small(H()), Small(Y())), world => world.PreGuest(H(), G())),
        Case("SNP_PAGE_MOVE/guest-owner", SevStatus.InvalidPageOwner, world => world.Firmware.PageMove(ContextA, Small(H()), Small(Y())), world => TwoPages(world, B, A)),
        Case("SNP_PAGE_MOVE/guest-owner", SevStatus.InvalidPageOwner, world => world.Firmware.PageMove(ContextA, Small(H()), Small(Y())), world => TwoPages(world, A, B)),
        Case("SNP_PAGE_MOVE/metadata-destination", SevStatus.InvalidPageState, world => world.Firmware.PageMove(ContextA, Small(MetadataA), Small(Y()))),
        Case("SNP_PAGE_MOVE/metadata-owner", SevStatus.InvalidPageOwner, world => world.Firmware.PageMove(ContextA, Small(MetadataB), Small(Spare))),
        Case("SNP_PAGE_MOVE/source-state", SevStatus.InvalidPageState, world => world.Firmware.PageMove(ContextA, Small(Spare), Small(Y()))),
        Case("SNP_PAGE_UNSMASH/address", SevStatus.InvalidAddress, world => world.Firmware.PageUnsmash(new PageOperands(Own))),
        Case("SNP_PAGE_UNSMASH/address", SevStatus.InvalidAddress, world => world.Firmware.PageUnsmash(new PageOperands(Beyond))),
        Case("SNP_PAGE_UNSMASH/alike", SevStatus.InvalidPageState, world => world.Firmware.PageUnsmash(H()), world => world.PreGuest(H(), G())),
        Case("SNP_PAGE_UNSMASH/alike", SevStatus.InvalidPageState, world => world.Firmware.PageUnsmash(H()), UnlikeBlock),
        Case("SNP_PAGE_UNSMASH/consecutive", SevStatus.InvalidPageState, world => world.Firmware.PageUnsmash(H()), world => Block(world, H(), G(1))),
        Case("SNP_PAGE_UNSMASH/alignment", SevStatus.InvalidPageState, world => world.Firmware.PageUnsmash(H(1)), world => Block(world, H(1), G())),
        Case("SEV_LEGACY/address", SevStatus.InvalidAddress, world => world.Firmware.CheckLegacyTarget(Own.Frame)),
        Case("SEV_LEGACY/page-state", SevStatus.InvalidPageState, world => world.Firmware.CheckLegacyTarget(H())),
    ];

    private static void LargeFirmware(FirmwareWorld world) => Assert.True(world.Snp.ToFirmware(Y(), PageSize.Size2M).IsSuccess);

    private static void LargeFirmware(FirmwareWorld world, Action then)
    {
        LargeFirmware(world);
        then();
    }

    private static void TwoPages(FirmwareWorld world, Asid first, Asid second)
    {
        world.PreGuest(H(), G(), first);
        world.PreGuest(Y(), G(1), second);
    }

    private static void UnlikeBlock(FirmwareWorld world)
    {
        Block(world, H(), G());
        world.Snp.Table.Change(H(9), world.Snp.Table.Resolve(H(9)).WithPermissions(new(1), VmplPermissions.Read));
    }

    private static void Block(FirmwareWorld world, Pfn start, Gpa gpa)
    {
        for (var page = 0UL; page < 512; page++)
        {
            world.PreGuest(start + page, gpa + (page << 12));
        }
    }
}
