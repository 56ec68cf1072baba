namespace GuestMemory.Rmp.Tests.Rules;

/// <summary>An operation that a rule stands against, and the invariant that tells whether it got through.</summary>
/// <param name="Invariant">Its name, INV-SNP-n.</param>
/// <param name="Holds">Does it, and says whether the invariant still holds.</param>
/// <param name="Switches">Open points the rule needs.</param>
internal sealed record Attack(string Invariant, Func<SnpWorld, bool> Holds, SnpSwitches? Switches = null)
{
    /// <summary>Whether the invariant holds afterwards; the library's own check of it counts as well.</summary>
    public bool HoldsWith(RuleSwitches rules)
    {
        try
        {
            return Holds(new(Switches, rules));
        }
        catch (ModelInvariantException broken) when (broken.Invariant == Invariant)
        {
            return false;
        }
    }
}
