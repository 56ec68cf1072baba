using static GuestMemory.Rmp.Tests.Firmware.FirmwareWorld;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Firmware;

/// <content>Commands on pages, swapping left out.</content>
internal static partial class Attacks
{
    private static IEnumerable<KeyValuePair<string, Attack>> OfPages() =>
    [
        On("SNP_PAGE_RECLAIM/page-state", "INV-SNP-21", world => world.Firmware.PageReclaim(Small(ContextB))),
        On("SNP_PAGE_SET_STATE/page-state", "INV-SNP-21", world => world.Firmware.PageSetState(new FirmwareRange(ContextB.AlignDown(PageSize.Size2M).Address, 512))),
        On("SNP_PAGE_MD_INIT/page-state", "INV-SNP-21", world => world.Firmware.MetadataInit(ContextA, ContextB)),
        On("SNP_PAGE_MOVE/page-size", "INV-SNP-18", world => world.Firmware.PageMove(ContextA, Large(H()), Large(Y())), SmallPagesBeforeVictim, VictimReads(Y(5))),
        On("SNP_PAGE_MOVE/guest-destination", "INV-SNP-20", world => world.Firmware.PageMove(ContextA, Small(H(7)), Small(H(5))), world => Prepared(world, RunningOn(H(5))).PreSwap(H(7), G(7))),
        On("SNP_PAGE_MOVE/guest-owner", "INV-SNP-18", world => world.Firmware.PageMove(ContextA, Small(H(5)), Small(Y(5))), world => Prepared(world, VictimOnItsWayOut).PreGuest(Y(5), G(9)), VictimReads(Y(5))),
        On("SNP_PAGE_MOVE/metadata-destination", "INV-SNP-21", world => world.Firmware.PageMove(ContextA, Small(MetadataA), Small(ContextB))),
        On("SNP_PAGE_MOVE/source-state", "INV-SNP-18", world => world.Firmware.PageMove(ContextA, Small(H(5)), Small(Y(5))), VictimAt(H(5)), VictimReads(Y(5))),
        On("SNP_PAGE_UNSMASH/alike", "INV-SNP-24", world => world.Firmware.PageUnsmash(H()), world: rules => BlockWith(rules, (9, G(9), B))),
        On("SNP_PAGE_UNSMASH/consecutive", "INV-SNP-24", world => world.Firmware.PageUnsmash(H()), world: rules => BlockWith(rules, (1, G(2), A), (2, G(1), A))),
    ];

    private static void SmallPagesBeforeVictim(FirmwareWorld world)
    {
        world.PreGuest(H(), G());
        world.PreGuest(Y(), G(1));
        GiveVictim(world, Y(5), G(5));
    }

    // 512 pages of guest A's, some of which are another's or elsewhere.
    private static FirmwareWorld BlockWith(RuleSwitches rules, params (ulong Page, Gpa Gpa, Asid Asid)[] others)
    {
        var world = new FirmwareWorld(rules: rules);
        for (var page = 0UL; page < 512; page++)
        {
            var (_, gpa, asid) = others.Append((page, G(page), A)).First(one => one.Item1 == page);
            world.PreGuest(H(page), gpa, asid);
        }

        return world;
    }
}
