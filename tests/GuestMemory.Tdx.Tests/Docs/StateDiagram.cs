namespace GuestMemory.Tdx.Tests.Docs;

/// <summary>The runs between some states as a Mermaid diagram.</summary>
/// <param name="states">The states.</param>
/// <param name="leftOut">Which changes among them are left out.</param>
internal sealed class StateDiagram(IReadOnlyList<SeptEntryState> states, Func<StateRun, bool> leftOut)
{
    public static StateDiagram Everyday { get; } = new(
        [
            SeptEntryState.Free, SeptEntryState.Removed, SeptEntryState.NonLeafMapped, SeptEntryState.NonLeafBlocked,
            SeptEntryState.Mapped, SeptEntryState.Blocked, SeptEntryState.Pending, SeptEntryState.PendingBlocked,
        ],
        _ => false);

    public static StateDiagram Export { get; } = new(
        [
            .. Enum.GetValues<SeptEntryState>().Where(state => state.IsWriteBlocked() || state.IsExported()), SeptEntryState.Mapped, SeptEntryState.Pending,
        ],
        run => !(run.From.IsWriteBlocked() || run.From.IsExported() || run.To!.Value.IsWriteBlocked() || run.To.Value.IsExported()));

    public IEnumerable<SeptEntryState> States => states;

    public IEnumerable<string> Lines(IReadOnlyList<StateRun> runs) =>
    [
        "```mermaid", "stateDiagram-v2",
        .. states.Order().Select(state => $"    state \"{state.Name()}\" as {state}"),
        .. runs.Where(run => run.To is { } to && to != run.From && states.Contains(run.From) && states.Contains(to) && !leftOut(run))
            .GroupBy(run => (run.From, run.To))
            .OrderBy(arrow => arrow.Key.From).ThenBy(arrow => arrow.Key.To)
            .Select(arrow => $"    {arrow.Key.From} --> {arrow.Key.To}: {string.Join(", ", Labels(runs, [.. arrow]))}"),
        "```", "",
    ];

    // With what decides, unless it leads there either way.
    private static IEnumerable<string> Labels(IReadOnlyList<StateRun> runs, StateRun[] arrow) => arrow.GroupBy(run => run.Function).Select(group =>
    {
        var with = group.Select(run => run.With).Distinct().ToArray();
        var needsBlock = runs.Any(run => run.NeedsBlock && run.Function == group.Key && run.From == arrow[0].From);
        return $"{group.Key.Short()}{(needsBlock ? StateMatrix.NeedsBlock : "")}{(with is [{ Length: > 0 } only] ? $" ({only})" : "")}";
    });
}
