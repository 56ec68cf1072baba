using GuestMemory.Tdx.Tests.SecureEpt;
using Xunit;
using static GuestMemory.Tdx.SeptEntryState;

namespace GuestMemory.Tdx.Tests.Memory;

/// <summary>tdx.md, 4.4: each state given to each function, through the call. The TD is being built, where every function runs and nothing needs tracking.</summary>
public sealed class StateTableTests
{
    private const ulong Wrong = 0xc0000b0d00000001;
    private const ulong Absent = 0xc0000b0300000001;
    private const ulong Already = 0x00000b0700000001;

    // What a function accepts, and what becomes of it; everything else is refused.
    private static readonly Dictionary<TdxFunction, (SeptEntryState From, SeptEntryState To)[]> s_accepted = new()
    {
        [TdxFunction.MemPageAdd] = [(Free, Mapped)],
        [TdxFunction.MemSeptAdd] = [(Free, NonLeafMapped), (NonLeafMapped, NonLeafMapped)],
        [TdxFunction.MemPageAug] = [(Free, Pending), (Removed, Pending)],
        [TdxFunction.MemRangeBlock] = [(NonLeafMapped, NonLeafBlocked), (Mapped, Blocked), (BlockedWrite, Blocked), (Pending, PendingBlocked), (PendingBlockedWrite, PendingBlocked)],
        [TdxFunction.MemRangeUnblock] = [(NonLeafBlocked, NonLeafMapped), (Blocked, Mapped), (PendingBlocked, Pending)],
        [TdxFunction.MemPageRemove] = [(Mapped, Free), (Blocked, Free), (BlockedWrite, Free), (Pending, Free), (PendingBlocked, Free), (PendingBlockedWrite, Free)],
        [TdxFunction.MemSeptRemove] = [(NonLeafMapped, Free), (NonLeafBlocked, Free)],
        [TdxFunction.MemPageDemote] = [(Mapped, NonLeafMapped), (Blocked, NonLeafMapped), (Pending, NonLeafMapped), (PendingBlocked, NonLeafMapped)],
        [TdxFunction.MemPagePromote] = [(NonLeafMapped, Pending), (NonLeafBlocked, Pending)],
        [TdxFunction.MemPageRelocate] =
        [
            (Mapped, Mapped), (Blocked, Mapped), (BlockedWrite, BlockedWrite), (ExportedBlockedWrite, ExportedBlockedWrite), (ExportedDirty, ExportedDirty),
            (ExportedDirtyBlockedWrite, ExportedDirtyBlockedWrite), (Pending, Pending), (PendingBlocked, Pending), (PendingBlockedWrite, PendingBlockedWrite),
            (PendingExportedBlockedWrite, PendingExportedBlockedWrite), (PendingExportedDirty, PendingExportedDirty),
            (PendingExportedDirtyBlockedWrite, PendingExportedDirtyBlockedWrite),
        ],
        [TdxFunction.MemSeptRd] = [.. Enum.GetValues<SeptEntryState>().Select(state => (state, state))],
        [TdxFunction.MemRd] =
        [
            (Mapped, Mapped), (BlockedWrite, BlockedWrite), (ExportedBlockedWrite, ExportedBlockedWrite), (ExportedDirty, ExportedDirty),
            (ExportedDirtyBlockedWrite, ExportedDirtyBlockedWrite),
        ],
        [TdxFunction.MemWr] = [(Mapped, Mapped), (ExportedDirty, ExportedDirty)],
    };

    public static TheoryData<TdxFunction, SeptEntryState> Cells { get; } = AllCells();

    [Fact]
    public void The_table_has_a_row_for_every_memory_function_that_works_on_an_entry() =>
        Assert.Equal(MemoryFunctions.All.Select(function => function.Function).Where(function => function != TdxFunction.MemTrack), s_accepted.Keys.Order());

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_function_accepts_its_states_and_refuses_the_others(TdxFunction function, SeptEntryState from)
    {
        var world = new MemoryWorld(TdxOpState.Initialized);
        world.Td.IsDebug = true;
        var target = Prepare(world, function, from);
        var place = world.PlaceOf(target);
        var before = place.Entry;

        var result = Call(world, function, target);

        var accepted = Array.Find(s_accepted[function], row => row.From == from);
        var isAccepted = accepted != default || (function == TdxFunction.MemSeptRd && from == Free);
        Assert.Equal(isAccepted ? 0 : Refusal(function, from), result.Status.Value);
        Assert.Equal(isAccepted ? accepted.To : from, place.Entry.State);
        Assert.True(isAccepted || before == place.Entry);
        if (!isAccepted)
        {
            Assert.Equal((before.ToInfo(), (target & 7) | ((ulong)from.PublicNumber() << 8)), (result.Rcx, result.Rdx));
        }
    }

    private static ulong Refusal(TdxFunction function, SeptEntryState from) => function switch
    {
        TdxFunction.MemRangeBlock when from is NonLeafBlocked or Blocked or PendingBlocked => Already,
        TdxFunction.MemRd => Absent,
        TdxFunction.MemWr when from is not (BlockedWrite or ExportedBlockedWrite or ExportedDirtyBlockedWrite) => Absent,
        _ => Wrong,
    };

    // Functions for 4K pages only get a 4K entry, even in a table's state; the others one of 2M.
    private static ulong Prepare(MemoryWorld world, TdxFunction function, SeptEntryState state)
    {
        var isSmall = function is TdxFunction.MemPageAdd or TdxFunction.MemPageRelocate or TdxFunction.MemRd or TdxFunction.MemWr;
        var (target, page) = isSmall ? (0x2000UL, MemoryWorld.P) : (0x200001UL, MemoryWorld.H);
        if (state.IsLeaf() || (function == TdxFunction.MemPagePromote && state.IsTable()))
        {
            world.Aug(target, page);
        }
        else if (state.IsTable() && !isSmall)
        {
            world.SeptAdd(target);
        }

        if (function == TdxFunction.MemPagePromote && state.IsTable())
        {
            world.Demote(target);
        }

        var frame = state.IsTable() && !isSmall ? MemoryWorld.T : page;
        world.SetEntry(target, SeptEntryTests.EntryOf(state, new Spa(frame).Frame.Value));
        return target;
    }

    private static TdxResult Call(MemoryWorld world, TdxFunction function, ulong target) => function switch
    {
        TdxFunction.MemPageAug => world.Aug(target, 0x4080_0000),
        TdxFunction.MemSeptAdd => world.World.Call(function, target, MemoryWorld.Tdr | 1, 0x4001_1000),
        TdxFunction.MemPageDemote => world.Demote(target, 0x4001_1000),
        _ => world.Call(function, target, MemoryWorld.Q, 0x100_0000),
    };

    private static TheoryData<TdxFunction, SeptEntryState> AllCells()
    {
        var cells = new TheoryData<TdxFunction, SeptEntryState>();
        foreach (var function in s_accepted.Keys)
        {
            foreach (var state in Enum.GetValues<SeptEntryState>())
            {
                cells.Add(function, state);
            }
        }

        return cells;
    }
}
