using Xunit;

namespace GuestMemory.Tdx.Tests;

public sealed class FirstCallTests
{
    [Fact]
    public void A_call_goes_through_and_is_refused_by_rule()
    {
        var world = new TdxWorld();
        world.AddTd();
        var refused = world.Call(TdxFunction.MemPageAug, 0x2000, 0x40000000, 0x40400000);
        Assert.Equal(0xc0000b0000000001, refused.Status.Value);
        Assert.Equal((0x8000000000000000UL, 3UL), (refused.Rcx, refused.Rdx));
        Assert.Equal("TDH.MEM.PAGE.AUG/walk", refused.DecidedBy!.Id);
    }
}
