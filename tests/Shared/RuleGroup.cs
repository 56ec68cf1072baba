namespace GuestMemory.Docs;

/// <summary>The rules of one call, in the order of its checks.</summary>
internal sealed record RuleGroup(string Call, string Meaning, IReadOnlyList<RuleRow> Rows)
{
    public static RuleGroup Of<TCall, TAnswer>(string call, string meaning, RuleTable<TCall, TAnswer> table, Func<TAnswer, string> answer)
        where TCall : allows ref struct =>
        new(call, meaning, [.. table.Checks.Select(check => new RuleRow(check, answer(check.Answer)))]);

    /// <summary>With a rule that stands outside the table.</summary>
    public RuleGroup And(Rule rule, string answer) => this with { Rows = [.. Rows, new(rule, answer)] };

    /// <summary>A heading, the meaning, and a line for each rule.</summary>
    public IEnumerable<string> Lines() =>
    [
        $"## {Call}", "", $"{char.ToUpperInvariant(Meaning[0])}{Meaning[1..]}.", "",
        .. Markdown.Table(
            ["rule", "class", "stops", "answer", "source"],
            Rows.Select(row => new[] { $"`{row.Rule.Id}`", $"{row.Rule.Class}".ToLowerInvariant(), row.Rule.Stops, row.Answer, row.Rule.Source })),
    ];
}
