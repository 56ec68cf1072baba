using Xunit;

namespace GuestMemory.Tdx.Tests.Memory;

public sealed class TrackingTests
{
    private const ulong P = MemoryWorld.P;
    private readonly MemoryWorld _world = new();

    // tdx.md, 16: scenarios 16 and 17.
    [Fact]
    public void A_page_is_removed_after_block_and_tracking_only()
    {
        _world.Aug(0x2000, P);
        _world.Accept(0x2000);
        Assert.Equal((0xc0000b0600000001, 0x80000000404000f7, 0x400UL), AnswerOf(_world.Remove(0x2000)));
        Assert.Equal((0UL, 0UL, 0UL), AnswerOf(_world.Block(0x2000)));
        Assert.Equal(1UL, _world.Metadata(P, out _).Bepoch);
        Assert.Equal((0xc0000b0800000001, 0UL, 0UL), AnswerOf(_world.Remove(0x2000)));
    }

    // tdx.md, 16: scenario 18.
    [Fact]
    public void A_vCPU_of_the_old_epoch_keeps_the_page_until_it_leaves()
    {
        _world.Aug(0x2000, P);
        _world.Accept(0x2000);
        _world.Enter();
        Assert.Equal(0UL, _world.Block(0x2000).Status.Value);
        Assert.Equal(0UL, _world.Track().Status.Value);
        Assert.Equal(0xc0000b0800000001, _world.Remove(0x2000).Status.Value);

        _world.Exit(epoch: 1);

        Assert.Equal((0UL, P, 0UL), AnswerOf(_world.Remove(0x2000)));
        Assert.Equal(0x80e0000000000000, _world.Entry(0x2000).Raw);
        Assert.Equal(9UL, _world.Td.ChildCount);
    }

    // tdx.md, 16: scenario 19; 5.1.
    [Fact]
    public void The_next_epoch_waits_for_the_last_but_one()
    {
        _world.Enter();
        Assert.Equal((0UL, 0UL, 0UL), AnswerOf(_world.Track()));
        Assert.Equal((0x8000020100000000, 0UL, 0UL), AnswerOf(_world.Track()));
        _world.Exit(epoch: 1);
        Assert.Equal(0UL, _world.Track().Status.Value);
        Assert.Equal(3UL, _world.Td.Epoch);
    }

    // tdx.md, 16: scenarios 20 to 22; 14: Q6. A second block does not begin tracking anew.
    [Fact]
    public void A_block_is_taken_back_once_it_is_tracked()
    {
        _world.Aug(0x2000, P);
        _world.Accept(0x2000);
        _world.Write(P, 0x22);
        _world.Block(0x2000);
        _world.Td.Epoch = 2;
        Assert.Equal((0x00000b0700000001UL, 0x80000000404000f0, 0x100UL), AnswerOf(_world.Block(0x2000)));
        Assert.Equal(1UL, _world.Metadata(P, out _).Bepoch);
        _world.Td.Epoch = 1;
        Assert.Equal((0xc0000b0800000092, 0UL, 0UL), AnswerOf(_world.Unblock(0x2000)));
        _world.Track();
        Assert.Equal((0UL, 0UL, 0UL), AnswerOf(_world.Unblock(0x2000)));
        Assert.Equal(0x80000000404000f7, _world.Entry(0x2000).Raw);
        Assert.Equal(0x22UL, _world.Word(P));
        Assert.Equal(1UL, _world.Metadata(P, out _).Bepoch);
    }

    // tdx.md, 14: Q6, and a module without it.
    [Fact]
    public void A_module_without_the_quirk_names_the_address()
    {
        var world = new MemoryWorld(version: new("q6") { UnblockNamesTree = false });
        world.Aug(0x2000, P);
        world.Block(0x2000);

        var result = world.Unblock(0x2000);

        Assert.Equal((0xc0000b0800000001, 0UL, 0UL), AnswerOf(result));
        Assert.Equal("TDH.MEM.RANGE.UNBLOCK/tracked-rcx", result.DecidedBy!.Id);
    }

    // tdx.md, 16: scenario 23: nothing of the old content comes back by itself; removing scrubs nothing.
    [Fact]
    public void A_page_that_comes_back_is_pending()
    {
        _world.Aug(0x2000, P);
        _world.Accept(0x2000);
        _world.Write(P, 0x5ec7e7);
        _world.BlockAndTrack(0x2000);
        Assert.Equal(P, _world.Remove(0x2000).Rcx);
        Assert.Equal(0x5ec7e7UL, _world.Word(P));

        Assert.Equal(0UL, _world.Aug(0x2000, P).Status.Value);
        Assert.Equal(SeptEntryState.Pending, _world.Entry(0x2000).State);
        _world.Accept(0x2000);
        Assert.Equal(0UL, _world.Word(P));
    }

    // tdx.md, 16: scenario 24 (the host's part): the swapped page is pending, so the guest sees it.
    [Fact]
    public void A_page_swapped_by_the_host_is_pending()
    {
        _world.Aug(0x2000, P);
        _world.Accept(0x2000);
        _world.BlockAndTrack(0x2000);
        _world.Remove(0x2000);

        Assert.Equal(0UL, _world.Aug(0x2000, MemoryWorld.Q).Status.Value);

        Assert.Equal(0x81000000404010f0, _world.Entry(0x2000).Raw);
    }

