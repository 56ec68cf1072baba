using Xunit;

namespace GuestMemory.Tdx.Tests.Memory;

public sealed class PagePromoteTests
{
    private const ulong A2M = 0x200001;
    private const ulong H = MemoryWorld.H;
    private const ulong T = MemoryWorld.T;
    private readonly MemoryWorld _world = new();

    // tdx.md, 16: scenarios 30 and 32; recordings, s20: the freed page keeps its entries, locked.
    [Fact]
    public void Alike_pages_in_a_row_merge_after_block_and_tracking()
    {
        _world.Aug(A2M, H);
        _world.BlockAndTrack(A2M);
        _world.Demote(A2M);
        Assert.Equal((0xc0000b0600000001, 7UL, 0x8401UL), AnswerOf(_world.Promote(A2M)));
        _world.Block(A2M);
        Assert.Equal((0xc0000b0800000001, 0UL, 0UL), AnswerOf(_world.Promote(A2M)));
        _world.Track();
        Assert.Equal((0UL, T, 0UL), AnswerOf(_world.Promote(A2M)));

        Assert.Equal(0x81000000406000f0, _world.Entry(A2M).Raw);
        Assert.Equal(new PamtEntry(PageType.Reg, _world.Td.Tdr, bepoch: 1), _world.Metadata(H + 0x1ff000, out var size));
        Assert.Equal(PageSize.Size2M, size);
        Assert.Equal(new PamtEntry(PageType.Nda, _world.Td.Tdr, bepoch: 2), _world.Metadata(T, out _));
        Assert.Equal(0x81000000406008f0, _world.Word(T));
        Assert.Equal(0x81000000407ff8f0, _world.Word(T + 0xff8));
        Assert.Equal(521UL, _world.Td.ChildCount);
    }

    // tdx.md, 14: Q1: the large entry shows an old epoch, or none.
    [Fact]
    public void A_module_that_forgets_gives_a_merged_page_no_old_epoch()
    {
        var world = new MemoryWorld(version: new("q1") { KeepsStaleOwner = false });
        world.Aug(A2M, H);
        world.BlockAndTrack(A2M);
        world.Demote(A2M);
        Assert.Equal(default, world.Module.Pamt[PageSize.Size2M, new Spa(H).Frame]);
        world.BlockAndTrack(A2M);
        Assert.Equal(0UL, world.Promote(A2M).Status.Value);

        Assert.Equal(new PamtEntry(PageType.Reg, world.Td.Tdr, bepoch: 0), world.Metadata(H, out _));
        Assert.Equal(default, world.Module.Pamt[PageSize.Size4K, new Spa(H + 0x5000).Frame]);
        Assert.True(world.Module.Pamt.IsFree2M(new Spa(H).Frame));
    }

    // tdx.md, 16: scenario 31, and the recorded first refusals of each kind.
    [Theory]
    [InlineData(0)]
    [InlineData(511)]
    public void Unlike_pages_do_not_merge(int child)
    {
        foreach (var change in new Func<SeptEntry, SeptEntry>[]
        {
            static entry => entry.With(SeptEntryState.Mapped, SeptEntry.ReadWriteExecute),
            static entry => entry.WithPage(new(0x50001)),
            static entry => SeptEntry.Free,
            static entry => entry.With(SeptEntryState.PendingBlocked, rights: 0),
        })
        {
            var world = new MemoryWorld();
            world.Aug(A2M, H);
            world.BlockAndTrack(A2M);
            world.Demote(A2M);
            world.BlockAndTrack(A2M);
            var table = world.PlaceOf(A2M).Page.Child(1)!;
            table[child] = change(table[child]);
            var before = world.Bytes();

            Assert.Equal((0xc0000b0900000001, 0UL, 0x8101UL), AnswerOf(world.Promote(A2M)));
            Assert.Equal(before, world.Bytes());
        }
    }

    // tdx.md, 16: scenario 31: nothing below; a row that does not begin at 2 MiB.
    [Fact]
    public void An_empty_table_and_a_row_off_its_place_do_not_merge()
    {
        _world.SeptAdd(A2M);
        _world.BlockAndTrack(A2M);
        Assert.Equal((0xc0000b0900000001, 0UL, 0x8101UL), AnswerOf(_world.Promote(A2M)));
        var table = _world.PlaceOf(A2M).Page.Child(1)!;
        table.FillLeaves(SeptEntry.Leaf(SeptEntryState.Mapped, new(0x40601), SeptEntry.ReadWriteExecute));
        Assert.Equal((0xc0000b0900000001, 0UL, 0x8101UL), AnswerOf(_world.Promote(A2M)));
    }

