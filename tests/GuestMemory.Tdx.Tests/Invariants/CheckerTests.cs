using Xunit;

namespace GuestMemory.Tdx.Tests.Invariants;

public sealed class CheckerTests
{
    private readonly HandMade _world = new();

    [Fact]
    public void A_module_is_required()
    {
        Assert.Equal("module", Assert.Throws<ArgumentNullException>(() => new TdxChecker(null!)).ParamName);
        Assert.Equal("module", Assert.Throws<ArgumentNullException>(() => TdxChecker.Attach(null!)).ParamName);
        Assert.Equal("module", Assert.Throws<ArgumentNullException>(() => TdxInvariants.Check(null!)).ParamName);
        var checker = new TdxChecker(_world.Module);
        Assert.Equal("module", Assert.Throws<ArgumentNullException>(() => checker.Restart(null!)).ParamName);
        Assert.Equal("module", Assert.Throws<ArgumentNullException>(() => checker.OnOperation(null!, default)).ParamName);
    }

    [Theory]
    [InlineData(CheckScope.Touched, false)]
    [InlineData(CheckScope.Everything, true)]
    public void A_breach_far_from_the_operation_is_found_by_looking_at_everything(CheckScope scope, bool isFound)
    {
        _world.Own(new(0x40a00), PageSize.Size4K, PageType.Reg);
        var checker = new TdxChecker(_world.Module, TdxCheckerOptions.Record with { Scope = scope });
        checker.OnOperation(_world.Module, _world.Call(TdxFunction.MemTrack));
        Assert.Equal(isFound, checker.WasBroken("INV-TDX-3"));
        Assert.False(checker.WasBroken("INV-TDX-1"));
    }

    [Fact]
    public void The_next_observer_hears_of_a_sound_operation_and_nothing_throws()
    {
        var next = new TdxChecker(_world.Module, TdxCheckerOptions.Record with { Scope = CheckScope.Everything });
        var checker = new TdxChecker(_world.Module, TdxCheckerOptions.Strict, next);
        checker.OnOperation(_world.Module, _world.Call(TdxFunction.MemTrack));
        Assert.Empty(next.Breaches);
        var recording = new TdxChecker(_world.Module, TdxCheckerOptions.Record, next);
        _world.Td.ChildCount++;
        recording.OnOperation(_world.Module, _world.Call(TdxFunction.MemTrack));
        Assert.True(next.WasBroken("INV-TDX-6"));
    }
}