    // tdx.md, 14: Q1. Owner and epoch of a free page stay, or do not.
    [Fact]
    public void A_free_page_remembers_its_last_owner_in_modules_that_keep_it()
    {
        foreach (var (keeps, expected) in new[] { (true, new PamtEntry(PageType.Nda, new(0x40000), bepoch: 1)), (false, default) })
        {
            var world = new MemoryWorld(version: new("q1") { KeepsStaleOwner = keeps });
            world.Aug(0x2000, P);
            world.BlockAndTrack(0x2000);
            world.Remove(0x2000);
            Assert.Equal(expected, world.Metadata(P, out _));
        }
    }

    // tdx.md, 16: scenario 38 and 17, 2: a TD that cannot run needs no tracking.
    [Theory]
    [InlineData(TdxOpState.Initialized, 0UL)]
    [InlineData(TdxOpState.Runnable, 0xc0000b0600000001)]
    [InlineData(TdxOpState.LiveExport, 0xc0000b0600000001)]
    [InlineData(TdxOpState.PausedExport, 0UL)]
    [InlineData(TdxOpState.PostExport, 0UL)]
    [InlineData(TdxOpState.PostImport, 0UL)]
    [InlineData(TdxOpState.LiveImport, 0xc0000b0600000001)]
    [InlineData(TdxOpState.FailedImport, 0UL)]
    public void Tracking_is_due_while_the_TD_may_run(TdxOpState opState, ulong status)
    {
        _world.Aug(0x2000, P);
        _world.Aug(0x3000, MemoryWorld.Q);
        _world.Td.OpState = opState;

        Assert.Equal(status, _world.Remove(0x2000).Status.Value);
        if (status == 0 && opState != TdxOpState.FailedImport)
        {
            _world.Block(0x3000);
            Assert.Equal(0UL, _world.Unblock(0x3000).Status.Value);
        }
    }

    // tdx.md, 16: scenario 54: what is removed during an import is remembered.
    [Fact]
    public void A_page_removed_during_an_import_leaves_a_mark()
    {
        _world.Aug(0x2000, P);
        _world.Td.OpState = TdxOpState.LiveImport;
        _world.Td.MigrationEpoch = 7;
        _world.BlockAndTrack(0x2000);
        Assert.Equal((0UL, P, 0UL), AnswerOf(_world.Remove(0x2000)));
        Assert.Equal(0x80c0100000007000, _world.Entry(0x2000).Raw);
        _world.BlockAndTrack(1);
        Assert.Equal((0xc0000b0e00000001, 0UL, 0x8101UL), AnswerOf(_world.SeptRemove(1)));
        _world.Unblock(1);
        Assert.Equal(0UL, _world.Aug(0x2000, P).Status.Value);
        Assert.Equal(SeptEntryState.Pending, _world.Entry(0x2000).State);
    }

    // tdx.md, 16: scenario 53.
    [Fact]
    public void Tracking_of_one_TD_is_none_of_another()
    {
        const ulong OtherTdr = 0x4010_0000;
        _world.World.AddTd(OtherTdr, hkid: 34);
        _world.AddTables(OtherTdr, 0x4011_0000);
        _world.Aug(0x2000, P);
        _world.World.Call(TdxFunction.MemPageAug, 0x2000, OtherTdr, MemoryWorld.Q);
        _world.Block(0x2000);
        _world.World.Call(TdxFunction.MemRangeBlock, 0x2000, OtherTdr);
        _world.Track();

        Assert.Equal(0xc0000b0800000001, _world.World.Call(TdxFunction.MemPageRemove, 0x2000, OtherTdr).Status.Value);
        Assert.Equal(0UL, _world.Remove(0x2000).Status.Value);
    }

    // tdx.md, 16: scenario 33.
    [Fact]
    public void Pages_are_removed_at_their_own_size()
    {
        _world.Aug(0x200001, MemoryWorld.H);
        Assert.Equal((0xc0000b0000000001, 0x80000000406000f0, 0x201UL), AnswerOf(_world.Remove(0x201000)));
        Assert.Equal((0xc0000b0d00000001, 7UL, 0x8401UL), AnswerOf(_world.Remove(1)));
        _world.BlockAndTrack(0x200001);
        Assert.Equal((0UL, MemoryWorld.H, 0UL), AnswerOf(_world.Remove(0x200001)));
        Assert.Equal(9UL, _world.Td.ChildCount);
        Assert.Equal(PageType.Nda, _world.TypeOf(MemoryWorld.H + 0x3000));
    }

    // tdx.md, 5.1: tracked, by epochs and who is inside; a migration tag never is.
    [Theory]
    [InlineData(1UL, 0, 0, true)]
    [InlineData(4UL, 0, 0, true)]
    [InlineData(4UL, 1, 0, false)]
    [InlineData(4UL, 0, 1, true)]
    [InlineData(3UL, 1, 1, true)]
    [InlineData(5UL, 0, 0, false)]
    [InlineData(6UL, 0, 0, false)]
    [InlineData(0x8000000000000001, 0, 0, false)]
    public void Tracked_is_the_epoch_nobody_is_in(ulong epoch, uint even, uint odd, bool tracked)
    {
        (_world.Td.Epoch, _world.Td.EvenReferences, _world.Td.OddReferences) = (5, even, odd);
        Assert.Equal(tracked, _world.Td.IsTracked(epoch));
    }

    private static (ulong Status, ulong Rcx, ulong Rdx) AnswerOf(TdxResult result) => (result.Status.Value, result.Rcx, result.Rdx);
}
