namespace GuestMemory.Testing.Tests.Systems;

/// <summary>A rule's row of docs/why.md.</summary>
/// <param name="Rule">The rule's id.</param>
/// <param name="Class">Its class.</param>
/// <param name="Stops">What it stops.</param>
/// <param name="Where">"system/scenario" of the attack; empty without one.</param>
/// <param name="Breaks">What breaks; without an attack, the reason.</param>
/// <param name="Steps">The attack.</param>
internal sealed record WhyRow(string Rule, string Class, string Stops, string Where, string Breaks, IReadOnlyList<string> Steps)
{
    public bool HasAttack => Where.Length > 0;

    public static WhyRow Of(AblationResult result) => result.Attack is { } attack
        ? new(result.Rule.Id, ClassOf(result.Rule), result.Rule.Stops, $"{attack.System}/{attack.Scenario}", attack.Counterexample.Breaks, [.. attack.Counterexample.Steps.Select(step => step.Words)])
        : new(result.Rule.Id, ClassOf(result.Rule), result.Rule.Stops, "", result.Reason, []);

    public static string ClassOf(Rule rule) => rule.Class.ToString().ToLowerInvariant();
}
