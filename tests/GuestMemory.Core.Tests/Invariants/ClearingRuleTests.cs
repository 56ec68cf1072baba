using Xunit;

namespace GuestMemory.Tests;

/// <summary>I8 in its words: what a guest or a process has mapped was cleared, is what the store holds, and is the host's to touch.</summary>
public sealed class ClearingRuleTests
{
    [Fact]
    public void A_page_that_a_guest_maps_and_nobody_cleared_is_named()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.MapUncleared(0);

        Assert.Equal(["I8: gfn 0x10 of guest 1 is mapped to pfn 0x1, which was never cleared"], Breaches.Of(world.Machine));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_page_that_a_process_maps_and_nobody_cleared_is_named_wherever_it_is_in_the_run(ulong page)
    {
        var world = FourHostPages();
        world.UnclearHostPage(page);

        Assert.Equal([$"I8: host process 0 maps pfn 0x{page + 1:x}, which was never cleared"], Breaches.Of(world.Machine));
    }

    [Fact]
    public void A_process_that_maps_what_its_store_gave_away_is_named()
    {
        var world = FourHostPages();
        world.SharedStore.Detach(world.Process);
        world.SharedStore.Punch(new(new(3), 1));

        Assert.Equal(["I8: host process 0 maps page 0x103 to pfn 0x4, which its store does not hold there"], Breaches.Of(world.Machine));
    }

    [Fact]
    public void A_process_that_maps_another_frame_than_its_store_holds_is_named()
    {
        var world = FourHostPages();
        world.SharedStore.Replace(new(2), new(9));

        Assert.Equal(["I8: host process 0 maps page 0x102 to pfn 0x3, which its store does not hold there"], Breaches.Of(world.Machine));
    }

    // The rule that keeps a process from it has to be off.
    [Fact]
    public void A_process_that_maps_a_page_of_a_private_store_is_named()
    {
        var world = new InvariantWorld(
            observer: null, inPlace: false, configure: options => options.Rules = RuleSwitches.AllOn.Without(CoreRules.NotHostAccessible.Id));
        world.Process.Map(new(new(0x200), 1), new(world.Store.Id, default, HostRights.Read | HostRights.Write, IsShared: true, Holder: 0, IsLocked: false));
        Assert.Equal(HostFault.None, world.Process.Touch(new(0x200), AccessKind.Write, out _));

        Assert.Equal(["I8: host process 0 maps pfn 0x1 of store 0, whose pages are private"], Breaches.Of(world.Machine));
    }

    [Fact]
    public void A_marker_of_a_broken_page_maps_nothing()
    {
        var world = FourHostPages();
        world.Process.MarkPoisoned(world.SharedStore.Id, new(2));

        Assert.True(world.Process.TryGetWholeEntry(new(0x102), out var entry) && entry.IsPoisoned);
        Assert.Empty(Breaches.Of(world.Machine));
        Assert.Null(Breaches.At(world.Machine, StepKind.HostMapped, 0x102, count: 0));
    }

    [Fact]
    public void The_zero_page_is_no_page_of_the_store()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Process.Load(new(0x100UL << 12), 8, out _);
        world.Process.Load(new(0x101UL << 12), 8, out _);

        Assert.True(world.Process.TryGetWholeEntry(new(0x101), out var entry) && entry.IsZeroPage);
        Assert.Empty(Breaches.Of(world.Machine));
        Assert.Null(Breaches.At(world.Machine, StepKind.HostMapped, 0x101, count: 0));
    }

    private static InvariantWorld FourHostPages()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        for (var page = 0UL; page < InvariantWorld.Pages; page++)
        {
            world.HostStore(page);
        }

        Assert.Empty(Breaches.Of(world.Machine));
        return world;
    }
}
