using Xunit;

namespace GuestMemory.Tdx.Tests.Guests;

public sealed class AcceptTests
{
    private const ulong AlreadyAccepted = 0x0000_0b0a_0000_0000;
    private const ulong SizeMismatch = 0xc000_0b0b_0000_0000;

    // tdx.md, 16: scenario 2.
    [Fact]
    public void An_accepted_page_reads_zero_whatever_it_held()
    {
        var world = new GuestWorld();
        world.Module.HostFill(new Spa(GuestWorld.P).Frame, 0x5ec7e7);
        Assert.Equal(0UL, world.Aug(0x2000, GuestWorld.P).Status.Value);
        Assert.Equal(0x5ec7e7UL, world.Module.Memory.Contents.Read(new(GuestWorld.P), 8));

        Assert.Equal(new GuestResult(GuestEvent.Status), world.Accept(0x2000));

        Assert.Equal(0x80000000404000f7, world.EntryAt(0x2000).Raw);
        Assert.Equal(new GuestResult(GuestEvent.Ok), world.Read(0x2000));
    }

    // tdx.md, 16: scenario 3.
    [Fact]
    public void A_page_accepted_twice_keeps_its_content()
    {
        var world = new GuestWorld();
        world.Map(0x2000, GuestWorld.P, SeptEntryState.Mapped);
        world.Write(0x2000, 0xabcd);

        var result = world.Accept(0x2000);

        Assert.Equal((GuestEvent.Status, AlreadyAccepted), (result.Event, result.Status.Value));
        Assert.Equal("TDG.MEM.PAGE.ACCEPT/accepted", result.DecidedBy!.Id);
        Assert.Equal(0xabcdUL, world.Read(0x2000).Value);
    }

    // tdx.md, 16: scenario 26.
    [Fact]
    public void A_page_asked_for_in_2M_where_a_table_is_has_another_size()
    {
        var world = new GuestWorld();
        world.Map(0x2000, GuestWorld.P, SeptEntryState.Pending);

        var large = world.Accept(0, SeptLevel.Pd);

        Assert.Equal((GuestEvent.Status, SizeMismatch | 1), (large.Event, large.Status.Value));
        Assert.Equal(new GuestResult(GuestEvent.Status), world.Accept(0x2000));
    }

    // tdx.md, 16: scenario 47; tdx-recordings, s15.
    [Fact]
    public void A_small_accept_in_a_pending_large_page_leaves_and_in_an_accepted_one_does_nothing()
    {
        var world = new GuestWorld();
        Assert.Equal(0UL, world.Aug(0x200000, GuestWorld.H, SeptLevel.Pd).Status.Value);

        var pending = world.Accept(0x201000);
        Assert.Equal((GuestEvent.TdExit, 0x201000UL, 2UL, 0x4088_0000_0001UL), Exit(pending));
        Assert.Equal("TDG.MEM.PAGE.ACCEPT/walk", pending.DecidedBy!.Id);

        Assert.Equal(new GuestResult(GuestEvent.Status), world.Accept(0x200000, SeptLevel.Pd));
        Assert.Equal(AlreadyAccepted | 1, world.Accept(0x201000).Status.Value);
        Assert.Equal(AlreadyAccepted | 1, world.Accept(0x200000, SeptLevel.Pd).Status.Value);
    }

    // tdx.md, 16: scenario 48; tdx-recordings, s16, s30, s40, s56, r006, r013, r036.
    [Theory]
    [InlineData(SeptEntryState.Free, 0x0_0000_0001)]
    [InlineData(SeptEntryState.Blocked, 0x4040_0000_0001)]
    [InlineData(SeptEntryState.PendingBlocked, 0x40c0_0000_0001)]
    [InlineData(SeptEntryState.PendingBlockedWrite, 0x4400_0000_0001)]
    [InlineData(SeptEntryState.PendingExportedBlockedWrite, 0x4440_0000_0001)]
    [InlineData(SeptEntryState.PendingExportedDirtyBlockedWrite, 0x4500_0000_0001)]
    public void An_entry_that_cannot_be_accepted_leaves_to_the_host(SeptEntryState state, ulong extended)
    {
        var world = new GuestWorld();
        if (state != SeptEntryState.Free)
        {
            world.Map(0x2000, GuestWorld.P, state);
        }

        var before = world.EntryAt(0x2000);
        Assert.Equal((GuestEvent.TdExit, 0x2000UL, 2UL, extended), Exit(world.Accept(0x2000)));
        Assert.Equal(before, world.EntryAt(0x2000));
    }

