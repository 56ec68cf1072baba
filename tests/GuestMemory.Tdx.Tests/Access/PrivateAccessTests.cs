using GuestMemory.Tdx.Tests.Guests;
using Xunit;

namespace GuestMemory.Tdx.Tests.Access;

public sealed class PrivateAccessTests
{
    // tdx.md, 9, the private rows; tdx-recordings, s03, s15, s40.
    [Theory]
    [InlineData(SeptEntryState.Mapped, true, true, 0)]
    [InlineData(SeptEntryState.ExportedDirty, true, true, 0)]
    [InlineData(SeptEntryState.BlockedWrite, true, false, 0)]
    [InlineData(SeptEntryState.ExportedBlockedWrite, true, false, 0)]
    [InlineData(SeptEntryState.ExportedDirtyBlockedWrite, true, false, 0)]
    [InlineData(SeptEntryState.Pending, false, false, 6)]
    [InlineData(SeptEntryState.PendingExportedDirty, false, false, 6)]
    [InlineData(SeptEntryState.Blocked, false, false, 0)]
    [InlineData(SeptEntryState.PendingBlocked, false, false, 0)]
    [InlineData(SeptEntryState.PendingBlockedWrite, false, false, 0)]
    [InlineData(SeptEntryState.PendingExportedBlockedWrite, false, false, 0)]
    [InlineData(SeptEntryState.PendingExportedDirtyBlockedWrite, false, false, 0)]
    public void A_leaf_allows_what_its_state_says(SeptEntryState state, bool reads, bool writes, ulong extended)
    {
        var world = new GuestWorld();
        world.Map(0x2000, GuestWorld.P, state);
        world.Module.HostFill(new Spa(GuestWorld.P).Frame, 0x77);

        AssertEnds(world.Read(0x2010), reads, 0x77, 0x1, extended);
        AssertEnds(world.Write(0x2010, 0x99), writes, 0, 0x2, extended);
        Assert.Equal(writes ? 0x99UL : 0x77UL, world.Module.Memory.Contents.Read(new(GuestWorld.P + 0x10), 8));
    }

    // tdx.md, 16: scenario 1; tdx-recordings, s03.
    [Theory]
    [InlineData(SeptEntryState.Pending)]
    [InlineData(SeptEntryState.PendingExportedDirty)]
    public void A_pending_page_raises_VE_in_a_TD_that_wants_it(SeptEntryState state)
    {
        var world = new GuestWorld();
        world.Td.DisablesPendingVe = false;
        world.Map(0x2000, GuestWorld.P, state);
        var result = world.Read(0x2018);
        Assert.Equal(new GuestResult(GuestEvent.VirtualizationException, ExitGpa: 0x2018, ExitQualification: 1, DecidedBy: result.DecidedBy), result);
        Assert.Equal("TD.ACCESS/private/pending-ve", result.DecidedBy!.Id);
        Assert.Equal(GuestEvent.VirtualizationException, world.Write(0x2018, 1).Event);
    }

    // tdx.md, 9: whatever SEPT_VE_DISABLE says.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_not_there_or_blocked_never_raises_VE(bool disablesVe)
    {
        var world = new GuestWorld();
        world.Td.DisablesPendingVe = disablesVe;
        world.Map(0x2000, GuestWorld.P, SeptEntryState.PendingBlocked);
        GuestWorld.Put(world.Td, 0x4000, SeptEntry.Removed(3));
        foreach (var gpa in new ulong[] { 0x2000, 0x3000, 0x4000, 0x200000, 0x7fff_ffff_f000 })
        {
            AssertEnds(world.Read(gpa), false, 0, 0x1, 0, gpa);
        }

        GuestWorld.Put(world.Td, 0, world.EntryAt(0, SeptLevel.Pd).With(SeptEntryState.NonLeafBlocked, 0), SeptLevel.Pd);
        AssertEnds(world.Write(0x2000, 1), false, 0, 0x2, 0, 0x2000);
    }

