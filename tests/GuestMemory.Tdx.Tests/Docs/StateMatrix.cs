using GuestMemory.Docs;

namespace GuestMemory.Tdx.Tests.Docs;

/// <summary>The runs as a table: a line for each function, a column for each state.</summary>
internal static class StateMatrix
{
    public const string NeedsBlock = "*";
    private static readonly SeptEntryState[] s_states = Enum.GetValues<SeptEntryState>();

    public static IEnumerable<string> Lines(IReadOnlyList<StateRun> runs) => Markdown.Table(
        ["function", .. s_states.Select(ManualNames.Short)],
        StateRuns.Functions.Select(function => new[] { function.Name() }.Concat(s_states.Select(state => Cell(Of(runs, function, state)))).ToArray()));

    /// <summary>What decides where a cell names more than one state.</summary>
    public static IEnumerable<string> Choices(IReadOnlyList<StateRun> runs) => Markdown.Table(
        ["function", "when", "from", "to"],
        from way in runs.Where(run => run.To is not null).Where(run => Of(runs, run.Function, run.From).Select(other => other.To).Distinct().Count(to => to is not null) > 1)
            .GroupBy(run => (run.Function, run.With, run.To))
        orderby way.Key.Function, way.Key.With, way.Key.To
        select new[]
        {
            way.Key.Function.Name(), way.Key.With.Length == 0 ? "otherwise" : way.Key.With,
            string.Join(", ", way.Select(run => run.From).Distinct().Order().Select(ManualNames.Name)), way.Key.To!.Value.Name(),
        });

    private static StateRun[] Of(IReadOnlyList<StateRun> runs, TdxFunction function, SeptEntryState state) =>
        [.. runs.Where(run => run.Function == function && run.From == state)];

    private static string Cell(StateRun[] runs)
    {
        var found = runs.Where(run => run.To is not null).Select(run => run.To!.Value).Distinct().Order().ToArray();
        var mark = runs.Any(run => run.NeedsBlock) ? NeedsBlock : "";
        return found.Length == 0 ? "" : string.Join(' ', found.Select(state => state == runs[0].From ? "=" : state.Short())) + mark;
    }
}
