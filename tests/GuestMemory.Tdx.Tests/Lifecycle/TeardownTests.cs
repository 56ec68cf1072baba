using Xunit;
using static GuestMemory.Tdx.Tests.Lifecycle.LifecycleWorlds;

namespace GuestMemory.Tdx.Tests.Lifecycle;

public sealed class TeardownTests
{
    // tdx.md, 16: scenarios 42 and 43.
    [Fact]
    public void A_page_is_reclaimed_when_the_key_is_gone()
    {
        var world = Running();
        Assert.Equal(0xc000060700000000, world.Call(TdxFunction.PhymemPageReclaim, Vcpu).Status.Value);
        Assert.Equal(0x8000082400000000, world.Call(TdxFunction.MngVpFlushDone, Tdr).Status.Value);
        world.Expect(TdxFunction.VpFlush, Vcpu);
        world.Expect(TdxFunction.MngVpFlushDone, Tdr);
        Assert.Equal(0xc000060700000000, world.Call(TdxFunction.PhymemPageReclaim, Vcpu).Status.Value);
        Assert.Equal(0x8000081700000000, world.Call(TdxFunction.MngKeyFreeid, Tdr).Status.Value);
        world.Expect(TdxFunction.PhymemCacheWb, 0);
        world.Expect(TdxFunction.MngKeyFreeid, Tdr);
        Assert.Equal(0xc000040000000000, world.Call(TdxFunction.PhymemPageReclaim, Tdr).Status.Value);
        Assert.Equal(new TdxResult(default, null, 6, Tdr), world.Call(TdxFunction.PhymemPageReclaim, Vcpu));
        Assert.Equal(0xc000030000000001, world.Call(TdxFunction.PhymemPageReclaim, Vcpu).Status.Value);
        Assert.Null(world.Module.FindVcpu(Frame(Vcpu)));
    }

    // tdx-recordings, r004: what a refused RECLAIM says of the page.
    [Fact]
    public void A_refusal_after_the_type_names_the_page()
    {
        var world = Running();
        var refused = world.Call(TdxFunction.PhymemPageReclaim, Vcpu);
        Assert.Equal((6UL, Tdr, 0UL), (refused.Rcx, refused.Rdx, refused.R8));

        world.EndTd();
        var root = world.Call(TdxFunction.PhymemPageReclaim, Tdr);
        Assert.Equal((0xc000040000000000, 4UL, 0UL, 0UL), (root.Status.Value, root.Rcx, root.Rdx, root.R8));
    }

    // tdx.md, 16: scenario 44.
    [Fact]
    public void No_memory_function_works_after_the_flush_was_done()
    {
        var world = Running();
        world.Expect(TdxFunction.VpFlush, Vcpu);
        world.Expect(TdxFunction.MngVpFlushDone, Tdr);

        Assert.Equal(0x8000081000000000, world.Call(TdxFunction.MemPageAug, 0x2000, Tdr, Free).Status.Value);
        Assert.Equal(0x8000081000000000, world.Call(TdxFunction.MemTrack, Tdr).Status.Value);
        Assert.Equal(0x8000081000000000, world.Call(TdxFunction.MrExtend, 0x2000, Tdr).Status.Value);
    }

    // tdx.md, 7: all pages, the root last; the key identifier is free for the next TD, the page for anybody.
    [Fact]
    public void A_td_ends_and_another_begins_in_its_place()
    {
        var world = Ended();
        var key = world.Module.Keys.KeyOf(new(33));
        for (var page = 1UL; page <= 12; page++)
        {
            Assert.Equal(0UL, world.Call(TdxFunction.PhymemPageReclaim, Tdr + (page * 4096)).Status.Value);
        }

        Assert.Equal(0UL, world.Module.Tds[0].ChildCount);
        Assert.Equal(new TdxResult(default, null, 4), world.Call(TdxFunction.PhymemPageReclaim, Tdr));
        Assert.Empty(world.Module.Tds);
        Assert.Equal(HkidState.Free, world.Module.Keys[new(33)]);

        world.BuildTd();
        Assert.NotEqual(key, world.Module.Keys.KeyOf(new(33)));
    }

    // tdx-module, tdh_mng_add_cx.c and td_control_structures.h: what pages hold when they go back, by their first words.
    [Theory]
    [InlineData(0, 0x6_0000_0000UL)]
    [InlineData(1, 1UL)]
    [InlineData(2, 0UL)]
    [InlineData(3, ulong.MaxValue)]
    [InlineData(4, 0x80e0_0000_0000_0000UL)]
    [InlineData(6, 0UL)]
    [InlineData(7, 0UL)]
    public void Pages_go_back_with_what_the_module_wrote(ulong page, ulong word)
    {
        var world = Ended();

        Assert.Equal(word, world.Module.Memory.Contents.Read(new(Tdr + (page * 4096)), 8));
    }

