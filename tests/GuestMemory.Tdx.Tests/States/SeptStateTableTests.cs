using Xunit;

namespace GuestMemory.Tdx.Tests.States;

// tdx.md, 4.3 and 4.4, cell by cell: written by hand, not from the source's table.
public sealed class SeptStateTableTests
{
    // FREE REMOVED NL_MAPPED NL_BLOCKED | MAPPED BLOCKED BLOCKEDW EXP_BLOCKEDW EXP_DIRTY EXP_DIRTY_BLOCKEDW | the same six pending.
    private static readonly (TdxFunction Function, string Accepts)[] s_table =
    [
        (TdxFunction.MemPageAdd,        "x... ...... ......"),
        (TdxFunction.MemSeptAdd,        "x.x. ...... ......"),
        (TdxFunction.MemPageRelocate,   ".... xxxxxx xxxxxx"),
        (TdxFunction.MemPageAug,        "xx.. ...... ......"),
        (TdxFunction.MemRangeBlock,     "..x. x.x... x.x..."),
        (TdxFunction.MemRd,             ".... x.xxxx ......"),
        (TdxFunction.MemWr,             ".... x...x. ......"),
        (TdxFunction.MemPageDemote,     ".... xx.... xx...."),
        (TdxFunction.MrExtend,          ".... x..... ......"),
        (TdxFunction.MemPagePromote,    "..xx ...... ......"),
        (TdxFunction.MemSeptRd,         "xxxx xxxxxx xxxxxx"),
        (TdxFunction.MemPageRemove,     ".... xxx... xxx..."),
        (TdxFunction.MemSeptRemove,     "..xx ...... ......"),
        (TdxFunction.MemRangeUnblock,   "...x .x.... .x...."),
        (TdxFunction.ExportBlockw,      ".... x...x. x...x."),
        (TdxFunction.ExportRestore,     ".... ...xxx ...xxx"),
        (TdxFunction.ExportMem,         ".... x.xxxx x.xxxx"),
        (TdxFunction.ExportUnblockw,    ".... ..xx.x ..xx.x"),
        (TdxFunction.ImportMem,         "xx.. x..... x....."),
        (TdxFunction.GuestPageAccept,   ".... ...... x...x."),
        (TdxFunction.GuestPageAttrRd,   ".... x.xxxx x.xxxx"),
        (TdxFunction.GuestPageAttrWr,   ".... x...x. x...x."),
    ];

    // Code, public number, rights, the raw entry of HPA 0x40400000. tdx.md, 4.3; BLOCKEDW, EXPORTED and D make the code.
    private static readonly (SeptEntryState State, int Code, byte Public, ulong Rights, ulong Raw)[] s_states =
    [
        (SeptEntryState.Free, 0x0e, 0, 0, 0x80E0000000000000),
        (SeptEntryState.Removed, 0x0c, 5, 0, 0x80C0100000000000),
        (SeptEntryState.NonLeafMapped, 0x00, 132, 7, 0x8000000040400007),
        (SeptEntryState.NonLeafBlocked, 0x08, 129, 0, 0x8080000040400000),
        (SeptEntryState.Mapped, 0x60, 4, 7, 0x80000000404000F7),
        (SeptEntryState.Blocked, 0x68, 1, 0, 0x80800000404000F0),
        (SeptEntryState.BlockedWrite, 0x64, 8, 5, 0x80400000404000F5),
        (SeptEntryState.ExportedBlockedWrite, 0x66, 9, 5, 0x80600000404000F5),
        (SeptEntryState.ExportedDirty, 0x63, 11, 7, 0x80200000404002F7),
        (SeptEntryState.ExportedDirtyBlockedWrite, 0x67, 12, 5, 0x80600000404002F5),
        (SeptEntryState.Pending, 0x70, 2, 0, 0x81000000404000F0),
        (SeptEntryState.PendingBlocked, 0x78, 3, 0, 0x81800000404000F0),
        (SeptEntryState.PendingBlockedWrite, 0x74, 16, 0, 0x81400000404000F0),
        (SeptEntryState.PendingExportedBlockedWrite, 0x76, 17, 0, 0x81600000404000F0),
        (SeptEntryState.PendingExportedDirty, 0x73, 19, 0, 0x81200000404002F0),
        (SeptEntryState.PendingExportedDirtyBlockedWrite, 0x77, 20, 0, 0x81600000404002F0),
    ];

    // 22 functions, 16 states. tdx.md counts 12 leaf states; REMOVED and the two tables come before them.
    [Fact]
    public void Every_cell_of_the_table_of_states_and_functions_is_as_written_by_hand()
    {
        Assert.Equal(22, s_table.Length);
        Assert.Equal(s_table.Select(row => row.Function).ToHashSet(), SeptTransitions.Functions.ToHashSet());
        foreach (var (function, accepts) in s_table)
        {
            var cells = accepts.Replace(" ", "", StringComparison.Ordinal);
            Assert.Equal(16, cells.Length);
            foreach (var state in Enum.GetValues<SeptEntryState>())
            {
                Assert.True((cells[(int)state] == 'x') == SeptTransitions.Allows(function, state), $"{function}, {state}");
            }
        }
    }

    [Fact]
    public void Functions_the_table_does_not_speak_of_accept_no_state()
    {
        foreach (var function in Enum.GetValues<TdxFunction>().Except(SeptTransitions.Functions))
        {
            Assert.DoesNotContain(Enum.GetValues<SeptEntryState>(), state => SeptTransitions.Allows(function, state));
        }
    }

    [Fact]
    public void Entries_spell_their_states_as_recorded()
    {
        Assert.Equal(Enum.GetValues<SeptEntryState>(), s_states.Select(row => row.State));
        foreach (var (state, code, number, rights, raw) in s_states)
        {
            var entry = Migration.MigrationWorld.EntryOf(state, 0x40400000);
            Assert.Equal(raw, entry.Raw);
            Assert.Equal((state, rights, number, code), (entry.State, entry.Rights, state.PublicNumber(), SeptEncoding.CodeOf(raw)));
        }
    }

    // tdx.md, 4.3, the flags the functions use.
    [Fact]
    public void The_flags_of_the_states_are_as_written_by_hand()
    {
        var version = TdxModuleVersion.V1Dot5Dot01;
        Flag("....xxxxxxxxxxxx", SeptStates.IsLeaf);
        Flag("..xx............", SeptStates.IsTable);
        Flag("...x.x.....x....", SeptStates.IsBlocked);
        Flag("......xx.x..xx.x", SeptStates.IsWriteBlocked);
        Flag("..xxxxx.xxxxx.xx", state => state.RequiresTracking(version));
        Flag("....x.xxxx......", SeptStates.IsGuestAccessible);
        Flag("..........x...x.", state => SeptTransitions.Allows(TdxFunction.GuestPageAccept, state));
        Flag("..........xxxxxx", SeptStates.IsPending);
        Flag(".......xxx...xxx", SeptStates.IsExported);
        Flag("........xx....xx", MigrationStates.IsExportedDirty);
    }

    private static void Flag(string expected, Func<SeptEntryState, bool> flag) =>
        Assert.Equal(expected, string.Concat(Enum.GetValues<SeptEntryState>().Select(state => flag(state) ? 'x' : '.')));
}
