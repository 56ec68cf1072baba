using Xunit;

namespace GuestMemory.Tdx.Tests.Lifecycle;

public sealed class CreateTests
{
    private const ulong Root = TdxWorld.FirstTdmr;
    private const ulong Other = TdxWorld.FirstTdmr + 0x10_0000;

    // tdx.md, 16: scenario 46: a shared key identifier, one in use, a page in use.
    [Fact]
    public void A_TD_needs_a_private_key_identifier_and_a_page_that_nobody_has()
    {
        var world = new TdxWorld();

        Assert.Equal(0xc000010000000002, world.Call(TdxFunction.MngCreate, Root, 31).Status.Value);
        Assert.Equal(0UL, world.Call(TdxFunction.MngCreate, Root, 33).Status.Value);
        Assert.Equal(0xc000082000000000, world.Call(TdxFunction.MngCreate, Other, 33).Status.Value);
        Assert.Equal(0xc000030000000001, world.Call(TdxFunction.MngCreate, Root, 34).Status.Value);
        Assert.Equal((HkidState.Assigned, HkidState.Free), (world.Module.Keys[new(33)], world.Module.Keys[new(34)]));
    }
}
