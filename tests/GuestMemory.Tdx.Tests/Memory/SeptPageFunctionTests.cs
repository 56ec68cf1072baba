using Xunit;

namespace GuestMemory.Tdx.Tests.Memory;

public sealed class SeptPageFunctionTests
{
    private const ulong None = ulong.MaxValue;
    private const ulong T = MemoryWorld.T;
    private const ulong Unused = 1UL << 63;
    private readonly MemoryWorld _world = new();

    [Fact]
    public void A_table_is_512_free_entries_and_counts_one()
    {
        _world.Write(T, 0x55);

        Assert.Equal((0UL, 0UL, 0UL), AnswerOf(_world.SeptAdd(0x200001)));

        Assert.Equal(0x8000000040010007, _world.Entry(0x200001).Raw);
        Assert.Equal((SeptLevel.Pt, SeptEntry.Free), (_world.PlaceOf(0x200000).Level, _world.Entry(0x200000)));
        Assert.Equal(new PamtEntry(PageType.Ept, _world.Td.Tdr, bepoch: 0), _world.Metadata(T, out _));
        Assert.Equal(10UL, _world.Td.ChildCount);
    }

    // tdx.md, 8: allow existing, and version 1's account of the page.
    [Theory]
    [InlineData(0, 0UL, T, 0xc0000b0d00000001, 0UL)]
    [InlineData(0, 1UL, T, 0UL, 0UL)]
    [InlineData(1, 0UL, T, 0xc0000b0d00000001, T)]
    [InlineData(1, 1UL, T, 0UL, T | Unused)]
    [InlineData(1, 1UL, T | Unused, 0UL, T | Unused)]
    [InlineData(1, 0UL, None, 0UL, None)]
    [InlineData(0, 1UL, None, 0xc000010000000008, 0UL)]
    public void An_existing_table_stays(int version, ulong flags, ulong page, ulong status, ulong r8)
    {
        var before = _world.Bytes();

        var result = _world.Module.Seamcall(TdxFunction.MemSeptAdd, new(1, MemoryWorld.Tdr | flags, page, None, None, None), version);

        Assert.Equal((status, r8), (result.Status.Value, result.R8));
        Assert.Equal(version == 0 ? 0 : None, result.R11);
        Assert.Equal(before, _world.Bytes());
    }

    // tdx-module, tdh_mem_sept_add.c: bit 63 of a page is not looked at; a page used is answered as -1, one refused as given.
    [Fact]
    public void Version_1_tells_what_became_of_the_page()
    {
        var refused = _world.Module.Seamcall(TdxFunction.MemSeptAdd, new(0x200001, MemoryWorld.Tdr, T | Unused, MemoryWorld.Q | Unused, None, None), version: 1);
        Assert.Equal((0xc000010000000009, T, MemoryWorld.Q, None), (refused.Status.Value, refused.R8, refused.R9, refused.R10));

        var unknown = _world.Module.Seamcall(TdxFunction.MemSeptAdd, new(0x200001, MemoryWorld.Tdr, T, None, None, None), version: 2);
        Assert.Equal((0xc000010000000000, 0UL), (unknown.Status.Value, unknown.R8));

        var used = _world.Module.Seamcall(TdxFunction.MemSeptAdd, new(0x200001, MemoryWorld.Tdr, T | Unused, None, None, None), version: 1);
        Assert.Equal((0UL, None, None, None, None), (used.Status.Value, used.R8, used.R9, used.R10, used.R11));
        Assert.Equal(PageType.Ept, _world.TypeOf(T));
    }

    [Fact]
    public void Version_1_tells_that_no_L2_page_was_freed()
    {
        _world.SeptAdd(0x200001);
        foreach (var function in new[] { TdxFunction.MemPagePromote, TdxFunction.MemSeptRemove })
        {
            var result = _world.Module.Seamcall(function, new(0x200001, MemoryWorld.Tdr), version: 1);
            Assert.Equal((0xc0000b0600000001, None, None, None), (result.Status.Value, result.R9, result.R10, result.R11));
            Assert.Equal(0UL, _world.Module.Seamcall(function, new(0x200001, MemoryWorld.Tdr)).R9);
        }
    }

