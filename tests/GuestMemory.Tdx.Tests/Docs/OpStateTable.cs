using GuestMemory.Docs;

namespace GuestMemory.Tdx.Tests.Docs;

/// <summary>In which op states the host's functions run.</summary>
internal static class OpStateTable
{
    private static readonly TdxOpState[] s_states = Enum.GetValues<TdxOpState>();

    public static IEnumerable<string> Lines() => Markdown.Table(
        ["", .. s_states.Select(ManualNames.Capitals)],
        [
            Row("*number*", state => $"{(int)state}"),
            Row("*a page is blocked and tracked before it goes*", state => Mark(state.RequiresTracking())),
            Row("*what is removed is remembered as REMOVED*", state => Mark(state.ImportInProgress())),
            .. HostFunctionTable.All.Where(AsksForOne).Select(function => Row(function.Name, state => Mark(OpStates.Allows(function.Function, state)))),
        ]);

    /// <summary>The functions that run in all of them.</summary>
    public static string Others => string.Join(", ", HostFunctionTable.All.Where(function => !AsksForOne(function)));

    private static bool AsksForOne(HostFunction function) => !s_states.All(state => OpStates.Allows(function.Function, state));

    private static string[] Row(string name, Func<TdxOpState, string> cell) => [name, .. s_states.Select(cell)];

    private static string Mark(bool isSet) => isSet ? "x" : "";
}
