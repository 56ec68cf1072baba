namespace GuestMemory.Testing;

/// <summary>What breaks without a rule.</summary>
/// <param name="System">The kind of system.</param>
/// <param name="Scenario">Where it starts from.</param>
/// <param name="Counterexample">The shortest way to it.</param>
public sealed record RuleAttack(string System, string Scenario, Counterexample Counterexample);
