using Xunit;
using static GuestMemory.Tdx.Tests.Lifecycle.LifecycleWorlds;

namespace GuestMemory.Tdx.Tests.Lifecycle;

public sealed class PamtPairTests
{
    private const ulong First = Pairs + 0x2000;
    private const ulong Second = Pairs + 0x5000;

    // tdx.md, 2.5: a page can be used once its range has its pair, and the pair goes back when none is.
    [Fact]
    public void A_pair_comes_and_goes()
    {
        var world = Building(Dynamic);
        Assert.Equal(0x8000030800000001, world.Call(TdxFunction.VpCreate, Free, Tdr).Status.Value);
        world.Expect(TdxFunction.PhymemPamtAdd, Free | 1, First, Second);
        Assert.Equal(PageType.Pamt, world.Module.Pamt[PageSize.Size2M, Frame(Free)].Type);
        Assert.Equal(0xc000030400000001, world.Call(TdxFunction.PhymemPamtAdd, Free | 1, First, Second).Status.Value);

        Assert.Equal(new TdxResult(default, null, Rdx: First, R8: Second), world.Call(TdxFunction.PhymemPamtRemove, Free | 1));
        Assert.Equal(0xc000030500000001, world.Call(TdxFunction.PhymemPamtRemove, Free | 1).Status.Value);
        world.Expect(TdxFunction.PhymemPamtAdd, Free | 1, First, Second);
        world.Expect(TdxFunction.VpCreate, Free, Tdr);
        Assert.Equal(0xc000030600000000, world.Call(TdxFunction.PhymemPamtRemove, Free | 1).Status.Value);
    }

    // tdx-module-2, non_shared_hpa_metadata_check_and_lock: a page that holds entries is nobody's to use.
    [Fact]
    public void A_page_that_serves_is_not_free()
    {
        var world = Building(Dynamic);
        world.Expect(TdxFunction.PhymemPamtAdd, Pairs | 1, First, Second);

        Assert.Equal(0xc000030000000001, world.Call(TdxFunction.VpCreate, First, Tdr).Status.Value);
        Assert.Equal(15UL, world.Call(TdxFunction.PhymemPageRdmd, Second).Rcx);
        world.Expect(TdxFunction.VpCreate, Pairs + 0x8000, Tdr);
    }

    // tdx.md, 2.5: memory functions ask too; a 2M page needs no pair, and takes none that is in use.
    [Fact]
    public void Pages_of_4K_need_a_pair_and_large_pages_none()
    {
        var world = Building(Dynamic);
        Assert.Equal(0x8000030800000008, world.Call(TdxFunction.MemSeptAdd, 3, Tdr, Free).Status.Value);
        for (var level = 3UL; level >= 1; level--)
        {
            world.Expect(TdxFunction.MemSeptAdd, level, Tdr, Tdr + 0x20000 + (level * 4096));
        }

        Assert.Equal(0x8000030800000008, world.Call(TdxFunction.MemPageAdd, 0x1000, Tdr, Free, TdxWorld.Parameters).Status.Value);
        Assert.Equal(0x8000030800000008, world.Call(TdxFunction.MemPageAug, 0x1000, Tdr, Free).Status.Value);
        Assert.Equal(0xc000030000000008, world.Call(TdxFunction.MemPageAug, 0x200001, Tdr, Pairs).Status.Value);
        Assert.Equal(0UL, world.Call(TdxFunction.MemPageAug, 0x200001, Tdr, Free).Status.Value);
    }

    // tdx.md, 2.5: which pages serve comes back with the table.
    [Fact]
    public void Pairs_come_back_from_their_bytes()
    {
        var world = Building(Dynamic);
        var other = new TdxWorld(Dynamic);
        var reader = new StateReader(world.State());
        other.Module.ReadState(ref reader);

        Assert.Equal(0xc000030300000002, other.Call(TdxFunction.PhymemPamtAdd, Free | 1, Pairs, First).Status.Value);
        Assert.Equal(world.State(), other.State());
    }

    // docs/model-boundary.md, MB-61.
    [Fact]
    public void Other_modules_do_not_have_the_functions()
    {
        Assert.Throws<OutsideModelException>(() => Building().Call(TdxFunction.PhymemPamtAdd, Free | 1, First, Second));
        Assert.Throws<OutsideModelException>(() => Building().Call(TdxFunction.PhymemPamtRemove, Free | 1));
    }
}