    // tdx-recordings, s13: a pending page of 2M.
    [Fact]
    public void A_large_page_is_reached_at_every_frame()
    {
        var world = new GuestWorld();
        world.Map(0x200000, GuestWorld.H, SeptEntryState.Mapped, SeptLevel.Pd);
        Assert.Equal(new GuestResult(GuestEvent.Ok), world.Write(0x345678, 0x55));
        Assert.Equal(0x55UL, world.Module.Memory.Contents.Read(new(GuestWorld.H + 0x145678), 8));
        Assert.Equal(0x55UL, world.Read(0x345678, 1).Value);
    }

    // tdx.md, 9; tdx-module, are_gpa_bits_above_shared_set.
    [Theory]
    [InlineData(false, 0x1_0000_0000_2000, GuestEvent.PageFault)]
    [InlineData(false, 0x1_8000_0000_2000, GuestEvent.PageFault)]
    [InlineData(false, 0x8000_0000_0000_2000, GuestEvent.PageFault)]
    [InlineData(true, 0x1_0000_0000_2000, GuestEvent.TdExit)]
    [InlineData(true, 0x1_8000_0000_2000, GuestEvent.TdExit)]
    [InlineData(true, 0x10_0000_0000_2000, GuestEvent.PageFault)]
    public void Bits_above_the_TDs_width_fault_in_the_guest(bool isWide, ulong gpa, GuestEvent expected) =>
        Assert.Equal(expected, new GuestWorld(isWide: isWide).Read(gpa).Event);

    // MB-69: what a processor adds and the recordings' stand-in does not.
    [Fact]
    public void An_exit_tells_the_entrys_rights_where_the_switch_says_so()
    {
        var world = new GuestWorld(TdxWorld.Recorded with { Switches = new() { ExitTellsRights = true } });
        world.Map(0x2000, GuestWorld.P, SeptEntryState.BlockedWrite);
        Assert.Equal(0x2aUL, world.Write(0x2000, 1).ExitQualification);
        Assert.Equal(0x1UL, world.Read(0x3000).ExitQualification);
    }

    // tdx.md, 16: scenario 22.
    [Fact]
    public void Blocked_tracked_and_unblocked_a_page_keeps_its_value()
    {
        var world = new GuestWorld();
        world.Map(0x2000, GuestWorld.P, SeptEntryState.Mapped);
        world.Write(0x2000, 0x1234);

        Assert.Equal(0UL, world.Host(TdxFunction.MemRangeBlock, 0x2000).Status.Value);
        Assert.Equal(GuestEvent.TdExit, world.Read(0x2000).Event);
        Assert.Equal(0UL, world.Track().Status.Value);
        world.Leave();
        Assert.Equal(0UL, world.Host(TdxFunction.MemRangeUnblock, 0x2000).Status.Value);
        world.Enter();

        Assert.Equal(new GuestResult(GuestEvent.Ok, Value: 0x1234), world.Read(0x2000));
    }

    // tdx.md, 16: scenarios 23 and 24.
    [Theory]
    [InlineData(GuestWorld.P)]
    [InlineData(GuestWorld.P + 0x1000)]
    public void A_page_taken_and_given_again_is_seen_and_reads_zero(ulong again)
    {
        var world = new GuestWorld();
        world.Map(0x2000, GuestWorld.P, SeptEntryState.Mapped);
        world.Write(0x2000, 0x5ec7e7);
        world.Remove(0x2000);
        Assert.Equal(0UL, world.Aug(0x2000, again).Status.Value);
        world.Enter();

        AssertEnds(world.Read(0x2000), false, 0, 0x1, 6, 0x2000);
        Assert.Equal(new GuestResult(GuestEvent.Status), world.Accept(0x2000));
        Assert.Equal(new GuestResult(GuestEvent.Ok), world.Read(0x2000));
    }

