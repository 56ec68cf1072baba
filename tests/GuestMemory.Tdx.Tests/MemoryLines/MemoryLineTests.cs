using GuestMemory.Tdx.Tests.Access;
using GuestMemory.Tdx.Tests.Guests;
using Xunit;

namespace GuestMemory.Tdx.Tests.MemoryLines;

// tdx.md, 9.1, row by row. Unverified on hardware (docs/model-boundary.md, MB-60).
public sealed class MemoryLineTests
{
    private static readonly Pfn s_page = new Spa(GuestWorld.P).Frame;

    public static TheoryData<MemoryIntegrity> Modes => [MemoryIntegrity.Logical, MemoryIntegrity.Cryptographic];

    // tdx.md, 16: scenario 52.
    [Theory]
    [MemberData(nameof(Modes))]
    public void The_host_reads_zero_where_a_TD_wrote(MemoryIntegrity mode)
    {
        var world = Accepted(mode);
        world.Write(0x2000, 0x5ec7e7);
        Assert.Equal(new HostAccessResult(HostAccessEvent.Ok), world.Module.HostRead(new(GuestWorld.P), 8));
        Assert.Equal(new GuestResult(GuestEvent.Ok, Value: 0x5ec7e7), world.Read(0x2000));
        Assert.Equal(new LineTag(world.Module.Keys.KeyOf(new(33)), true, false), world.Module.Memory.LineAt(new(GuestWorld.P)));
    }

