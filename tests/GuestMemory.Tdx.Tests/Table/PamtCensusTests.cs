using Xunit;

namespace GuestMemory.Tdx.Tests.Table;

public sealed class PamtCensusTests
{
    private static readonly Pfn s_root = new(0x40003);

    [Fact]
    public void Every_entry_in_use_is_counted_under_its_size_and_type()
    {
        var pamt = new Pamt([new Tdmr(new(0x4000_0000), 4UL << 30) { ReservedAreas = [new(new(0x50000), 0x100), new(new(0x10_0010), 3)] }]);
        pamt.Write(PageSize.Size4K, s_root, new(PageType.Tdr, default, 0));
        pamt.Write(PageSize.Size4K, new(0x40000), new(PageType.Ept, s_root, 0));
        pamt.Write(PageSize.Size4K, new(0x401ff), new(PageType.Tdcx, s_root, 0));
        pamt.Write(PageSize.Size4K, new(0x40200), new(PageType.Reg, s_root, 0));
        pamt.Write(PageSize.Size4K, new(0x40200), default);
        pamt.Write(PageSize.Size4K, new(0x50100), new(PageType.Reg, s_root, 0));
        pamt.Write(PageSize.Size2M, new(0x40400), new(PageType.Reg, s_root, 0));
        pamt.Write(PageSize.Size2M, new(0x40600), new(PageType.Reg, s_root, 0));
        pamt.Write(PageSize.Size2M, new(0x7fe00), new(PageType.Pamt, s_root, 0));
        pamt.Write(PageSize.Size1G, new(0xc0000), new(PageType.Reg, s_root, 0));
        var counts = new long[3 * Pamt.Types];
        Array.Fill(counts, 99);

        pamt.Count(counts);

        (PageSize, PageType, long)[] expected =
        [
            (PageSize.Size4K, PageType.Rsvd, 0x103), (PageSize.Size4K, PageType.Reg, 1), (PageSize.Size4K, PageType.Tdr, 1), (PageSize.Size4K, PageType.Tdcx, 1),
            (PageSize.Size4K, PageType.Ept, 1), (PageSize.Size2M, PageType.Reg, 2), (PageSize.Size2M, PageType.Pamt, 1), (PageSize.Size1G, PageType.Reg, 1),
        ];
        Assert.Equal(expected, Named(counts));
    }

    private static IEnumerable<(PageSize Size, PageType Type, long Count)> Named(long[] counts) => counts
        .Select((count, at) => ((PageSize)(at / Pamt.Types), (PageType)(byte)(at % Pamt.Types), count))
        .Where(row => row.count != 0);
}
