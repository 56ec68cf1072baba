using Xunit;

namespace GuestMemory.Tdx.Tests.Memory;

public sealed class PageDemoteTests
{
    private const ulong A2M = 0x200001;
    private const ulong H = MemoryWorld.H;
    private const ulong T = MemoryWorld.T;
    private readonly MemoryWorld _world = new();

    // tdx.md, 16: scenario 25; 2.4: children get type and owner, block epoch 0.
    [Fact]
    public void A_split_page_keeps_its_bytes_and_is_512_mapped_pages()
    {
        Give(accepted: true);
        _world.Write(H + 0x5008, 0x77);
        Assert.Equal((0xc0000b0600000001, 0x80000000406000f7, 0x401UL), AnswerOf(_world.Demote(A2M)));
        _world.Block(A2M);
        Assert.Equal((0xc0000b0800000001, 0UL, 0UL), AnswerOf(_world.Demote(A2M)));
        _world.Track();
        Assert.Equal((0UL, 0UL, 0UL), AnswerOf(_world.Demote(A2M)));

        Assert.Equal(0x8000000040010007, _world.Entry(A2M).Raw);
        Assert.Equal(0x80000000406000f7, _world.Entry(0x200000).Raw);
        Assert.Equal(0x80000000407ff0f7, _world.Entry(0x3ff000).Raw);
        Assert.Equal(512, _world.PlaceOf(0x200000).Page.InUse);
        Assert.Equal(new PamtEntry(PageType.Reg, _world.Td.Tdr, bepoch: 0), _world.Metadata(H + 0x1ff000, out var size));
        Assert.Equal(PageSize.Size4K, size);
        Assert.Equal(new PamtEntry(PageType.Nda, _world.Td.Tdr, bepoch: 1), _world.Module.Pamt[PageSize.Size2M, new Spa(H).Frame]);
        Assert.Equal(new PamtEntry(PageType.Ept, _world.Td.Tdr, bepoch: 0), _world.Metadata(T, out _));
        Assert.Equal(522UL, _world.Td.ChildCount);
        Assert.Equal(0x77UL, _world.Word(H + 0x5008));
    }

    // tdx.md, 16: scenarios 26 and 27: what was accepted in part is forgotten.
    [Fact]
    public void A_split_page_that_waits_for_its_guest_is_512_that_do()
    {
        Give(accepted: false);
        _world.SetEntry(A2M, _world.Entry(A2M).WithAcceptCounter(0x123));
        Assert.Equal((0UL, 0x80000000407230f0, 0x201UL), AnswerOf(_world.SeptRd(A2M)));
        Assert.Equal((0xc0000b0600000001, 0x80000000406000f0, 0x201UL), AnswerOf(_world.Demote(A2M)));
        Assert.Equal((0xc0000b0600000001, 0x80000000406000f0, 0x201UL), AnswerOf(_world.Remove(A2M)));
        Assert.Equal((0xc0000b0d00000001, 0x80000000407230f0, 0x201UL), AnswerOf(_world.Aug(A2M, 0x4080_0000)));
        Assert.Equal((0xc0000b0000000001, 0x80000000407230f0, 0x201UL), AnswerOf(_world.Aug(0x201000, 0x4080_0000)));

        _world.BlockAndTrack(A2M);
        Assert.Equal(0x81800000406000f0, _world.Entry(A2M).Raw);
        Assert.Equal(0UL, _world.Demote(A2M).Status.Value);
        Assert.Equal(0x81000000407230f0, _world.Entry(0x323000).Raw);
    }

    // tdx.md, 14: Q2, and a module without it.
    [Fact]
    public void A_module_without_the_quirk_hides_the_accept_counter()
    {
        var world = new MemoryWorld(version: new("q2") { ShowsAcceptCounter = false });
        world.Aug(A2M, H);
        world.SetEntry(A2M, world.Entry(A2M).WithAcceptCounter(0x123));
        Assert.Equal((0UL, 0x80000000406000f0, 0x201UL), AnswerOf(world.SeptRd(A2M)));
        Assert.Equal((0xc0000b0000000001, 0x80000000406000f0, 0x201UL), AnswerOf(world.Aug(0x201000, 0x4080_0000)));
    }

    // In a TD that is being built a half accepted page splits without a block, its counter gone too.
    [Fact]
    public void A_page_of_a_TD_that_cannot_run_splits_unblocked()
    {
        var world = new MemoryWorld(TdxOpState.Initialized);
        world.Aug(A2M, H);
        world.SetEntry(A2M, world.Entry(A2M).WithAcceptCounter(0x123));

        Assert.Equal(0UL, world.Demote(A2M).Status.Value);

        Assert.Equal(0x81000000406010f0, world.Entry(0x201000).Raw);
        Assert.Equal(PageType.Reg, world.TypeOf(H));
    }

    // tdx.md, 16: scenario 28; recordings, s20: the page handed over is written already.
    [Fact]
    public void A_split_stops_for_an_interrupt_and_is_begun_again()
    {
        Give(accepted: false);
        _world.BlockAndTrack(A2M);
        _world.Module.Interrupts.Arm(0);

        Assert.Equal((0x8000000400000000, A2M, MemoryWorld.Tdr), AnswerOf(_world.Demote(A2M)));

        Assert.Equal(0x81800000406000f0, _world.Entry(A2M).Raw);
        Assert.Equal(PageType.Nda, _world.TypeOf(T));
        Assert.Equal(0x81000000406000f0, _world.Word(T));
        Assert.Equal(521UL, _world.Td.ChildCount);
        Assert.Equal((0UL, 0UL, 0UL), AnswerOf(_world.Demote(A2M)));
    }

    // tdx.md, 15: later modules do not look.
    [Fact]
    public void A_later_module_splits_in_spite_of_an_interrupt()
    {
        var world = new MemoryWorld(version: TdxModuleVersion.V1Dot5Dot28);
        world.Aug(A2M, H);
        world.BlockAndTrack(A2M);
        world.Module.Interrupts.Arm(0);

        Assert.Equal(0UL, world.Demote(A2M).Status.Value);
        Assert.True(world.Module.Interrupts.IsArmed);
    }

    // tdx.md, 16: scenario 29.
    [Fact]
    public void Only_a_large_page_splits_and_not_over_itself()
    {
        Give(accepted: true);
        _world.BlockAndTrack(A2M);
        Assert.Equal(0xc000010000000001, _world.Demote(0x2000).Status.Value);
        Assert.Equal((0xc0000b0d00000001, 7UL, 0x8401UL), AnswerOf(_world.Demote(1)));
        Assert.Equal(0xc000030000000008, _world.Demote(A2M, H + 0x3000).Status.Value);
        Assert.Equal(0x8000020000000008, _world.Demote(A2M, MemoryWorld.Tdr).Status.Value);
        Assert.Equal(0xc000010000000002, _world.World.Call(TdxFunction.MemPageDemote, A2M, MemoryWorld.Tdr | 2, T).Status.Value);
        Assert.Equal(0UL, _world.World.Call(TdxFunction.MemPageDemote, A2M, MemoryWorld.Tdr | 1, T).Status.Value);
    }

    private static (ulong Status, ulong Rcx, ulong Rdx) AnswerOf(TdxResult result) => (result.Status.Value, result.Rcx, result.Rdx);

    private void Give(bool accepted)
    {
        _world.Aug(A2M, H);
        if (accepted)
        {
            _world.Accept(A2M);
        }
    }
}
