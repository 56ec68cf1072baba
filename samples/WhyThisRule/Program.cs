// Prints the attack that a rule stops: the shortest way to something broken when it alone is off.
//   dotnet run -c Release --project samples/WhyThisRule -- RULE-ID
// The exit code is 0 when an attack was found, 1 when none is within the bounds, 2 when there is no such rule.

using GuestMemory;
using GuestMemory.Testing;

if (args.Length != 1)
{
    Console.Error.WriteLine("usage: WhyThisRule RULE-ID");
    return 2;
}

Rule rule;
try
{
    rule = SearchableSystems.FindRule(args[0]);
}
catch (ArgumentException unknown)
{
    Console.Error.WriteLine(unknown.Message);
    return 2;
}

var result = new RuleAblation(SearchableSystems.Sound, AttackBounds.Of(rule), AttackBounds.System).Of(rule);
Console.WriteLine($"{rule.Id} ({rule.Class}) stops {rule.Stops}.\nSource: {rule.Source}.");
if (result.Attack is not { } attack)
{
    Console.WriteLine($"No attack was found: {result.Reason}.");
    return 1;
}

Console.WriteLine($"Without it, in {attack.System}, scenario {attack.Scenario}:\n{attack.Counterexample}");
Console.WriteLine($"With it, the same steps end so:\n{StepTrace.Follow(() => SearchableSystems.Find(attack.System).Create(AttackBounds.System with { Scenario = attack.Scenario }), attack.Counterexample.Steps.Select(step => step.Words))[^1]}");
return 0;
