using Xunit;

namespace GuestMemory.Tdx.Tests.States;

// tdx.md, 5.2 and 5.3, cell by cell; the session functions from 10 and tdx-module, op state tables.
public sealed class OpStateTableTests
{
    // Op states 0 to 10: UNINITIALIZED INITIALIZED RUNNABLE | LIVE_, PAUSED_, POST_EXPORT | MEMORY_, STATE_, POST_, LIVE_, FAILED_IMPORT.
    private static readonly Dictionary<TdxFunction, string> s_table = new()
    {
        [TdxFunction.VpEnter] = "..x x.. ...x.",
        [TdxFunction.MngAddcx] = "x.. ... .....",
        [TdxFunction.MngInit] = "x.. ... .....",
        [TdxFunction.MemPageAdd] = ".x. ... .....",
        [TdxFunction.MrExtend] = ".x. ... .....",
        [TdxFunction.MrFinalize] = ".x. ... .....",
        [TdxFunction.VpInit] = ".x. ... .....",
        [TdxFunction.VpCreate] = ".x. ... .x...",
        [TdxFunction.VpAddcx] = ".x. ... .x...",
        [TdxFunction.MemSeptAdd] = ".xx x.. xxxx.",
        [TdxFunction.MemPageAug] = ".xx x.. ...x.",
        [TdxFunction.MemPageRelocate] = ".xx xxx ..xx.",
        [TdxFunction.MemRangeBlock] = ".xx xxx ..xx.",
        [TdxFunction.MemRangeUnblock] = ".xx xxx ..xx.",
        [TdxFunction.MemPageDemote] = ".xx xxx ..xx.",
        [TdxFunction.MemPagePromote] = ".xx xxx ..xx.",
        [TdxFunction.MemPageRemove] = ".xx xxx ..xxx",
        [TdxFunction.MemSeptRemove] = ".xx xxx xxxxx",
        [TdxFunction.MemSeptRd] = ".xx xxx xxxxx",
        [TdxFunction.MemTrack] = ".xx xxx xxxx.",
        [TdxFunction.MemRd] = ".xx xxx xxxxx",
        [TdxFunction.MemWr] = ".xx x.. xxxxx",
        [TdxFunction.ExportAbort] = "... xxx .....",
        [TdxFunction.ExportBlockw] = "... x.. .....",
        [TdxFunction.ExportRestore] = "..x ... .....",
        [TdxFunction.ExportMem] = "... xxx .....",
        [TdxFunction.ExportPause] = "... x.. .....",
        [TdxFunction.ExportTrack] = "... xx. .....",
        [TdxFunction.ExportStateImmutable] = "..x ... ...x.",
        [TdxFunction.ExportUnblockw] = "..x xxx .....",
        [TdxFunction.ImportAbort] = "... ... xxx.x",
        [TdxFunction.ImportEnd] = "... ... ..xx.",
        [TdxFunction.ImportCommit] = "... ... ..x..",
        [TdxFunction.ImportMem] = "... ... xxxx.",
        [TdxFunction.ImportTrack] = "... ... xx...",
        [TdxFunction.ImportStateImmutable] = "x.. ... .....",
    };

    [Fact]
    public void Every_function_runs_in_the_op_states_written_by_hand_and_the_others_in_all()
    {
        var states = Enum.GetValues<TdxOpState>();
        Assert.Equal(11, states.Length);
        foreach (var function in Enum.GetValues<TdxFunction>())
        {
            var expected = s_table.GetValueOrDefault(function, "xxx xxx xxxxx").Replace(" ", "", StringComparison.Ordinal);
            Assert.Equal(11, expected.Length);
            foreach (var state in states)
            {
                Assert.True((expected[(int)state] == 'x') == OpStates.Allows(function, state), $"{function}, {state}");
            }
        }
    }

    // tdx.md, 5.2.
    [Fact]
    public void The_flags_of_the_op_states_are_as_written_by_hand()
    {
        Flag("..x x.. ...x.", OpStates.RequiresTracking);
        Flag("... ... xxxx.", OpStates.ImportInProgress);
        Flag("... xxx xxxxx", OpStates.IsMigration);
    }

    private static void Flag(string expected, Func<TdxOpState, bool> flag) =>
        Assert.Equal(expected.Replace(" ", "", StringComparison.Ordinal), string.Concat(Enum.GetValues<TdxOpState>().Select(state => flag(state) ? 'x' : '.')));
}
