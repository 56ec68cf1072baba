using Xunit;

namespace GuestMemory.Tdx.Tests.Memory;

public sealed class PageAugTests
{
    private const ulong H = MemoryWorld.H;
    private const ulong P = MemoryWorld.P;
    private readonly MemoryWorld _world = new();

    // tdx.md, 16: scenario 3 (the page keeps its bytes until it is accepted) and 8.
    [Fact]
    public void A_page_is_pending_and_keeps_its_bytes()
    {
        _world.Write(P, 0x1234);

        Assert.Equal(0UL, _world.Aug(0x2000, P).Status.Value);

        Assert.Equal(0x81000000404000f0, _world.Entry(0x2000).Raw);
        Assert.Equal(new PamtEntry(PageType.Reg, _world.Td.Tdr, bepoch: 0), _world.Metadata(P, out var size));
        Assert.Equal(PageSize.Size4K, size);
        Assert.Equal(0x1234UL, _world.Word(P));
        Assert.Equal(10UL, _world.Td.ChildCount);
    }

    // tdx.md, 16: scenarios 4 and 5.
    [Fact]
    public void A_page_in_use_is_given_to_nobody_again()
    {
        var other = new Spa(0x4010_0000);
        _world.World.AddTd(other.Value, hkid: 34);
        _world.AddTables(other.Value, 0x4011_0000);
        _world.Aug(0x2000, P);

        Assert.Equal(0xc000030000000008, _world.Aug(0x3000, P).Status.Value);
        Assert.Equal(0xc000030000000008, _world.World.Call(TdxFunction.MemPageAug, 0x2000, other.Value, P).Status.Value);
    }

    // tdx.md, 16: scenario 6.
    [Fact]
    public void An_entry_in_use_takes_no_other_page()
    {
        _world.Aug(0x2000, P);
        AssertRefused(0xc0000b0d00000001, 0x80000000404000f0, 0x200, _world.Aug(0x2000, MemoryWorld.Q));
        _world.Accept(0x2000);
        AssertRefused(0xc0000b0d00000001, 0x80000000404000f7, 0x400, _world.Aug(0x2000, MemoryWorld.Q));
        _world.Block(0x2000);
        AssertRefused(0xc0000b0d00000001, 0x80000000404000f0, 0x100, _world.Aug(0x2000, MemoryWorld.Q));
    }

    // tdx.md, 16: scenario 7.
    [Fact]
    public void Without_a_table_the_walk_ends_above() =>
        AssertRefused(0xc0000b0000000001, 0x8000000000000000, 1, _world.Aug(0x200000, P));

    // tdx.md, 16: scenario 8.
    [Fact]
    public void A_2M_page_counts_512()
    {
        Assert.Equal(0UL, _world.Aug(0x200001, H).Status.Value);

        Assert.Equal(new PamtEntry(PageType.Reg, _world.Td.Tdr, bepoch: 0), _world.Metadata(H + 0x1ff000, out var size));
        Assert.Equal(PageSize.Size2M, size);
        Assert.Equal(521UL, _world.Td.ChildCount);
        Assert.Equal(0x81000000406000f0, _world.Entry(0x200001).Raw);
    }

    // tdx.md, 16: scenarios 9 to 13 and 15.
    [Theory]
    [InlineData(0x200001, H + 0x1000, 0xc000010000000008)]
    [InlineData(0x200002, H, 0xc000010000000001)]
    [InlineData(0x2000, 0x2000000, 0xc000010100000008)]
    [InlineData(0x2000, 0x50000000, 0xc000030000000008)]
    [InlineData(0x200001, 0x50000000, 0xc000030000000008)]
    [InlineData(0x2000, MemoryWorld.PdTable, 0xc000030000000008)]
    [InlineData(0x2000, 0x40101000, 0xc000030000000008)]
    [InlineData(0x2000, 0x40100000, 0xc000030000000008)]
    [InlineData(0x8000_0000_2000, P, 0xc000010000000001)]
    [InlineData(0x1_0000_0000_2000, P, 0xc000010000000001)]
    public void A_page_or_address_that_cannot_be_is_refused(ulong gpa, ulong page, ulong status)
    {
        _world.World.AddTd(0x4010_0000, hkid: 34);
        var before = _world.Bytes();

        AssertRefused(status, 0, 0, _world.Aug(gpa, page));

        Assert.Equal(before, _world.Bytes());
    }