    // tdx.md, 16: scenario 51.
    [Theory]
    [MemberData(nameof(Modes))]
    public void A_TD_that_reads_what_the_host_wrote_is_at_its_end(MemoryIntegrity mode)
    {
        var world = Accepted(mode);
        world.Module.HostFill(s_page, 0x666);
        Assert.Equal(0x666UL, world.Module.HostRead(new(GuestWorld.P), 8).Value);

        var result = world.Read(0x2000);

        Assert.Equal((GuestEvent.MachineCheck, "TD.ACCESS/private/line"), (result.Event, result.DecidedBy!.Id));
        Assert.True(world.Td.IsFatal);
        Assert.Equal(new GuestResult(GuestEvent.NotRunning), world.Read(0x2000));
        Assert.Equal(0xe000_0604_0000_0000, world.Aug(0x3000, GuestWorld.H).Status.Value);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_TDs_write_reads_the_rest_of_its_line_first(MemoryIntegrity mode)
    {
        var world = Accepted(mode);
        world.Module.HostFill(s_page, 0x666);
        Assert.Equal(GuestEvent.MachineCheck, world.Write(0x2000, 1).Event);
        Assert.True(world.Td.IsFatal);
    }

    // A page nobody ever wrote is the host's.
    [Theory]
    [MemberData(nameof(Modes))]
    public void A_page_without_a_line_of_the_TD_is_broken_for_it(MemoryIntegrity mode)
    {
        var world = new GuestWorld(GuestWorld.With(mode));
        world.Map(0x2000, GuestWorld.P, SeptEntryState.Mapped);
        Assert.Equal(GuestEvent.MachineCheck, world.Read(0x2000).Event);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_partial_write_of_the_host_breaks_one_line(MemoryIntegrity mode)
    {
        var world = Accepted(mode);
        world.Write(0x2040, 0x77);
        world.Module.HostWrite(new(GuestWorld.P + 0x3f), 1, 0x66);

        Assert.Equal(new LineTag(world.Module.Keys.KeyOf(new(33)), true, true), world.Module.Memory.LineAt(new(GuestWorld.P)));
        Assert.Equal(HostAccessEvent.MachineCheck, world.Module.HostRead(new(GuestWorld.P + 8), 4).Event);
        Assert.Equal(new HostAccessResult(HostAccessEvent.Ok), world.Module.HostRead(new(GuestWorld.P + 0x40), 4));
        Assert.Equal(new GuestResult(GuestEvent.Ok, Value: 0x77), world.Read(0x2040));
        Assert.Equal(GuestEvent.MachineCheck, world.Read(0x2008).Event);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Where_partial_writes_break_nothing_they_take_the_line_zeroed(MemoryIntegrity mode)
    {
        var world = Accepted(mode, new() { PartialHostWriteBreaks = false });
        world.Write(0x2008, 0x5ec7e7);
        world.Module.HostWrite(new(GuestWorld.P), 2, 0x1234);
        Assert.Equal(default, world.Module.Memory.LineAt(new(GuestWorld.P)));
        Assert.Equal(0x1234UL, world.Module.HostRead(new(GuestWorld.P), 8).Value);
        Assert.Equal(0UL, world.Module.HostRead(new(GuestWorld.P + 8), 8).Value);
        Assert.Equal(GuestEvent.MachineCheck, world.Read(0x2008).Event);
    }

    [Fact]
    public void Where_the_switch_says_so_the_host_reads_zero_from_broken_lines()
    {
        var world = Accepted(MemoryIntegrity.Logical, new() { HostReadOfBrokenFaults = false });
        world.Module.HostWrite(new(GuestWorld.P), 1, 1);
        Assert.Equal(new HostAccessResult(HostAccessEvent.Ok), world.Module.HostRead(new(GuestWorld.P), 8));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Only_direct_stores_heal(MemoryIntegrity mode)
    {
        var world = Accepted(mode);
        world.Module.HostWrite(new(GuestWorld.P), 1, 1);
        world.Module.HostWrite(new(GuestWorld.P), 8, 1);
        world.Module.HostFill(s_page, 0x11);
        Assert.Equal(HostAccessEvent.MachineCheck, world.Module.HostRead(new(GuestWorld.P), 8).Event);
        Assert.Equal(0x11UL, world.Module.HostRead(new(GuestWorld.P + 0x40), 8).Value);

        world.Module.HostClear(s_page);

        Assert.Equal(new HostAccessResult(HostAccessEvent.Ok), world.Module.HostRead(new(GuestWorld.P), 8));
        world.Module.HostFill(s_page, 0x22);
        Assert.Equal(0x22UL, world.Module.HostRead(new(GuestWorld.P), 8).Value);
        Assert.Equal(default, world.Module.Memory.LineAt(new(GuestWorld.P)));
    }

    // tdx.md, 9.1: what the module initialises it does by direct stores.
    [Theory]
    [MemberData(nameof(Modes))]
    public void An_accept_heals_what_the_host_left(MemoryIntegrity mode)
    {
        var world = Accepted(mode);
        world.Module.HostWrite(new(GuestWorld.P), 1, 1);
        GuestWorld.Put(world.Td, 0x2000, SeptEntry.Leaf(SeptEntryState.Pending, s_page, 0));
        Assert.Equal(new GuestResult(GuestEvent.Status), world.Accept(0x2000));
        Assert.Equal(new GuestResult(GuestEvent.Ok), world.Read(0x2000));
    }

    // A line written under another private key: noise of both keys and the place, or a code that does not fit.
    [Fact]
    public void Another_TDs_line_reads_as_noise_without_codes()
    {
        var (world, other, vcpu) = TwoTds(MemoryIntegrity.Logical);
        var noise = world.Module.GuestRead(vcpu, new(0x2000), 8);
        Assert.Equal(GuestEvent.Ok, noise.Event);
        Assert.NotEqual(0x5ec7e7UL, noise.Value);
        Assert.Equal(noise, world.Module.GuestRead(vcpu, new(0x2000), 8));
        Assert.NotEqual(world.Module.GuestRead(vcpu, new(0x2008), 8).Value, world.Module.GuestRead(vcpu, new(0x2018), 8).Value);
        Assert.Equal(noise.Value >> 24, world.Module.GuestRead(vcpu, new(0x2003), 5).Value);
        Assert.Equal(0x5ec7e7UL, world.Read(0x2000).Value);
        Assert.False(other.IsFatal);
    }

    [Fact]
    public void Another_TDs_line_is_broken_with_codes()
    {
        var (world, other, vcpu) = TwoTds(MemoryIntegrity.Cryptographic);
        Assert.Equal(GuestEvent.MachineCheck, world.Module.GuestRead(vcpu, new(0x2000), 8).Event);
        Assert.True(other.IsFatal);
        Assert.False(world.Td.IsFatal);
        Assert.Equal(0x5ec7e7UL, world.Read(0x2000).Value);
    }

    [Fact]
    public void A_write_into_anothers_line_makes_all_of_it_the_writers()
    {
        var (world, _, vcpu) = TwoTds(MemoryIntegrity.Logical);
        var rest = world.Module.GuestRead(vcpu, new(0x2010), 8).Value;
        var beside = world.Module.GuestRead(vcpu, new(0x2008), 8).Value;
        world.Module.GuestWrite(vcpu, new(0x2000), 8, 0x99);
        Assert.Equal((0x99UL, beside, rest), (
            world.Module.GuestRead(vcpu, new(0x2000), 8).Value, world.Module.GuestRead(vcpu, new(0x2008), 8).Value, world.Module.GuestRead(vcpu, new(0x2010), 8).Value));
        Assert.NotEqual(0x99UL, world.Read(0x2000).Value);
        Assert.Equal(0UL, world.Read(0x2040).Value);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void An_access_over_two_lines_meets_both(MemoryIntegrity mode)
    {
        var world = Accepted(mode);
        world.Write(0x203c, 0x1122_3344_5566_7788);
        Assert.Equal(0x1122_3344_5566_7788UL, world.Read(0x203c).Value);
        world.Module.HostWrite(new(GuestWorld.P + 0x7f), 1, 1);
        Assert.Equal(0x5566_7788UL, world.Read(0x203c, 4).Value);
        Assert.Equal(GuestEvent.MachineCheck, world.Read(0x203c, 5).Event);
    }

    [Fact]
    public void Without_integrity_bytes_are_plain_and_nobodys()
    {
        var world = Accepted(MemoryIntegrity.None);
        world.Write(0x2000, 0x77);
        Assert.Equal(0x77UL, world.Module.HostRead(new(GuestWorld.P), 8).Value);
        world.Module.HostWrite(new(GuestWorld.P + 1), 1, 0x66);
        Assert.Equal(0x6677UL, world.Read(0x2000).Value);
        Assert.Equal(default, world.Module.Memory.LineAt(new(GuestWorld.P)));
    }

    [Fact]
    public void What_was_broken_is_broken_in_a_copy()
    {
        var world = Accepted(MemoryIntegrity.Cryptographic);
        var key = world.Module.Keys.KeyOf(world.Td.Hkid);
        world.Write(0x2000, 0x77);
        world.Module.HostWrite(new(GuestWorld.P + 0x80), 1, 1);
        world.Module.Memory.CopyFrame(s_page, key, s_page + 1, key);
        world.Map(0x3000, GuestWorld.P + 0x1000, SeptEntryState.Mapped);
        Assert.Equal(0x77UL, world.Read(0x3000).Value);
        Assert.Equal(GuestEvent.Ok, world.Read(0x30c0).Event);
        Assert.Equal(GuestEvent.MachineCheck, world.Read(0x3080).Event);
    }

    // A host's page becomes a TD's by PAGE.ADD; what a TD owns is zeroes as its source.
    [Theory]
    [InlineData(false, 0x1234)]
    [InlineData(true, 0)]
    public void A_copy_takes_what_its_key_reads(bool isOwned, ulong expected)
    {
        var world = Accepted(MemoryIntegrity.Logical);
        var key = world.Module.Keys.KeyOf(world.Td.Hkid);
        var source = isOwned ? s_page : s_page + 2;
        world.Module.Memory.Contents.Write(source.Address, 8, 0x1234);
        world.Module.Memory.CopyFrame(source, ContentKey.None, s_page + 1, key);
        world.Map(0x3000, GuestWorld.P + 0x1000, SeptEntryState.Mapped);
        Assert.Equal(expected, world.Read(0x3000).Value);
    }

    [Fact]
    public void An_ownership_table_can_ask_before()
    {
        var world = Accepted(MemoryIntegrity.Logical);
        Assert.True(PageUse.Allows(world.Module.State, world.Td, new(2), s_page, isWrite: true));
        Assert.False(PageUse.Allows(world.Module.State, world.Td, new(2), s_page + 1, isWrite: false));
        Assert.False(PageUse.Allows(world.Module.State, world.Td, new(3), s_page, isWrite: false));
        Assert.False(PageUse.BreaksHost(world.Module.State, s_page));
        world.Module.HostWrite(new(GuestWorld.P + 0xfff), 1, 1);
        Assert.False(PageUse.Allows(world.Module.State, world.Td, new(2), s_page, isWrite: false));
        Assert.True(PageUse.BreaksHost(world.Module.State, s_page));
        Assert.False(world.Td.IsFatal);
    }

    [Fact]
    public void An_observer_hears_of_the_hosts_accesses()
    {
        var world = Accepted(MemoryIntegrity.Logical);
        var log = new OperationLog();
        world.Module.Observer = log;
        world.Module.HostWrite(new(GuestWorld.P), 1, 0x66);
        world.Module.HostRead(new(GuestWorld.P), 8);
        world.Module.HostClear(s_page);
        world.Module.HostFill(s_page, 7);
        Assert.All(log.Operations, operation => Assert.Equal(TdxOperationKind.HostAccess, operation.Kind));
        Assert.Equal(
            [new(GuestWorld.P, 0x66, 1, 1), new(GuestWorld.P, 0, 0, 8), new(GuestWorld.P, 0, 1, 0x1000), new(GuestWorld.P, 7, 1, 0x1000)],
            log.Operations.Select(operation => operation.Registers));
        Assert.Equal(
            [GuestEvent.Ok, GuestEvent.MachineCheck, GuestEvent.Ok, GuestEvent.Ok],
            log.Operations.Select(operation => operation.Guest.Event));
    }

    private static GuestWorld Accepted(MemoryIntegrity mode, MemorySwitches? switches = null)
    {
        var world = new GuestWorld(GuestWorld.With(mode) with { Switches = switches ?? new() });
        world.Map(0x2000, GuestWorld.P, SeptEntryState.Pending);
        Assert.Equal(new GuestResult(GuestEvent.Status), world.Accept(0x2000));
        return world;
    }

    // Two TDs with one frame: what the module's rules prevent.
    private static (GuestWorld World, Td Other, Pfn Vcpu) TwoTds(MemoryIntegrity mode)
    {
        var world = Accepted(mode);
        world.Write(0x2000, 0x5ec7e7);
        var other = world.World.AddTd(TdxWorld.FirstTdmr + 0x100000, 34);
        world.AddTables(other, 0, SeptLevel.Pd);
        var vcpu = world.AddVcpu(other);
        world.Map(other, 0x2000, GuestWorld.P, SeptEntryState.Mapped);
        return (world, other, vcpu.Tdvpr);
    }
}
