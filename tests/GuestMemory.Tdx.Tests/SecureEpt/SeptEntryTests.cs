using Xunit;
using static GuestMemory.Tdx.SeptEntryState;

namespace GuestMemory.Tdx.Tests.SecureEpt;

public sealed class SeptEntryTests
{
    // tdx.md, 4.3: the sixteen states of one page, bit for bit.
    public static TheoryData<SeptEntryState, ulong, byte, ulong> Raw { get; } = new()
    {
        { Free, 0x80e0000000000000, 0, 0x8000000000000000 },
        { Removed, 0x80c0100000000000, 5, 0 },
        { NonLeafMapped, 0x8000000040400007, 132, 7 },
        { NonLeafBlocked, 0x8080000040400000, 129, 0 },
        { Mapped, 0x80000000404000f7, 4, 0x80000000404000f7 },
        { Blocked, 0x80800000404000f0, 1, 0x80000000404000f0 },
        { BlockedWrite, 0x80400000404000f5, 8, 0x80000000404000f5 },
        { ExportedBlockedWrite, 0x80600000404000f5, 9, 0x80000000404000f5 },
        { ExportedDirty, 0x80200000404002f7, 11, 0x80000000404000f7 },
        { ExportedDirtyBlockedWrite, 0x80600000404002f5, 12, 0x80000000404000f5 },
        { Pending, 0x81000000404000f0, 2, 0x80000000404000f0 },
        { PendingBlocked, 0x81800000404000f0, 3, 0x80000000404000f0 },
        { PendingBlockedWrite, 0x81400000404000f0, 16, 0x80000000404000f0 },
        { PendingExportedBlockedWrite, 0x81600000404000f0, 17, 0x80000000404000f0 },
        { PendingExportedDirty, 0x81200000404002f0, 19, 0x80000000404000f0 },
        { PendingExportedDirtyBlockedWrite, 0x81600000404002f0, 20, 0x80000000404000f0 },
    };

    [Theory]
    [MemberData(nameof(Raw))]
    public void A_state_is_spelled_as_recorded(SeptEntryState state, ulong raw, byte number, ulong info)
    {
        var entry = EntryOf(state);

        Assert.Equal(raw, entry.Raw);
        Assert.Equal(state, new SeptEntry(raw).State);
        Assert.Equal(number, state.PublicNumber());
        Assert.Equal(info, entry.ToInfo());
        Assert.Equal(state == Free ? 0x8000000000000000 : info, entry.WithLock(true).WithHostPriority(true).ToInfo());
        Assert.Equal(state >= Mapped, entry.IsLeaf);
    }

    // tdx.md, 4.3: the codes are 7 bits; those of no state are no entry.
    [Fact]
    public void Sixteen_codes_of_128_are_states()
    {
        var states = 0;
        for (var code = 0UL; code < 128; code++)
        {
            var raw = (1UL << 63) | ((code & 1) << 9) | (((code >> 1) & 15) << 53) | ((code >> 5) << 6);
            states += Record.Exception(() => new SeptEntry(raw).State) is null ? 1 : 0;
        }

        Assert.Equal(16, states);
    }

    // tdx.md, 4.2 and 14, Q2: bits 20:12 are a counter only in a 2M page that waits for its guest.
    [Fact]
    public void Only_a_pending_2M_page_counts_what_was_accepted()
    {
        var half = SeptEntry.Leaf(Pending, new(0x40600), 0).WithAcceptCounter(0x155);
        Assert.Equal(0x81000000407550f0, half.Raw);
        Assert.Equal(0x155, half.AcceptCounter);
        Assert.Equal(new(0x40600), half.Page(SeptLevel.Pd));

        Assert.Equal(0x81000000406000f0, half.WithoutAcceptCounter(SeptLevel.Pd).Raw);
        Assert.Equal(half, half.WithoutAcceptCounter(SeptLevel.Pt));
        Assert.Equal(half, half.WithoutAcceptCounter(SeptLevel.Pdpt));
        var mapped = SeptEntry.Leaf(Mapped, new(0x40755), SeptEntry.ReadWriteExecute);
        Assert.Equal(mapped, mapped.WithoutAcceptCounter(SeptLevel.Pd));
        Assert.Equal(0x80000000407550f7, mapped.ToInfo());
    }

    // tdx.md, 4.4: rows BLOCK and UNBLOCK, on the entry alone.
    [Fact]
    public void A_block_taken_back_gives_the_entry_back()
    {
        foreach (var state in new[] { NonLeafMapped, Mapped, Pending })
        {
            Assert.Equal(EntryOf(state), EntryOf(state).Blocked(SeptLevel.Pt).Unblocked());
        }

        Assert.Equal(EntryOf(Mapped), EntryOf(BlockedWrite).Blocked(SeptLevel.Pt).Unblocked());
        Assert.Equal(EntryOf(ExportedDirty), EntryOf(ExportedDirty).Unblocked());
        Assert.Equal(EntryOf(BlockedWrite), EntryOf(BlockedWrite).Unblocked());
    }

    internal static SeptEntry EntryOf(SeptEntryState state, ulong frame = 0x40400) => state switch
    {
        Free => SeptEntry.Free,
        Removed => SeptEntry.Removed(migrationEpoch: 0),
        NonLeafMapped => SeptEntry.NonLeaf(new(frame)),
        NonLeafBlocked => SeptEntry.NonLeaf(new(frame)).With(NonLeafBlocked, rights: 0),
        Mapped or ExportedDirty => SeptEntry.Leaf(state, new(frame), SeptEntry.ReadWriteExecute),
        BlockedWrite or ExportedBlockedWrite or ExportedDirtyBlockedWrite => SeptEntry.Leaf(state, new(frame), SeptEntry.ReadExecute),
        _ => SeptEntry.Leaf(state, new(frame), rights: 0),
    };
}
