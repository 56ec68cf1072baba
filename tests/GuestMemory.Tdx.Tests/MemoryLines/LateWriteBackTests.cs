using GuestMemory.Tdx.Tests.Guests;
using Xunit;

namespace GuestMemory.Tdx.Tests.MemoryLines;

// tdx.md, 9.1, last point: lines the host left dirty come back over a TD's page. Unverified on hardware (docs/model-boundary.md, MB-60).
public sealed class LateWriteBackTests
{
    private static readonly Pfn s_page = new Spa(GuestWorld.P).Frame;

    public static TheoryData<MemoryIntegrity> Modes => [MemoryIntegrity.Logical, MemoryIntegrity.Cryptographic];

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_line_written_back_late_is_the_end_of_the_TD_that_has_the_page(MemoryIntegrity mode)
    {
        var world = Dirtied(mode);
        Give(world);
        world.Write(0x2000, 0x5ec7e7);
        world.Write(0x2040, 0x77);
        Assert.Equal(0x5ec7e7UL, world.Read(0x2000).Value);

        world.Module.HostWriteBack(s_page);

        Assert.Equal(0x77UL, world.Read(0x2040).Value);
        Assert.Equal(GuestEvent.MachineCheck, world.Read(0x2000).Event);
        Assert.Equal(0x66_0000UL, world.Module.HostRead(new(GuestWorld.P), 8).Value);
    }

    // Without integrity the TD reads what the host wrote.
    [Fact]
    public void Without_integrity_it_is_read()
    {
        var world = Dirtied(MemoryIntegrity.None);
        Give(world);
        Assert.Equal(0UL, world.Read(0x2000).Value);
        world.Module.HostWriteBack(s_page);
        Assert.Equal(0x66_0000UL, world.Read(0x2000).Value);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_host_that_flushes_or_clears_first_does_no_harm(bool clears)
    {
        var world = Dirtied(MemoryIntegrity.Logical);
        _ = clears ? world.Module.HostClear(s_page) : world.Module.HostWriteBack(s_page);
        Assert.False(world.Module.Memory.IsDirty(new(GuestWorld.P)));
        Give(world);
        world.Write(0x2000, 0x5ec7e7);
        world.Module.HostWriteBack(s_page);
        Assert.Equal(new GuestResult(GuestEvent.Ok, Value: 0x5ec7e7), world.Read(0x2000));
    }

    [Fact]
    public void The_host_and_the_module_read_through_its_caches()
    {
        var world = Dirtied(MemoryIntegrity.Logical);
        Assert.Equal(0x66UL, world.Module.HostRead(new(GuestWorld.P + 2), 1).Value);
        Assert.Equal(0x66_0000UL, world.Module.HostRead(new(GuestWorld.P), 8).Value);
        Assert.Equal(0UL, world.Module.Memory.Contents.Read(new(GuestWorld.P), 8));
        var key = world.Module.Keys.KeyOf(world.Td.Hkid);
        world.Module.Memory.CopyFrame(s_page, ContentKey.None, s_page + 1, key);
        world.Map(0x3000, GuestWorld.P + 0x1000, SeptEntryState.Mapped);
        Assert.Equal(0x66_0000UL, world.Read(0x3000).Value);
    }

    [Fact]
    public void Dirty_lines_are_state()
    {
        var world = Dirtied(MemoryIntegrity.Logical);
        var writer = new StateWriter([]);
        world.Module.WriteState(ref writer);
        var copy = new TdxModule(world.Module.Platform);
        var reader = new StateReader(writer.Written.ToArray());
        copy.ReadState(ref reader);
        Assert.True(copy.Memory.IsDirty(new(GuestWorld.P + 0x3f)));
        Assert.False(copy.Memory.IsDirty(new(GuestWorld.P + 0x40)));
        Assert.Equal(0x66_0000UL, copy.HostRead(new(GuestWorld.P), 8).Value);
    }

    private static GuestWorld Dirtied(MemoryIntegrity mode)
    {
        var world = new GuestWorld(GuestWorld.With(mode) with { Switches = new() { HostWritesStayInCaches = true } });
        world.Module.HostWrite(new(GuestWorld.P + 2), 1, 0x66);
        return world;
    }

    private static void Give(GuestWorld world)
    {
        Assert.Equal(0UL, world.Aug(0x2000, GuestWorld.P).Status.Value);
        Assert.Equal(new GuestResult(GuestEvent.Status), world.Accept(0x2000));
    }
}