    // tdx-recordings, s16: a missing table at 1G; s16: a free 2M entry; r019: a free 2M entry, 4K asked; s56: a pending page of 1G.
    [Theory]
    [InlineData(0x40000000, SeptLevel.Pt, 0x10_0000_0001)]
    [InlineData(0x200000, SeptLevel.Pd, 0x9_0000_0001)]
    [InlineData(0x200000, SeptLevel.Pt, 0x8_0000_0001)]
    [InlineData(0x80000000, SeptLevel.Pd, 0x4091_0000_0001)]
    public void An_exit_tells_the_level_asked_for_and_the_level_reached(ulong gpa, SeptLevel level, ulong extended)
    {
        var world = new GuestWorld();
        world.Map(0x80000000, TdxWorld.SecondTdmr, SeptEntryState.Pending, SeptLevel.Pdpt);
        Assert.Equal((GuestEvent.TdExit, gpa, 2UL, extended), Exit(world.Accept(gpa, level)));
    }

    // tdx.md, 16: scenario 48; tdx-recordings, s16.
    [Theory]
    [InlineData(0x8000_0000_2000, "TDG.MEM.PAGE.ACCEPT/gpa-private")]
    [InlineData(0x1_0000_0000_2000, "TDG.MEM.PAGE.ACCEPT/gpa-private")]
    [InlineData(0x2002, "TDG.MEM.PAGE.ACCEPT/gpa-form")]
    [InlineData(0x2001, "TDG.MEM.PAGE.ACCEPT/gpa-form")]
    [InlineData(0x2008, "TDG.MEM.PAGE.ACCEPT/gpa-form")]
    [InlineData(0x10_0000_0000_2000, "TDG.MEM.PAGE.ACCEPT/gpa-form")]
    public void An_operand_that_is_no_private_page_is_refused(ulong operand, string rule)
    {
        var world = new GuestWorld();
        var result = world.Accept(operand);
        Assert.Equal((GuestEvent.Status, 0xc000_0100_0000_0001UL, rule), (result.Event, result.Status.Value, result.DecidedBy!.Id));
    }

    // Quirks Q3 and Q7 (tdx.md, 14; tdx-recordings, s30), and modules without them.
    [Theory]
    [InlineData(true, GuestEvent.Status)]
    [InlineData(false, GuestEvent.TdExit)]
    public void A_removed_entry_and_a_blocked_table_have_another_size_in_the_recorded_version(bool isQuirky, GuestEvent expected)
    {
        var version = TdxModuleVersion.V1Dot5Dot01 with { AcceptOverRemovedIsMismatch = isQuirky, AcceptOverBlockedTableIsMismatch = isQuirky };
        var world = new GuestWorld(TdxWorld.Recorded with { Version = version });
        GuestWorld.Put(world.Td, 0x2000, SeptEntry.Removed(1));
        var removed = world.Accept(0x2000);
        GuestWorld.Put(world.Td, 0, world.EntryAt(0, SeptLevel.Pd).With(SeptEntryState.NonLeafBlocked, 0), SeptLevel.Pd);
        var blocked = world.Accept(0, SeptLevel.Pd);

        Assert.Equal((expected, isQuirky ? SizeMismatch : 0), (removed.Event, removed.Status.Value));
        Assert.Equal((expected, isQuirky ? SizeMismatch | 1 : 0), (blocked.Event, blocked.Status.Value));
        Assert.Equal((isQuirky ? 0UL : 0x140_0000_0001, isQuirky ? 0UL : 0x2049_0000_0001), (removed.ExtendedExitQualification, blocked.ExtendedExitQualification));
    }