    // tdx.md, 16: scenario 10.
    [Fact]
    public void A_2M_page_with_a_page_in_use_is_refused()
    {
        _world.Aug(0x2000, H + 0x5000);
        AssertRefused(0xc000030000000008, 0, 0, _world.Aug(0x200001, H));
        _world.Remove(0x2000);
        _world.BlockAndTrack(0x2000);
        _world.Remove(0x2000);
        Assert.Equal(0UL, _world.Aug(0x200001, H).Status.Value);
    }

    // tdx.md, 16: scenario 14; 6: the walk to the TD's root page holds its PAMT entries, and in 2M the one both share.
    [Fact]
    public void The_TDs_own_root_page_is_busy()
    {
        AssertRefused(0x8000020000000008, 0, 0, _world.Aug(0x2000, MemoryWorld.Tdr));
        AssertRefused(0x8000020000000008, 0, 0, _world.Aug(0x200001, MemoryWorld.Tdr));
        AssertRefused(0xc000030000000008, 0, 0, _world.Aug(0x2000, MemoryWorld.Tdr + 0x1000));
    }

    // The same where the range's first page is private already: who holds the lock is asked before what the page is.
    [Fact]
    public void The_range_of_the_root_page_is_busy_whatever_its_first_page_is()
    {
        var td = _world.World.AddTd(0x4080_1000, hkid: 34);
        _world.AddTables(td.Tdr.Address.Value, 0x4020_0000);
        _world.World.Call(TdxFunction.MemPageAug, 0x2000, td.Tdr.Address.Value, 0x4080_0000);
        Assert.Equal(PageType.Reg, _world.TypeOf(0x4080_0000));

        AssertRefused(0x8000020000000008, 0, 0, _world.World.Call(TdxFunction.MemPageAug, 0x200001, td.Tdr.Address.Value, 0x4080_0000));
        AssertRefused(0xc000030000000008, 0, 0, _world.Aug(0x200001, 0x4080_0000));
    }

    // tdx.md, 16: scenario 41.
    [Theory]
    [InlineData(P, 0xc000030000000002)]
    [InlineData(MemoryWorld.Tdr + 8, 0xc000010000000002)]
    [InlineData(0x2000000, 0xc000010100000002)]
    public void A_wrong_TD_is_refused(ulong tdr, ulong status) =>
        AssertRefused(status, 0, 0, _world.World.Call(TdxFunction.MemPageAug, 0x2000, tdr, P));

    // tdx.md, 14: Q9.
    [Fact]
    public void A_52_bit_TD_may_use_addresses_the_platform_has_not()
    {
        var narrow = TdxWorld.Recorded with { AddressBits = 46, HkidBits = 4, FirstPrivateHkid = new(8), ModuleHkid = new(8) };
        foreach (var (architectural, status) in new[] { (true, 0xc0000b0000000001), (false, 0xc000010000000001) })
        {
            var world = new TdxWorld(narrow with { Version = new("q9") { ChecksArchitecturalWidth = architectural } });
            world.AddTd(hkid: 9).IsWide = true;
            Assert.Equal(status, world.Call(TdxFunction.MemPageAug, 1UL << 46, MemoryWorld.Tdr, P).Status.Value);
        }
    }

    private static void AssertRefused(ulong status, ulong rcx, ulong rdx, TdxResult result) =>
        Assert.Equal((status, rcx, rdx), (result.Status.Value, result.Rcx, result.Rdx));
}
