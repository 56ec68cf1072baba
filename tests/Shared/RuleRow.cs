namespace GuestMemory.Docs;

/// <summary>A rule with its answer in words.</summary>
internal sealed record RuleRow(Rule Rule, string Answer);
