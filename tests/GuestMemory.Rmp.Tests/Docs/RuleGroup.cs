namespace GuestMemory.Rmp.Tests.Docs;

/// <summary>The rules of one call, in the order of its checks.</summary>
internal sealed record RuleGroup(string Call, string Meaning, IReadOnlyList<RuleRow> Rows)
{
    public static RuleGroup Of<TCall, TAnswer>(string call, string meaning, RuleTable<TCall, TAnswer> table)
        where TCall : allows ref struct =>
        new(call, meaning, [.. table.Checks.Select(check => new RuleRow(check, AnswerText.Of(call, check.Answer)))]);

    /// <summary>With a rule that stands outside the table.</summary>
    public RuleGroup And(Rule rule, string answer) => this with { Rows = [.. Rows, new(rule, answer)] };
}
