namespace GuestMemory.Testing;

/// <summary>What switching a rule off came to.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Attack">The shortest way found in which something breaks; <see langword="null"/> for none within the bounds.</param>
/// <param name="RefusesIn">Where the rule refused something while it was on, as "system/scenario"; empty when nowhere within the bounds.</param>
public sealed record AblationResult(Rule Rule, RuleAttack? Attack, IReadOnlyList<string> RefusesIn)
{
    /// <summary>Why there is no attack; empty when there is one.</summary>
    public string Reason => (Attack, RefusesIn.Count) switch
    {
        (not null, _) => "",
        (_, 0) => "it refuses nothing within the bounds of any scenario",
        _ => $"it refuses in {string.Join(", ", RefusesIn)}, but nothing breaks without it within the bounds",
    };
}