    // tdx-module, is_sept_page_valid_for_merge: the children's locks are taken one by one; a held one ends it, told with the table's entry.
    [Fact]
    public void A_held_child_is_busy_and_waited_for()
    {
        _world.Aug(A2M, H);
        _world.BlockAndTrack(A2M);
        _world.Demote(A2M);
        _world.BlockAndTrack(A2M);
        var table = _world.PlaceOf(A2M).Page.Child(1)!;
        table[4] = table[4].WithHostPriority(true);
        table[5] = table[5].WithLock(true);
        table[6] = table[6].WithHostPriority(true);

        Assert.Equal((0x8000020000000001, 0UL, 0x8101UL), AnswerOf(_world.Promote(A2M)));

        Assert.Equal((false, true, true), (table[4].HasHostPriority, table[5].HasHostPriority, table[6].HasHostPriority));
        table[5] = table[5].WithLock(false);
        table[7] = SeptEntry.Free;
        Assert.Equal(0xc0000b0900000001, _world.Promote(A2M).Status.Value);
        Assert.Equal((false, false), (table[5].HasHostPriority, table[6].HasHostPriority));
    }

    // MB-65: what an interrupted PROMOTE leaves in RCX and RDX.
    [Fact]
    public void An_interrupted_merge_changes_nothing()
    {
        foreach (var (restores, rcx, rdx) in new[] { (false, 0UL, 0UL), (true, A2M, MemoryWorld.Tdr) })
        {
            var world = new MemoryWorld(version: new("mb-65") { PromoteRestoresOperands = restores });
            world.Aug(A2M, H);
            world.BlockAndTrack(A2M);
            world.Demote(A2M);
            world.BlockAndTrack(A2M);
            var before = world.Bytes();
            world.Module.Interrupts.Arm(0);

            Assert.Equal((0x8000000400000000, rcx, rdx), AnswerOf(world.Promote(A2M)));

            Assert.Equal(before, world.Bytes());
            Assert.Equal(0UL, world.Promote(A2M).Status.Value);
        }
    }

    // tdx.md, 8: 512 large pages merge into one of 1 GiB; a counter below is looked past, and left where it was. Source: tdx-module.
    [Fact]
    public void Large_pages_merge_into_one_of_1G_and_it_splits_again()
    {
        const ulong A1G = 0x40000002;
        const ulong Gibibyte = TdxWorld.SecondTdmr;
        _world.SeptAdd(A1G);
        for (var large = 0UL; large < 512; large++)
        {
            Assert.Equal(0UL, _world.Aug(0x40000001 + (large << 21), Gibibyte + (large << 21)).Status.Value);
        }

        _world.SetEntry(0x40000001, _world.Entry(0x40000001).WithAcceptCounter(3));
        _world.BlockAndTrack(A1G);
        Assert.Equal((0UL, T, 0UL), AnswerOf(_world.Promote(A1G)));
        Assert.Equal(0x81000001000030f0, _world.Entry(A1G).Raw);
        Assert.Equal(PageType.Reg, _world.Metadata(Gibibyte + 0x12345000, out var size).Type);
        Assert.Equal((PageSize.Size1G, 262153UL), (size, _world.Td.ChildCount));

        _world.BlockAndTrack(A1G);
        Assert.Equal(0UL, _world.Demote(A1G).Status.Value);
        Assert.Equal(0x81000001002000f0, _world.Entry(0x40200001).Raw);
        Assert.Equal(PageType.Reg, _world.Metadata(Gibibyte + 0x12345000, out size).Type);
        Assert.Equal((PageSize.Size2M, 262154UL), (size, _world.Td.ChildCount));
        _world.BlockAndTrack(0x40000001);
        Assert.Equal(Gibibyte, _world.Remove(0x40000001).Rcx);
    }

    private static (ulong Status, ulong Rcx, ulong Rdx) AnswerOf(TdxResult result) => (result.Status.Value, result.Rcx, result.Rdx);
}
