using Xunit;

namespace GuestMemory.Tdx.Tests.Memory;

public sealed class LockTests
{
    private readonly MemoryWorld _world = new();

    // tdx.md, 16: scenario 49 (the host's part).
    [Fact]
    public void A_held_entry_is_busy_and_the_next_call_of_the_host_ends_the_wait()
    {
        _world.Aug(0x2000, MemoryWorld.P);
        var held = _world.Entry(0x2000).WithLock(true);
        _world.SetEntry(0x2000, held);

        Assert.Equal((0x8000020000000001, 0x80000000404000f0, 0x200UL), AnswerOf(_world.Block(0x2000)));
        Assert.Equal(held.WithHostPriority(true), _world.Entry(0x2000));

        _world.SetEntry(0x2000, _world.Entry(0x2000).WithLock(false));
        Assert.Equal(0xc0000b0600000001, _world.Remove(0x2000).Status.Value);
        Assert.Equal(0x81000000404000f0, _world.Entry(0x2000).Raw);
    }

    // tdx-module, sept_lock_acquire_host: who takes the lock ends the wait, also where nothing else is written.
    [Theory]
    [InlineData(TdxFunction.MemSeptRd, 0x2000UL)]
    [InlineData(TdxFunction.MemSeptAdd, 1UL)]
    [InlineData(TdxFunction.MemRangeBlock, 0x2000UL)]
    [InlineData(TdxFunction.MemPageAug, 0x3000UL)]
    public void A_call_that_goes_through_ends_the_wait(TdxFunction function, ulong target)
    {
        _world.Aug(0x2000, MemoryWorld.P);
        _world.SetEntry(target, _world.Entry(target).WithHostPriority(true));

        Assert.Equal(0UL, _world.World.Call(function, target, MemoryWorld.Tdr | (function == TdxFunction.MemSeptAdd ? 1UL : 0), MemoryWorld.Q).Status.Value);

        Assert.False(_world.Entry(target).HasHostPriority);
    }

    // A walk that ends elsewhere takes no entry's lock.
    [Fact]
    public void A_walk_that_fails_leaves_the_wait()
    {
        _world.Aug(0x200001, MemoryWorld.H);
        _world.SetEntry(0x200001, _world.Entry(0x200001).WithHostPriority(true));
        Assert.Equal(0xc0000b0000000001, _world.Aug(0x201000, MemoryWorld.P).Status.Value);
        Assert.True(_world.Entry(0x200001).HasHostPriority);
    }

    // tdx.md, 16: scenario 50; 17, 11.
    [Theory]
    [InlineData(TdxFunction.MemPageAug, false)]
    [InlineData(TdxFunction.MemRangeBlock, true)]
    [InlineData(TdxFunction.MemRangeUnblock, true)]
    [InlineData(TdxFunction.MemSeptRemove, true)]
    [InlineData(TdxFunction.MemSeptRd, false)]
    [InlineData(TdxFunction.MemPageRemove, false)]
    public void Three_functions_want_the_tree_for_themselves(TdxFunction function, bool wantsAlone)
    {
        _world.Module.Locks.Take(HeldLock.SeptTree(_world.Td.Tdr), exclusive: false);
        Assert.Equal(wantsAlone, _world.Call(function, 0x400001, MemoryWorld.H).Status.Value == 0x8000020000000092);
        _world.Module.Locks.Release(HeldLock.SeptTree(_world.Td.Tdr));
        _world.Module.Locks.Take(HeldLock.SeptTree(_world.Td.Tdr), exclusive: true);
        Assert.Equal(0x8000020000000092, _world.Call(function, 0x600001, 0x4080_0000).Status.Value);
    }

    // Recordings, s38: PAMT entries, shared and alone.
    [Fact]
    public void A_page_is_busy_by_its_own_entry_and_by_those_above_held_alone()
    {
        Assert.Equal(0x8000020000000008, AugWhile(PageSize.Size4K, MemoryWorld.Q, exclusive: true, 0x3000, MemoryWorld.Q));
        Assert.Equal(0x8000020000000008, AugWhile(PageSize.Size4K, MemoryWorld.Q, exclusive: false, 0x3000, MemoryWorld.Q));
        Assert.Equal(0x8000020000000008, AugWhile(PageSize.Size2M, MemoryWorld.H, exclusive: false, 0x200001, MemoryWorld.H));
        Assert.Equal(0x8000020000000008, AugWhile(PageSize.Size2M, MemoryWorld.H, exclusive: true, 0x4000, MemoryWorld.H));
        Assert.Equal(0x8000020000000002, AugWhile(PageSize.Size1G, MemoryWorld.Tdr, exclusive: true, 0x4000, MemoryWorld.H));
        Assert.Equal(0x8000020000000008, AugWhile(PageSize.Size1G, TdxWorld.SecondTdmr, exclusive: true, 0x4000, TdxWorld.SecondTdmr));
        Assert.Equal(0UL, AugWhile(PageSize.Size2M, MemoryWorld.H, exclusive: false, 0x4000, MemoryWorld.H + 0x1000));
        Assert.Equal(0UL, AugWhile(PageSize.Size4K, MemoryWorld.Tdr, exclusive: false, 0x5000, MemoryWorld.Q));
    }

    // tdx.md, 16: scenario 44.
    [Fact]
    public void A_TD_whose_vCPUs_are_flushed_answers_no_memory_function()
    {
        _world.Td.Lifecycle = TdLifecycle.Blocked;
        foreach (var function in MemoryFunctions.All)
        {
            Assert.Equal(0x8000081000000000, _world.Call(function.Function, function.Function == TdxFunction.MemTrack ? MemoryWorld.Tdr : 0x2000).Status.Value);
        }
    }

    private static (ulong Status, ulong Rcx, ulong Rdx) AnswerOf(TdxResult result) => (result.Status.Value, result.Rcx, result.Rdx);

    private ulong AugWhile(PageSize size, ulong held, bool exclusive, ulong gpa, ulong page)
    {
        var held1 = HeldLock.Pamt(size, new Spa(held).Frame);
        _world.Module.Locks.Take(held1, exclusive);
        var result = _world.Aug(gpa, page);
        _world.Module.Locks.Release(held1);
        return result.Status.Value;
    }
}
