using Xunit;

namespace GuestMemory.Tdx.Tests.Memory;

public sealed class DebugAccessTests
{
    private readonly MemoryWorld _world = new();

    public DebugAccessTests()
    {
        _world.Td.IsDebug = true;
        _world.Aug(0x2000, MemoryWorld.P);
        _world.Accept(0x2000);
        _world.Aug(0x200001, MemoryWorld.H);
    }

    // tdx-module, tdh_mem_rd_wr.c: R8 is what was there.
    [Fact]
    public void A_debug_TDs_memory_is_read_and_written_in_eights()
    {
        _world.Write(MemoryWorld.P + 0x18, 0x1111);

        Assert.Equal(0x1111UL, Wr(0x2018, 0x2222).R8);

        var read = Rd(0x2018);
        Assert.Equal((0UL, 0UL, 0UL, 0x2222UL), (read.Status.Value, read.Rcx, read.Rdx, read.R8));
        Assert.Equal(0x2222UL, _world.Word(MemoryWorld.P + 0x18));
    }

    [Fact]
    public void A_large_page_is_read_at_any_place()
    {
        _world.Accept(0x200001);
        _world.Write(MemoryWorld.H + 0x12_3450, 0x77);
        Assert.Equal(0x77UL, Rd(0x32_3450).R8);
    }

    // A page that was not accepted, blocked, or not there stops the walk.
    [Fact]
    public void What_the_guest_cannot_read_the_host_cannot_read_for_it()
    {
        Assert.Equal((0xc0000b0300000001, 0x80000000406000f0, 0x201UL), AnswerOf(Rd(0x201008)));
        Assert.Equal((0xc0000b0300000001, 0x8000000000000000, 0UL), AnswerOf(Rd(0x3000)));
        _world.Block(1);
        Assert.Equal((0xc0000b0300000001, 0UL, 0x8101UL), AnswerOf(Wr(0x2000, 1)));
    }

    // The tree is locked before the address is looked at; its form before that.
    [Fact]
    public void The_trees_lock_comes_between_the_two_checks_of_the_address()
    {
        _world.Module.Locks.Take(HeldLock.SeptTree(_world.Td.Tdr), exclusive: true);
        Assert.Equal(0xc000010000000001, Rd(0x8000_0000_2001).Status.Value);
        Assert.Equal(0x8000020000000092, Rd(0x8000_0000_2000).Status.Value);
        _world.Module.Locks.Release(HeldLock.SeptTree(_world.Td.Tdr));
        Assert.Equal(0xc000010000000001, Rd(0x8000_0000_2000).Status.Value);
        Assert.Equal(0xc000010000000001, Rd(0x10_0000_0000_2000).Status.Value);
        _world.Td.IsDebug = false;
        Assert.Equal(0xc000060500000000, Rd(0x2001).Status.Value);
    }

    private static (ulong Status, ulong Rcx, ulong Rdx) AnswerOf(TdxResult result) => (result.Status.Value, result.Rcx, result.Rdx);

    private TdxResult Rd(ulong gpa) => _world.Call(TdxFunction.MemRd, gpa);

    private TdxResult Wr(ulong gpa, ulong value) => _world.Call(TdxFunction.MemWr, gpa, value);
}
