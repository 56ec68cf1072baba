using Xunit;

namespace GuestMemory.Tdx.Tests.Memory;

/// <summary>tdx.md, 16: scenario 56: of several faults at once the first in order is told (recordings, s55).</summary>
public sealed class CheckOrderTests
{
    private const ulong Broken = 0x200_0008;
    private readonly MemoryWorld _world = new();

    [Fact]
    public void TD_then_op_state_then_address_then_walk_then_state_then_tracking_then_page()
    {
        const ulong BadGpa = 0x8000_0000_2007;
        _world.Td.OpState = TdxOpState.Uninitialized;
        Assert.Equal(0xc000010000000002, Relocate(BadGpa, MemoryWorld.Tdr + 8));
        Assert.Equal(0xc000010100000002, Relocate(BadGpa, 0x200_0000));
        Assert.Equal(0xc000030000000002, Relocate(BadGpa, MemoryWorld.P));
        Assert.Equal(0xc000060800000000, Relocate(BadGpa));
        _world.Td.OpState = TdxOpState.Runnable;
        Assert.Equal(0xc000010000000001, Relocate(BadGpa));
        Assert.Equal(0xc000010000000001, Relocate(0x8000_0000_2000));
        Assert.Equal(0xc0000b0000000001, Relocate(0x200000));
        Assert.Equal(0xc0000b0d00000001, Relocate(0x2000));
        _world.Aug(0x2000, MemoryWorld.P);
        Assert.Equal(0xc0000b0600000001, Relocate(0x2000));
        _world.Block(0x2000);
        Assert.Equal(0xc0000b0800000001, Relocate(0x2000));
        _world.Track();
        Assert.Equal(0xc000010000000008, Relocate(0x2000));
    }

    // The order of the checks every function on one entry shares, by the functions' own tables.
    [Fact]
    public void Functions_on_one_entry_begin_alike()
    {
        string[] shared = ["version", "td-form", "td-range", "td-busy", "td-type", "fatal", "keys", "tdcs", "op-state-busy", "op-state", "gpa-form", "gpa-private", "tree-busy", "walk", "entry-busy"];
        foreach (var function in MemoryFunctions.All.Where(function => function.Function is not (TdxFunction.MemPageAdd or TdxFunction.MemTrack or TdxFunction.MemRd or TdxFunction.MemWr)))
        {
            var points = function.Checks.Checks.Select(check => check.Id[(function.Name.Length + 1)..]).Where(shared.Contains);
            Assert.Equal(shared, points);
        }
    }

    private ulong Relocate(ulong gpa, ulong tdr = MemoryWorld.Tdr) => _world.World.Call(TdxFunction.MemPageRelocate, gpa, tdr, Broken).Status.Value;
}
