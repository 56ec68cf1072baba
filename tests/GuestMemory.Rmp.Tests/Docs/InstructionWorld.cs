namespace GuestMemory.Rmp.Tests.Docs;

/// <summary>One page that begins a 2M block, two guests of which one runs, two guest addresses, and the instructions with every operand that matters.</summary>
internal static class InstructionWorld
{
    private const ulong Frames = 2048;
    private static readonly Asid s_guest = new(1);
    private static readonly Asid s_other = new(2);
    private static readonly Pfn s_page = new(512);
    private static readonly Gpa[] s_places = [new(0x20_0000), new(0x40_0000)];
    private static readonly bool[] s_both = [false, true];
    private static readonly PageSize[] s_sizes = [PageSize.Size4K, PageSize.Size2M];

    public static SmallWorld Make() => new(
        new(RmpCoverage.AtEndOf(new(default, Frames))), [s_page], [.. Updates(), .. Smash(), .. Validations(), .. Adjustments()], Key);

    // A neighbour tells whether the rest of the block is assigned.
    private static string Key(SnpPlatform platform)
    {
        var (page, neighbour) = (platform.Table.Resolve(s_page), platform.Table.Resolve(s_page + 1));
        return $"{page.Low:x} {page.High:x} {neighbour.Low:x} {neighbour.High:x}";
    }

    private static IEnumerable<Move> Updates() =>
        from assigned in s_both
        from asid in new[] { default, s_guest, s_other }
        from immutable in s_both
        from isLarge in s_both
        from place in asid == s_guest ? s_places : s_places[..1]
        let operands = new RmpUpdateOperands(s_page.Address, assigned, asid, place.Value, isLarge, immutable)
        select new Move("RMPUPDATE", Host.TextOf(operands), platform => platform.RmpUpdate(operands));

    private static IEnumerable<Move> Smash() => [new("PSMASH", "", platform => platform.Psmash(s_page.Address))];

    private static IEnumerable<Move> Validations() =>
        from walk in Walks()
        from isLarge in s_both
        from validate in s_both
        select new Move("PVALIDATE", validate ? "1" : "0", platform => platform.Pvalidate(CpuState.Guest(s_guest), walk, isLarge, validate));

    private static IEnumerable<Move> Adjustments() =>
        from walk in Walks()
        from isLarge in s_both
        from mask in new[] { VmplPermissions.None, VmplPermissions.Read }
        from vmsa in s_both
        let attributes = 1UL | ((ulong)mask << 8) | (vmsa ? 0x1_0000UL : 0)
        select new Move("RMPADJUST", "", platform => platform.RmpAdjust(CpuState.Guest(s_guest), walk, isLarge, attributes));

    private static IEnumerable<GuestWalk> Walks() =>
        from place in s_places
        from size in s_sizes
        select new GuestWalk(place.Value, place, s_page, size);
}