    // tdx.md, 16: scenario 36; recordings, s31.
    [Fact]
    public void A_table_is_taken_back_blocked_tracked_and_empty()
    {
        _world.SeptAdd(0x200001);
        _world.Aug(0x203000, MemoryWorld.P);
        Assert.Equal((0xc0000b0600000001, 7UL, 0x8401UL), AnswerOf(_world.SeptRemove(0x200001)));
        _world.Block(0x200001);
        Assert.Equal((0xc0000b0800000001, 0UL, 0UL), AnswerOf(_world.SeptRemove(0x200001)));
        _world.Track();
        Assert.Equal((0xc0000b0e00000001, 0UL, 0x8101UL), AnswerOf(_world.SeptRemove(0x200001)));
        _world.Unblock(0x200001);
        _world.BlockAndTrack(0x203000);
        _world.Remove(0x203000);
        _world.BlockAndTrack(0x200001);

        Assert.Equal((0UL, T, 0UL), AnswerOf(_world.SeptRemove(0x200001)));

        Assert.Equal(0x80e0000000000000, _world.Entry(0x200001).Raw);
        Assert.Equal(PageType.Nda, _world.TypeOf(T));
        Assert.Equal((0x80e0000000000000, 0x80e0000000000000), (_world.Word(T), _world.Word(T + 0xff8)));
        Assert.Equal(9UL, _world.Td.ChildCount);
        Assert.Equal(0UL, _world.SeptAdd(0x200001).Status.Value);
    }

    // tdx.md, 16: scenario 37.
    [Fact]
    public void A_blocked_table_hides_what_is_below()
    {
        _world.Aug(0x2000, MemoryWorld.P);
        _world.Block(1);
        foreach (var answer in new[] { _world.Aug(0x3000, MemoryWorld.Q), _world.Remove(0x2000), _world.Block(0x2000), _world.SeptRd(0x2000), _world.Unblock(0x2000) })
        {
            Assert.Equal((0xc0000b0000000001, 0UL, 0x8101UL), AnswerOf(answer));
        }

        _world.Track();
        _world.Unblock(1);
        Assert.Equal((0UL, 0x80000000404000f0, 0x200UL), AnswerOf(_world.SeptRd(0x2000)));
    }

    // tdx.md, 8: SEPT.RD tells an entry of any state; 14: a table's page is hidden.
    [Fact]
    public void An_entry_is_told_with_its_level_and_state()
    {
        Assert.Equal((0UL, 7UL, 0x8403UL), AnswerOf(_world.SeptRd(3)));
        Assert.Equal((0UL, 0x8000000000000000, 0UL), AnswerOf(_world.SeptRd(0x2000)));
        Assert.Equal(0xc000010000000001, _world.SeptRd(4).Status.Value);
        Assert.Equal(0xc000010000000002, _world.World.Call(TdxFunction.MemSeptRd, 0x2000, MemoryWorld.Tdr | 1).Status.Value);
        _world.Td.IsDebug = true;
        Assert.Equal((0UL, 0UL), (_world.World.Call(TdxFunction.MemSeptRd, 0x2000, MemoryWorld.Tdr | 1).Status.Value, _world.World.Call(TdxFunction.MemSeptRd, 0x2000, MemoryWorld.Tdr | 1).R8));
    }

    // tdx.md, 4.1: five levels; the root's own entries are the highest a call can name.
    [Fact]
    public void A_tree_of_five_levels_has_one_level_more()
    {
        _world.Td.Sept = new(_world.Td.Sept!.Root, SeptLevel.Pml5);
        Assert.Equal((0UL, 0x8000000000000000, 4UL), AnswerOf(_world.SeptRd(4)));
        Assert.Equal((0xc0000b0000000001, 0x8000000000000000, 4UL), AnswerOf(_world.SeptAdd(3)));
        Assert.Equal(0UL, _world.SeptAdd(4).Status.Value);
        Assert.Equal((0UL, 0x8000000000000000, 3UL), AnswerOf(_world.SeptRd(3)));
    }

    private static (ulong Status, ulong Rcx, ulong Rdx) AnswerOf(TdxResult result) => (result.Status.Value, result.Rcx, result.Rdx);
}