    // tdx.md, 16: scenario 55, the guest's part; tdx-recordings, s40.
    [Fact]
    public void A_page_being_exported_is_read_but_not_written()
    {
        var world = new GuestWorld();
        world.Td.OpState = TdxOpState.LiveExport;
        world.Map(0x2000, GuestWorld.P, SeptEntryState.BlockedWrite);
        Assert.Equal(GuestEvent.Ok, world.Read(0x2000).Event);
        AssertEnds(world.Write(0x2000, 1), false, 0, 0x2, 0, 0x2000);
        GuestWorld.Put(world.Td, 0x2000, world.EntryAt(0x2000).With(SeptEntryState.ExportedDirty, SeptEntry.ReadWriteExecute));
        Assert.Equal(new GuestResult(GuestEvent.Ok), world.Write(0x2000, 1));
    }

    // What the rights check stops: with it off, the host chooses what the guest reads.
    [Fact]
    public void Without_the_rights_check_a_page_is_used_before_its_accept()
    {
        var off = RuleSwitches.AllOn.Without("TD.ACCESS/private/rights").Without("TD.ACCESS/private/pending");
        var world = new GuestWorld(rules: off);
        world.Module.HostFill(new Spa(GuestWorld.P).Frame, 0x666);
        world.Aug(0x2000, GuestWorld.P);
        Assert.Equal(new GuestResult(GuestEvent.Ok, Value: 0x666), world.Read(0x2000));
    }

    [Fact]
    public void Without_any_check_a_page_that_is_not_there_reads_zero()
    {
        var off = GuestAccessRules.All.Aggregate(RuleSwitches.AllOn, (rules, rule) => rules.Without(rule.Id));
        var world = new GuestWorld(rules: off);
        Assert.Equal(new GuestResult(GuestEvent.Ok), world.Read(0x3000));
        Assert.Equal(new GuestResult(GuestEvent.Ok), world.Write(0x8000_0000_3000, 1));
        Assert.Equal(0, world.Module.Memory.Contents.NonZeroWords);
    }

    [Theory]
    [InlineData(0x2000, 0)]
    [InlineData(0x2000, 9)]
    [InlineData(0x2ff9, 8)]
    public void An_access_stays_within_its_frame(ulong gpa, int length)
    {
        var world = new GuestWorld();
        Assert.ThrowsAny<ArgumentException>(() => world.Read(gpa, length));
        Assert.ThrowsAny<ArgumentException>(() => world.Write(gpa, 0, length));
        Assert.ThrowsAny<ArgumentException>(() => world.Module.HostRead(new(gpa), length));
        Assert.ThrowsAny<ArgumentException>(() => world.Module.HostWrite(new(gpa), length, 0));
    }

    [Fact]
    public void An_observer_hears_of_accesses_and_calls()
    {
        var world = new GuestWorld();
        var log = new OperationLog();
        world.Module.Observer = log;
        world.Map(0x2000, GuestWorld.P, SeptEntryState.Pending);
        var accept = world.Accept(0x2000);
        var write = world.Write(0x2004, 0x77, 4);

        Assert.Equal((TdxOperationKind.GuestCall, TdxFunction.GuestPageAccept, world.Tdvpr, new TdxRegisters(0x2000), accept),
            (log.Operations[0].Kind, log.Operations[0].Function, log.Operations[0].Vcpu, log.Operations[0].Registers, log.Operations[0].Guest));
        Assert.Equal((TdxOperationKind.GuestAccess, world.Tdvpr, new TdxRegisters(0x2004, 0x77, 1, 4), write, false),
            (log.Last.Kind, log.Last.Vcpu, log.Last.Registers, log.Last.Guest, log.Last.IsStale));
    }

    private static void AssertEnds(GuestResult result, bool isOk, ulong value, ulong qualification, ulong extended, ulong gpa = 0x2000)
    {
        var expected = isOk
            ? new GuestResult(GuestEvent.Ok, Value: value)
            : new(GuestEvent.TdExit, ExitGpa: gpa, ExitQualification: qualification, ExtendedExitQualification: extended, DecidedBy: result.DecidedBy);
        Assert.Equal(expected, result);
        Assert.Equal(isOk, result.DecidedBy is null);
    }
}
