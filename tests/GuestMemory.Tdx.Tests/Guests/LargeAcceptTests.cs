using Xunit;

namespace GuestMemory.Tdx.Tests.Guests;

public sealed class LargeAcceptTests
{
    // tdx-recordings, s13: the counter in bits 20:12 of the entry.
    [Theory]
    [InlineData(0, 0x81000000406010f0)]
    [InlineData(100, 0x81000000406650f0)]
    [InlineData(510, 0x81000000407ff0f0)]
    public void An_interrupted_accept_remembers_how_far_it_came(ulong polls, ulong raw)
    {
        var world = Pending();
        world.Module.Interrupts.Arm(polls);

        var result = world.Accept(0x200000, SeptLevel.Pd);

        Assert.Equal((GuestEvent.Status, 0UL, true), (result.Event, result.Status.Value, result.Interrupted));
        Assert.Equal("TDG.MEM.PAGE.ACCEPT/interrupted", result.DecidedBy!.Id);
        Assert.Equal(raw, world.EntryAt(0x200000, SeptLevel.Pd).Raw);
        Assert.Equal(0UL, WordOf(world, (int)polls));
        Assert.Equal(0x11UL, WordOf(world, (int)polls + 1));
        Assert.False(world.Module.Interrupts.IsArmed);
    }

    // tdx.md, 8.1: the last chunk is followed by no look.
    [Fact]
    public void An_interrupt_that_comes_after_the_last_look_stays()
    {
        var world = Pending();
        world.Module.Interrupts.Arm(511);
        Assert.Equal(new GuestResult(GuestEvent.Status), world.Accept(0x200000, SeptLevel.Pd));
        Assert.True(world.Module.Interrupts.IsArmed);
        Assert.Equal(0x80000000406000f7, world.EntryAt(0x200000, SeptLevel.Pd).Raw);
    }

    [Fact]
    public void Repeated_it_goes_on_where_it_was()
    {
        var world = Pending();
        world.Module.Interrupts.Arm(100);
        Assert.True(world.Accept(0x200000, SeptLevel.Pd).Interrupted);
        world.Module.Memory.Contents.Write(new(GuestWorld.H), 8, 0x77);
        world.Module.Interrupts.Arm(9);
        Assert.True(world.Accept(0x200000, SeptLevel.Pd).Interrupted);
        Assert.Equal(111, world.EntryAt(0x200000, SeptLevel.Pd).AcceptCounter);

        Assert.Equal(new GuestResult(GuestEvent.Status), world.Accept(0x200000, SeptLevel.Pd));

        Assert.Equal(0x80000000406000f7, world.EntryAt(0x200000, SeptLevel.Pd).Raw);
        Assert.Equal(0x77UL, WordOf(world, 0));
        Assert.Equal(0UL, WordOf(world, 511));
    }

    // tdx-recordings, s13: a touch of a half-accepted page.
    [Fact]
    public void A_half_accepted_page_is_not_readable()
    {
        var world = Pending();
        world.Module.Interrupts.Arm(100);
        world.Accept(0x200000, SeptLevel.Pd);
        var result = world.Read(0x200000);
        Assert.Equal((GuestEvent.TdExit, 0x200000UL, 1UL, 6UL), (result.Event, result.ExitGpa, result.ExitQualification, result.ExtendedExitQualification));
    }

    // tdx.md, 16: scenario 27, the guest's part: progress is lost with the counter.
    [Fact]
    public void Without_its_counter_it_begins_anew()
    {
        var world = Pending();
        world.Module.Interrupts.Arm(5);
        world.Accept(0x200000, SeptLevel.Pd);
        GuestWorld.Put(world.Td, 0x200000, world.EntryAt(0x200000, SeptLevel.Pd).WithAcceptCounter(0), SeptLevel.Pd);
        world.Module.Memory.Contents.Write(new(GuestWorld.H), 8, 0x77);
        Assert.Equal(new GuestResult(GuestEvent.Status), world.Accept(0x200000, SeptLevel.Pd));
        Assert.Equal(0UL, WordOf(world, 0));
    }

    [Fact]
    public void Without_its_rule_it_looks_for_no_interrupt()
    {
        var world = Pending(RuleSwitches.AllOn.Without("TDG.MEM.PAGE.ACCEPT/interrupted"));
        world.Module.Interrupts.Arm(3);
        Assert.Equal(new GuestResult(GuestEvent.Status), world.Accept(0x200000, SeptLevel.Pd));
        Assert.True(world.Module.Interrupts.IsArmed);
        Assert.Equal(["TDG.MEM.PAGE.ACCEPT/interrupted"], GuestFunctionTable.All[0].LateRules.Select(rule => rule.Id));
    }

    // What the walk check stops: with it off, host content becomes readable.
    [Fact]
    public void Without_the_walk_check_a_small_accept_opens_the_whole_page()
    {
        var world = Pending(RuleSwitches.AllOn.Without("TDG.MEM.PAGE.ACCEPT/walk"));
        Assert.Equal(new GuestResult(GuestEvent.Status), world.Accept(0x200000));
        Assert.Equal(0UL, world.Read(0x200000).Value);
        Assert.Equal(0x11UL, world.Read(0x201000).Value);
    }

    private static GuestWorld Pending(RuleSwitches? rules = null)
    {
        var world = new GuestWorld(rules: rules);
        for (var page = 0UL; page < 512; page++)
        {
            world.Module.Memory.Contents.Write(new(GuestWorld.H + (page << 12)), 8, 0x11);
        }

        Assert.Equal(0UL, world.Aug(0x200000, GuestWorld.H, SeptLevel.Pd).Status.Value);
        return world;
    }

    private static ulong WordOf(GuestWorld world, int chunk) => world.Module.Memory.Contents.Read(new(GuestWorld.H + ((ulong)chunk << 12)), 8);
}
