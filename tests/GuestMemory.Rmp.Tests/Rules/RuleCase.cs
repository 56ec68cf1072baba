namespace GuestMemory.Rmp.Tests.Rules;

/// <summary>A small world and a call in it that one rule decides.</summary>
internal sealed record RuleCase(Func<SnpWorld, RuleAnswer> Ask, SnpSwitches? Switches = null)
{
    /// <summary>The call's answer under some rules. A broken invariant of the library's own is an answer too.</summary>
    public RuleAnswer With(RuleSwitches rules)
    {
        try
        {
            return Ask(new(Switches, rules));
        }
        catch (ModelInvariantException broken)
        {
            return new(broken.Invariant, null);
        }
    }
}
