namespace GuestMemory.Tdx.Tests.Rules;

/// <summary>What a rule stands against: a world with the rules given, something done to it that the rule refuses, and the invariant that breaks when it does not.</summary>
/// <param name="Invariant">Its id.</param>
/// <param name="Prepare">Makes the world.</param>
/// <param name="Do">Does it, by calls and accesses alone; says which rule refused, if one did.</param>
internal sealed record Attack(string Invariant, Func<RuleSwitches, TdxModule> Prepare, Func<TdxModule, IEnumerable<Rule?>> Do)
{
    /// <summary>What broke under some rules, and who refused.</summary>
    public (string[] Broken, string[] Refused) With(RuleSwitches rules)
    {
        var module = Prepare(rules);
        var checker = TdxChecker.Attach(module, TdxCheckerOptions.Record);
        List<Rule?> refused = [];
        string[] thrown = [];
        try
        {
            refused.AddRange(Do(module));
        }
        catch (ModelInvariantException broken)
        {
            thrown = [broken.Invariant];
        }

        return ([.. checker.Breaches.Select(breach => breach.Invariant.Id).Concat(thrown).Distinct()], [.. refused.OfType<Rule>().Select(rule => rule.Id)]);
    }
}
