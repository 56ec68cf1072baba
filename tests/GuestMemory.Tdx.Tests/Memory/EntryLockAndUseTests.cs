using Xunit;

namespace GuestMemory.Tdx.Tests.Memory;

public sealed class EntryLockAndUseTests
{
    private static readonly Pfn s_page = new Spa(MemoryWorld.P).Frame;

    [Theory]
    [InlineData(SeptLevel.Pt)]
    [InlineData(SeptLevel.Pml4)]
    public void A_processor_holds_an_entry_until_it_lets_go(SeptLevel level)
    {
        var world = new MemoryWorld();
        world.Aug(0x2000, MemoryWorld.P);
        var at = 0x2000 | (ulong)level;
        Assert.Throws<InvalidOperationException>(() => world.Module.ReleaseEntry(world.Td.Tdr, new(0x2000), level));

        world.Module.HoldEntry(world.Td.Tdr, new(0x2000), level);
        Assert.True(world.Entry(at).IsLocked);
        Assert.Throws<InvalidOperationException>(() => world.Module.HoldEntry(world.Td.Tdr, new(0x2000), level));

        world.Module.ReleaseEntry(world.Td.Tdr, new(0x2000), level);
        Assert.False(world.Entry(at).IsLocked);
        Assert.Throws<InvalidOperationException>(() => world.Module.ReleaseEntry(world.Td.Tdr, new(0x2000), level));
    }

    [Fact]
    public void No_tree_has_an_entry_above_its_root()
    {
        var world = new MemoryWorld();
        Assert.Contains("above the root", Assert.Throws<InvalidOperationException>(() => world.Module.HoldEntry(world.Td.Tdr, new(0), SeptLevel.Pml5)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => world.Module.HoldEntry(s_page, new(0), SeptLevel.Pt));
    }

    [Theory]
    [InlineData(7UL, true, true)]
    [InlineData(5UL, true, false)]
    [InlineData(1UL, true, false)]
    [InlineData(0UL, false, false)]
    public void A_guest_uses_a_page_as_its_entry_allows(ulong rights, bool reads, bool writes)
    {
        var world = new MemoryWorld();
        world.Aug(0x2000, MemoryWorld.P);
        world.SetEntry(0x2000, SeptEntry.Leaf(SeptEntryState.Mapped, s_page, rights));

        Assert.Equal((reads, writes), (Allows(world, 2, s_page, isWrite: false), Allows(world, 2, s_page, isWrite: true)));
        Assert.False(Allows(world, 2, s_page + 1, isWrite: false));
        Assert.False(Allows(world, 3, s_page, isWrite: false));
    }

    [Fact]
    public void A_TD_that_broke_uses_no_page()
    {
        var world = new MemoryWorld();
        world.Aug(0x2000, MemoryWorld.P);
        world.Accept(0x2000);
        Assert.True(Allows(world, 2, s_page, isWrite: true));
        world.Td.IsFatal = true;
        Assert.False(Allows(world, 2, s_page, isWrite: true));
    }

    private static bool Allows(MemoryWorld world, ulong gfn, Pfn frame, bool isWrite) =>
        PageUse.Allows(world.Module.State, world.Td, new(gfn), frame, isWrite);
}