    // tdx-recordings, s30: a blocked table above what is asked for.
    [Fact]
    public void A_blocked_table_above_leaves_to_the_host()
    {
        var world = new GuestWorld();
        world.Map(0x2000, GuestWorld.P, SeptEntryState.Pending);
        GuestWorld.Put(world.Td, 0, world.EntryAt(0, SeptLevel.Pd).With(SeptEntryState.NonLeafBlocked, 0), SeptLevel.Pd);
        Assert.Equal((GuestEvent.TdExit, 0x2000UL, 2UL, 0x2048_0000_0001UL), Exit(world.Accept(0x2000)));
    }

    // tdx.md, 16: scenario 49, the guest's part.
    [Fact]
    public void A_guest_yields_to_a_locked_entry_and_to_a_host_that_waits()
    {
        var world = new GuestWorld();
        world.Map(0x2000, GuestWorld.P, SeptEntryState.Pending);
        var free = world.EntryAt(0x2000);
        GuestWorld.Put(world.Td, 0x2000, free.WithLock(true));
        Assert.Equal(0x8000_0200_0000_0001, world.World.Call(TdxFunction.MemPageAug, 0x2000, TdxWorld.FirstTdmr, GuestWorld.H).Status.Value);
        var locked = world.EntryAt(0x2000);
        Assert.True(locked.HasHostPriority);

        Assert.Equal(0x8000_0200_0000_0001, world.Accept(0x2000).Status.Value);
        Assert.Equal(locked, world.EntryAt(0x2000));
        GuestWorld.Put(world.Td, 0x2000, locked.WithLock(false));
        Assert.Equal(0x8000_0204_0000_0001, world.Accept(0x2000).Status.Value);
        Assert.Equal(0xc000_0b0d_0000_0001, world.World.Call(TdxFunction.MemPageAug, 0x2000, TdxWorld.FirstTdmr, GuestWorld.H).Status.Value);
        Assert.Equal(new GuestResult(GuestEvent.Status), world.Accept(0x2000));
    }

    // tdx.md, 4.4.
    [Fact]
    public void An_exported_page_is_dirty_after_its_accept()
    {
        var world = new GuestWorld();
        world.Map(0x2000, GuestWorld.P, SeptEntryState.PendingExportedDirty);
        Assert.Equal(new GuestResult(GuestEvent.Status), world.Accept(0x2000));
        Assert.Equal(0x80200000404002f7, world.EntryAt(0x2000).Raw);
    }

    // tdx.md, 4.4: the whole table, by what becomes of the entry.
    [Fact]
    public void Exactly_the_pending_states_are_accepted()
    {
        foreach (var state in Enum.GetValues<SeptEntryState>())
        {
            if (!state.IsLeaf())
            {
                continue;
            }

            var world = new GuestWorld();
            world.Map(0x2000, GuestWorld.P, state);
            var before = world.EntryAt(0x2000);
            var result = world.Accept(0x2000);
            Assert.Equal(state is SeptEntryState.Pending or SeptEntryState.PendingExportedDirty, result.DecidedBy is null);
            Assert.Equal(result.DecidedBy is null, before != world.EntryAt(0x2000));
        }
    }

    [Fact]
    public void A_vcpu_outside_its_td_does_nothing()
    {
        var world = new GuestWorld();
        world.Map(0x2000, GuestWorld.P, SeptEntryState.Pending);
        world.Module.FindVcpu(world.Tdvpr)!.IsInside = false;
        Assert.Equal(new GuestResult(GuestEvent.NotRunning), world.Accept(0x2000));
        Assert.Equal(new GuestResult(GuestEvent.NotRunning), world.Read(0x2000));
        Assert.Equal(new GuestResult(GuestEvent.NotRunning), world.Module.Tdcall(TdxFunction.GuestPageAccept, new(1), new(0x2000)));
        Assert.Equal(SeptEntryState.Pending, world.EntryAt(0x2000).State);
    }

    private static (GuestEvent Event, ulong Gpa, ulong Qualification, ulong Extended) Exit(GuestResult result) =>
        (result.Event, result.ExitGpa, result.ExitQualification, result.ExtendedExitQualification);
}
