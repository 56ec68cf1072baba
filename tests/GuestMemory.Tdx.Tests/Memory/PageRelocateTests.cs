using Xunit;

namespace GuestMemory.Tdx.Tests.Memory;

public sealed class PageRelocateTests
{
    private const ulong P = MemoryWorld.P;
    private const ulong Q = MemoryWorld.Q;
    private readonly MemoryWorld _world = new();

    // tdx.md, 16: scenario 34.
    [Fact]
    public void A_page_moves_with_its_content_once_it_is_tracked()
    {
        _world.Aug(0x2000, P);
        _world.Accept(0x2000);
        _world.Write(P + 0x10, 0x1234);
        Assert.Equal((0xc000010000000008, 0UL, 0UL), AnswerOf(_world.Relocate(0x2000, P)));
        Assert.Equal((0xc0000b0600000001, 0x80000000404000f7, 0x400UL), AnswerOf(_world.Relocate(0x2000, Q)));
        _world.BlockAndTrack(0x2000);

        Assert.Equal((0UL, P, 0UL), AnswerOf(_world.Relocate(0x2000, Q)));

        Assert.Equal(0x80000000404010f7, _world.Entry(0x2000).Raw);
        Assert.Equal(0x1234UL, _world.Word(Q + 0x10));
        Assert.Equal(new PamtEntry(PageType.Reg, _world.Td.Tdr, bepoch: 0), _world.Metadata(Q, out _));
        Assert.Equal(new PamtEntry(PageType.Nda, _world.Td.Tdr, bepoch: 1), _world.Metadata(P, out _));
        Assert.Equal(10UL, _world.Td.ChildCount);
    }

    // tdx-module, tdh_mem_page_relocate.c: the comparison sees 52 bits, so it comes before what is wrong above them.
    [Fact]
    public void The_same_page_is_refused_first_whatever_lies_above_52_bits()
    {
        _world.Aug(0x2000, P);
        Assert.Equal("TDH.MEM.PAGE.RELOCATE/same-page", _world.Relocate(0x2000, P | 1UL << 60).DecidedBy!.Id);
        Assert.Equal(0xc0000b0600000001, _world.Relocate(0x2000, P | 1UL << 46).Status.Value);
    }

    // tdx.md, 16: scenario 35.
    [Fact]
    public void A_pending_page_moves_without_content()
    {
        _world.Aug(0x2000, P);
        _world.Write(P, 0x1234);
        _world.Write(Q, 0x99);
        _world.BlockAndTrack(0x2000);

        Assert.Equal(P, _world.Relocate(0x2000, Q).Rcx);

        Assert.Equal(0x99UL, _world.Word(Q));
        Assert.Equal(0x81000000404010f0, _world.Entry(0x2000).Raw);
        _world.Accept(0x2000);
        Assert.Equal(0UL, _world.Word(Q));
    }

    // tdx.md, 14: Q4.
    [Fact]
    public void An_exported_page_moves_unblocked_in_modules_that_let_it()
    {
        foreach (var (lets, status) in new[] { (true, 0UL), (false, 0xc0000b0600000001) })
        {
            var world = new MemoryWorld(version: new("q4") { RelocatesExportedUntracked = lets });
            world.Aug(0x2000, P);
            world.SetEntry(0x2000, world.Entry(0x2000).With(SeptEntryState.ExportedBlockedWrite, SeptEntry.ReadExecute));
            world.Td.OpState = TdxOpState.LiveExport;
            Assert.Equal(status, world.Relocate(0x2000, Q).Status.Value);
            Assert.Equal(lets ? 0x80600000404010f5 : 0x80600000404000f5, world.Entry(0x2000).Raw);
        }

        _world.Aug(0x2000, P);
        _world.SetEntry(0x2000, _world.Entry(0x2000).With(SeptEntryState.BlockedWrite, SeptEntry.ReadExecute));
        Assert.Equal((0xc0000b0600000001, 0x80000000404000f5, 0x800UL), AnswerOf(_world.Relocate(0x2000, Q)));
    }

    private static (ulong Status, ulong Rcx, ulong Rdx) AnswerOf(TdxResult result) => (result.Status.Value, result.Rcx, result.Rdx);
}
