using Xunit;
using static GuestMemory.Tdx.Tests.Lifecycle.LifecycleWorlds;

namespace GuestMemory.Tdx.Tests.Lifecycle;

public sealed class CacheWriteBackTests
{
    // tdx-recordings, README: four pieces, three looks for an interrupt.
    [Theory]
    [InlineData(0UL, 1)]
    [InlineData(1UL, 2)]
    [InlineData(2UL, 3)]
    [InlineData(3UL, 0)]
    public void An_interrupt_is_seen_after_each_piece_but_the_last(ulong polls, int done)
    {
        var world = Blocked(1);
        world.Module.Interrupts.Arm(polls);
        var first = world.Call(TdxFunction.PhymemCacheWb, 0);

        Assert.Equal(done == 0 ? 0UL : 0x8000000300000000, first.Status.Value);
        Assert.Equal(done, world.Module.State.CacheWriteBacks[0].BlocksDone);
        Assert.Equal(done == 0 ? 0xc000082300000000 : 0UL, world.Call(TdxFunction.PhymemCacheWb, 1).Status.Value);
        Assert.Equal(0UL, world.Call(TdxFunction.MngKeyFreeid, Tdr).Status.Value);
    }

    // tdx-module, tdh_phymem_cache_wb.c: the identifiers are those that were flushed at the start.
    [Fact]
    public void What_is_flushed_meanwhile_waits_for_the_next_time()
    {
        const ulong other = 0x40100000;
        var world = Running();
        world.BuildTd(other, 34);
        End(world, Tdr);
        world.Module.Interrupts.Arm(0);
        Assert.Equal(0x8000000300000000, world.Call(TdxFunction.PhymemCacheWb, 0).Status.Value);
        End(world, other);

        world.Expect(TdxFunction.PhymemCacheWb, 1);
        Assert.Equal(0UL, world.Call(TdxFunction.MngKeyFreeid, Tdr).Status.Value);
        Assert.Equal(0x8000081700000000, world.Call(TdxFunction.MngKeyFreeid, other).Status.Value);
    }

    // tdx.md, 7: each package for itself.
    [Fact]
    public void Every_package_writes_back()
    {
        var world = Blocked(2);
        world.Expect(TdxFunction.PhymemCacheWb, 0, processor: 5);
        Assert.Equal(0x8000081700000000, world.Call(TdxFunction.MngKeyFreeid, Tdr).Status.Value);
        Assert.Equal(0b10U, world.Module.Keys.PendingWriteBacks(new(33)));

        world.Expect(TdxFunction.PhymemCacheWb, 0, processor: 64);
        Assert.Equal(0UL, world.Call(TdxFunction.MngKeyFreeid, Tdr).Status.Value);
    }

    // tdx-module, tdh_phymem_cache_wb.c: a start forgets what was open before it looks for work.
    [Fact]
    public void A_start_without_work_ends_what_was_interrupted()
    {
        var world = Blocked(1);
        world.Module.Interrupts.Arm(0);
        world.Call(TdxFunction.PhymemCacheWb, 0);
        world.Module.Keys[new(33)] = HkidState.Assigned;

        Assert.Equal(0x0000082100000000UL, world.Call(TdxFunction.PhymemCacheWb, 0).Status.Value);
        Assert.Equal(0xc000082300000000, world.Call(TdxFunction.PhymemCacheWb, 1).Status.Value);
    }

    // tdx.md, 7: MNG.KEY.CONFIG goes package by package too.
    [Fact]
    public void A_td_has_its_key_when_the_last_package_made_it()
    {
        var world = new TdxWorld(TdxWorld.Recorded with { Packages = 2 });
        world.Expect(TdxFunction.MngCreate, Tdr, 33);
        world.Expect(TdxFunction.MngKeyConfig, Tdr, processor: 64);
        Assert.Equal(TdLifecycle.HkidAssigned, world.Module.Tds[0].Lifecycle);

        world.Expect(TdxFunction.MngKeyConfig, Tdr);
        Assert.Equal(TdLifecycle.KeysConfigured, world.Module.Tds[0].Lifecycle);
        Assert.Equal(0xc000060700000000, world.Call(TdxFunction.MngKeyConfig, Tdr).Status.Value);
    }

    // tdx-module, tdh_sys_tdmr_init.c: 1,024 pages a call, 1 GiB at a time to be used.
    [Fact]
    public void A_tdmr_is_usable_by_the_gibibyte()
    {
        var world = new TdxWorld(TdxWorld.Recorded with { TdmrsInitialized = false });
        for (var call = 1; call < 256; call++)
        {
            Assert.Equal(new TdxResult(default, null, Rdx: Tdr), world.Call(TdxFunction.SysTdmrInit, Tdr));
        }

        Assert.Equal(0xc000010100000001, world.Call(TdxFunction.MngCreate, Tdr, 33).Status.Value);
        Assert.Equal(new TdxResult(default, null, Rdx: 0x80000000), world.Call(TdxFunction.SysTdmrInit, Tdr));
        Assert.Equal(0x00000a0300000000UL, world.Call(TdxFunction.SysTdmrInit, Tdr).Status.Value);
        Assert.Equal(0UL, world.Call(TdxFunction.MngCreate, Tdr, 33).Status.Value);
    }

    private static TdxWorld Blocked(int packages)
    {
        var world = new TdxWorld(TdxWorld.Recorded with { Packages = packages });
        world.BuildTd();
        End(world, Tdr);
        return world;
    }

    private static void End(TdxWorld world, ulong tdr)
    {
        world.Expect(TdxFunction.VpFlush, TdxWorld.Vcpu(tdr: tdr));
        world.Expect(TdxFunction.MngVpFlushDone, tdr);
    }
}
