using Xunit;

namespace GuestMemory.Tdx.Tests.Guests;

// Source: tdx-module, tdg_mem_page_attr_rd.c and tdg_mem_page_attr_wr.c.
public sealed class AttributeTests
{
    private const ulong Pending = 1UL << 62;

    [Theory]
    [InlineData(SeptEntryState.Mapped, 0x2000)]
    [InlineData(SeptEntryState.BlockedWrite, 0x2000)]
    [InlineData(SeptEntryState.Pending, Pending | 0x2000)]
    [InlineData(SeptEntryState.PendingExportedBlockedWrite, Pending | 0x2000)]
    public void A_read_tells_address_level_and_whether_the_page_is_pending(SeptEntryState state, ulong rcx)
    {
        var world = new GuestWorld();
        world.Map(0x2000, GuestWorld.P, state);
        Assert.Equal(new GuestResult(GuestEvent.Status, Rcx: rcx), Call(world, TdxFunction.GuestPageAttrRd, 0x2abc));
    }

    [Fact]
    public void A_read_in_a_large_page_tells_the_large_page()
    {
        var world = new GuestWorld();
        world.Map(0x200000, GuestWorld.H, SeptEntryState.Mapped, SeptLevel.Pd);
        Assert.Equal(new GuestResult(GuestEvent.Status, Rcx: 0x200001), Call(world, TdxFunction.GuestPageAttrRd, 0x345678));
    }

    [Theory]
    [InlineData(SeptEntryState.Blocked)]
    [InlineData(SeptEntryState.PendingBlocked)]
    public void A_read_of_a_blocked_page_leaves_without_a_word(SeptEntryState state)
    {
        var world = new GuestWorld();
        world.Map(0x2000, GuestWorld.P, state);
        var result = Call(world, TdxFunction.GuestPageAttrRd, 0x2abc);
        Assert.Equal(new GuestResult(GuestEvent.TdExit, ExitGpa: 0x2000, DecidedBy: result.DecidedBy), result);
        Assert.Equal(GuestEvent.TdExit, Call(world, TdxFunction.GuestPageAttrRd, 0x5000).Event);
    }

    [Fact]
    public void A_write_without_attributes_tells_the_mapping()
    {
        var world = new GuestWorld();
        world.Map(0x2000, GuestWorld.P, SeptEntryState.Pending);
        world.Map(0x200000, GuestWorld.H, SeptEntryState.Mapped, SeptLevel.Pd);
        Assert.Equal(new GuestResult(GuestEvent.Status, Rcx: Pending | 0x2000), Call(world, TdxFunction.GuestPageAttrWr, 0x2000));
        Assert.Equal(new GuestResult(GuestEvent.Status, Rcx: 0x200001), Call(world, TdxFunction.GuestPageAttrWr, 0x200001));
    }

    // The module looks at RDX and R8 VM by VM.
    [Theory]
    [InlineData(1, 0, 0xc000_0100_0000_0002)]
    [InlineData(0, 1, 0xc000_0100_0000_0008)]
    [InlineData(1, 1, 0xc000_0100_0000_0002)]
    [InlineData(0x1_0000, 1, 0xc000_0100_0000_0008)]
    [InlineData(1, 0x1_0000, 0xc000_0100_0000_0002)]
    public void A_write_with_attributes_of_VMs_that_are_not_there_is_refused(ulong rdx, ulong r8, ulong status)
    {
        var world = new GuestWorld();
        Assert.Equal(status, Call(world, TdxFunction.GuestPageAttrWr, 0x2000, rdx, r8).Status.Value);
    }

    [Fact]
    public void A_write_leaves_or_is_refused_where_it_finds_no_page_of_the_size()
    {
        var world = new GuestWorld();
        world.Map(0x200000, GuestWorld.H, SeptEntryState.Mapped, SeptLevel.Pd);
        world.Map(0x3000, GuestWorld.P, SeptEntryState.BlockedWrite);
        Assert.Equal(0xc000_0b0b_0000_0001, Call(world, TdxFunction.GuestPageAttrWr, 1).Status.Value);

        var inside = Call(world, TdxFunction.GuestPageAttrWr, 0x201000);
        Assert.Equal((GuestEvent.TdExit, 0x201000UL, 0x3aUL, 0x4108_0000_0005UL), (inside.Event, inside.ExitGpa, inside.ExitQualification, inside.ExtendedExitQualification));
        var blocked = Call(world, TdxFunction.GuestPageAttrWr, 0x3000);
        Assert.Equal((GuestEvent.TdExit, 0x3000UL, 0x2aUL, 0x4200_0000_0005UL), (blocked.Event, blocked.ExitGpa, blocked.ExitQualification, blocked.ExtendedExitQualification));
    }

    [Theory]
    [InlineData(TdxFunction.GuestPageAttrRd, 0x8000_0000_2000)]
    [InlineData(TdxFunction.GuestPageAttrWr, 0x8000_0000_2000)]
    [InlineData(TdxFunction.GuestPageAttrWr, 0x2003)]
    public void An_operand_that_is_no_private_page_is_refused(TdxFunction function, ulong rcx) =>
        Assert.Equal(0xc000_0100_0000_0001, Call(new(), function, rcx).Status.Value);

    [Theory]
    [InlineData(TdxFunction.GuestPageAttrRd)]
    [InlineData(TdxFunction.GuestPageAttrWr)]
    public void A_locked_entry_is_busy(TdxFunction function)
    {
        var world = new GuestWorld();
        world.Map(0x2000, GuestWorld.P, SeptEntryState.Mapped);
        GuestWorld.Put(world.Td, 0x2000, world.EntryAt(0x2000).WithLock(true));
        Assert.Equal(0x8000_0200_0000_0001, Call(world, function, 0x2000).Status.Value);
        GuestWorld.Put(world.Td, 0x2000, world.EntryAt(0x2000).WithLock(false).WithHostPriority(true));
        Assert.Equal(0x8000_0204_0000_0001, Call(world, function, 0x2000).Status.Value);
    }

    [Fact]
    public void Other_leaves_are_outside_the_model() =>
        Assert.Equal("MB-61", Assert.Throws<OutsideModelException>(() => Call(new(), (TdxFunction)0x10001, 0)).Entry);

    private static GuestResult Call(GuestWorld world, TdxFunction function, ulong rcx, ulong rdx = 0, ulong r8 = 0) =>
        world.Module.Tdcall(function, world.Tdvpr, new(rcx, rdx, r8));
}