    // tdx-module, tdh_vp_addcx.c: pages 7, 8, 10, 11, 13 and 14 are bitmaps of L2 VMs.
    [Fact]
    public void A_vcpu_takes_fourteen_pages()
    {
        var world = Building();
        for (var page = 6UL; page <= TdVcpu.MostControlPages; page++)
        {
            world.Expect(TdxFunction.VpAddcx, Free + (page * 4096), Vcpu);
            var word = page is 6 or 9 or 12 ? 0 : ulong.MaxValue;
            Assert.Equal(word, world.Module.Memory.Contents.Read(new(Free + (page * 4096)), 8));
        }

        Assert.Equal(0xc000061000000000, world.Call(TdxFunction.VpAddcx, Free, Vcpu).Status.Value);
    }

    // tdx-module, tdh_mng_add_cx.c: the seventh page is filled before the op state is looked at.
    [Fact]
    public void A_refused_seventh_page_is_filled_all_the_same()
    {
        var world = Building();
        world.Module.Memory.Contents.Write(new(Free), 8, 7);

        Assert.Equal(0xc000060800000000, world.Call(TdxFunction.MngAddcx, Free, Tdr).Status.Value);
        Assert.Equal(0UL, world.Module.Memory.Contents.Read(new(Free), 8));
        Assert.Equal(PageType.Nda, world.Module.Pamt.LookUp(Frame(Free), out _).Type);
    }

    // tdx.md, 14: Q1. Owner and block epoch outlive the page's use; RDMD shows the epoch of private and Secure EPT pages only.
    [Fact]
    public void A_free_page_shows_its_last_owner()
    {
        var world = Ended();
        world.Expect(TdxFunction.PhymemPageReclaim, Vcpu);

        Assert.Equal(new TdxResult(default, null, 0, Tdr), world.Call(TdxFunction.PhymemPageRdmd, Vcpu));
        Assert.Equal(new TdxResult(default, null, 5, Tdr), world.Call(TdxFunction.PhymemPageRdmd, Vcpu + 4096));
        Assert.Equal(new TdxResult(default, null, 1), world.Call(TdxFunction.PhymemPageRdmd, Reserved));
    }

    // tdx-recordings, r004: a 2M page goes back whole, by its base address; RDMD takes any address in it.
    [Fact]
    public void A_large_page_goes_back_whole()
    {
        var world = Running();
        var td = world.Module.Tds[0];
        world.Module.Pamt.Write(PageSize.Size2M, Frame(Free), new(PageType.Reg, td.Tdr, 5));
        td.ChildCount += 512;
        world.EndTd();

        Assert.Equal(new TdxResult(default, null, 3, Tdr, 1, 5), world.Call(TdxFunction.PhymemPageRdmd, Free + 0x3000));
        Assert.Equal(0xc000010000000001, world.Call(TdxFunction.PhymemPageReclaim, Free + 0x3000).Status.Value);
        Assert.Equal(new TdxResult(default, null, 3, Tdr, 1), world.Call(TdxFunction.PhymemPageReclaim, Free));
        Assert.Equal(12UL, td.ChildCount);
    }

    // tdx.md, 16: scenario 45 (a page in use); tdx-recordings, s08 (a free one).
    [Fact]
    public void Only_a_free_page_is_written_back()
    {
        var world = Running();
        Assert.Equal(0xc000030000000001, world.Call(TdxFunction.PhymemPageWbinvd, WithKey(Vcpu)).Status.Value);
        Assert.Equal(0UL, world.Call(TdxFunction.PhymemPageWbinvd, WithKey(Free)).Status.Value);
        Assert.Equal(0UL, world.Call(TdxFunction.MngKeyReclaimid, ulong.MaxValue).Status.Value);
    }

    // tdx.md, 16: scenario 39.
    [Fact]
    public void A_finished_td_is_built_no_further()
    {
        var world = Running();
        Assert.Equal(0xc000060800000000, world.Call(TdxFunction.VpCreate, Free, Tdr).Status.Value);
        Assert.Equal(0xc000060800000000, world.Call(TdxFunction.MrFinalize, Tdr).Status.Value);
        Assert.Equal(0xc000060800000000, world.Call(TdxFunction.MrExtend, 0x1000, Tdr).Status.Value);
    }
}
