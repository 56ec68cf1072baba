namespace GuestMemory.Rmp.Tests.Docs;

/// <summary>All that leads from one state, or from before the beginning, to another.</summary>
internal sealed record StateArrow(RmpPageState? From, RmpPageState To, IReadOnlyList<PageChange> Changes)
{
    public IEnumerable<string> By => Changes.Select(change => change.Move.By).Distinct();

    /// <summary>Each with its operands, unless it leads there without.</summary>
    public IEnumerable<string> Ways => Changes.GroupBy(change => (change.Move.By, change.With))
        .Where(way => way.Key.With.Length == 0 || !Changes.Any(change => change.Move.By == way.Key.By && change.With.Length == 0))
        .Select(Way);

    public static IReadOnlyList<StateArrow> Of(IEnumerable<PageChange> changes) =>
    [
        .. changes.Where(change => !change.IsWithinState)
            .GroupBy(change => (change.From, change.To))
            .OrderBy(group => group.Key.From ?? default).ThenBy(group => group.Key.To)
            .Select(group => new StateArrow(group.Key.From, group.Key.To, [.. group])),
    ];

    // Between pages of a guest it matters whether the page stays where it was.
    private static string Way(IGrouping<(string By, string With), PageChange> way)
    {
        var isBetweenGuests = way.All(change => change.Before.Asid.IsGuest && change.After.Asid.IsGuest);
        var place = !isBetweenGuests || way.Key.By != "RMPUPDATE" ? ""
            : way.All(change => change.IsRebound) ? ", other ASID, GPA or size"
            : way.All(change => !change.IsRebound) ? ", same ASID, GPA and size"
            : "";
        return way.Key.With.Length == 0 ? way.Key.By : $"{way.Key.By} ({way.Key.With}{place})";
    }
}
